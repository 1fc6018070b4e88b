"""Valuation (计价): what stock is worth and what leaves with it."""
