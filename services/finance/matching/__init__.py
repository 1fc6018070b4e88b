"""Three-way match of supplier invoices (三单匹配)."""
