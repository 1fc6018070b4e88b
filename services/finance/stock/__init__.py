"""F1 ① 存货核算: every stock fact in the ledger at the value inventory gives it."""
