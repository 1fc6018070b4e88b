"""W1 库存: how much is where, and the ledger of every movement."""
