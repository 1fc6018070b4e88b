"""W1 物料: what is bought, kept and sold, and the units it is counted in."""
