"""W1 仓库: warehouses and the bins in them."""
