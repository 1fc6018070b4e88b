"""F1 ① 期初: receivables, payables and ledger balances taken over from earlier books."""
