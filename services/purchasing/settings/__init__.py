"""P4 采购设置: how the company buys, above which amount a second person approves."""
