"""W1 预留: stock promised to orders, backorders and cancellation."""
