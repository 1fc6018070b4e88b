"""L1 运输计划: shipments, from a delivery asked for to its goods with the carrier."""
