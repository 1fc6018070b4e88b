"""P1 货源: which supplier offers which item, at which prices and conditions."""
