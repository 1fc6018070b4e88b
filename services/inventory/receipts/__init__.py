"""Receipts (收货): what arrives against what was expected."""
