"""W2 调拨: goods sent from one warehouse to another, under way, arrived, lost."""
