"""Terms, due dates and allocation of payments (核销)."""
