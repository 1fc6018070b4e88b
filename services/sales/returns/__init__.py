"""S7 售后: goods that come back, from authorisation to credit note."""
