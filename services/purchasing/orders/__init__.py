"""Purchase orders: from requisition to closed."""
