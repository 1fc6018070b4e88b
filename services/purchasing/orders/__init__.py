"""P4 采购订单处理: purchase orders, from draft to closed."""
