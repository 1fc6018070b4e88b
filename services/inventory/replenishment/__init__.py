"""Replenishment (补货): when stock is low."""
