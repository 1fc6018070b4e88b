"""W1 退货: customers' goods that come back, and what inspection makes of them."""
