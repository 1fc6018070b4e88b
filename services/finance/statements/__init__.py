"""F7 ① 报表: trial balance, balance sheet, profit and loss."""
