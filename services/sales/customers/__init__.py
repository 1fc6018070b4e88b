"""S1 客户管理: who buys, on which terms."""
