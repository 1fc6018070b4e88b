"""Inventory (库管): items, warehouses, the stock ledger and its value, reservations and receipts."""
