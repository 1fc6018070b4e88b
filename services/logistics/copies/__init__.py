"""What logistics knows of others' things: items' weight and volume, warehouses."""
