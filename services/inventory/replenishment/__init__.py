"""W5 库存预警: minimum and maximum stock, and the alert when it is low."""
