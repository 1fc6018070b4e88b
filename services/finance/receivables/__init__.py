"""F2 ① 应收: payments of customers, allocation, adjustments, statement of account."""
