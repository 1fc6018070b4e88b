"""F2 订单副本: what finance knows of sales orders: frozen amounts, and what is invoiced, credited, cancelled."""
