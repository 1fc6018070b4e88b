"""Finance: ledger, periods, tax rates, credit, invoices, payments."""
