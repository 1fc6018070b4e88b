"""Sales: customers, prices, orders, returns, targets."""
