"""W1 盘盈盘亏与期初: stock found different from the books, and stock taken over from earlier ones."""
