"""Transactions that others wait for, which are to come to their end before anything else is done."""

URGENT: set[int] = set()
"""The ids of their driver connections, until these go back to their pool; who waits for answers heeds them."""
