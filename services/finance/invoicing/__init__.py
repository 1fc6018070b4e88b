"""F2 ① 开票: invoices for what was handed over, credit notes for what came back."""
