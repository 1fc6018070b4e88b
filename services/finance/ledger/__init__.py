"""The double-entry ledger, its chart of accounts and statements."""
