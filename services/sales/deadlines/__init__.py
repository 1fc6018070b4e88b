"""S2 到期处理: what waits longer than it should, and what is ended for it."""
