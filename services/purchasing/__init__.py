"""Purchasing: suppliers, sourcing, contracts, purchase orders."""
