"""What sales must know of other services' things: items, warehouses, tax rates, exchange rates."""
