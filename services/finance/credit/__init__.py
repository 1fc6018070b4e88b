"""Credit limits and exposure."""
