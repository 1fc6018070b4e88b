"""S2 销售设置: what orders take where they name nothing."""
