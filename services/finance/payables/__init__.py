"""F2 ① 应付: payments to suppliers and what is owed to them."""
