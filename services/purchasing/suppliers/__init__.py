"""P1 供应商管理: who the company buys from, on which terms, and whether it may."""
