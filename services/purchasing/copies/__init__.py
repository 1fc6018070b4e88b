"""What purchasing knows of others' things: items, warehouses, tax rates, exchange rates."""
