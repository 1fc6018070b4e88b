"""W1 拣货出库: pick lists for shipments, and the hand-over that is the point of no return."""
