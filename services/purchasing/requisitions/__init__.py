"""P3 采购计划: wishes to buy, from people, from low stock and from sales orders, and their way into orders."""
