"""L1 运输计划: carriers, their rate cards, and which of them takes a shipment."""
