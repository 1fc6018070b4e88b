"""Prices: which price list row an item sells at."""
