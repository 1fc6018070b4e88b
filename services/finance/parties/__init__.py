"""F2 往来: the customers and suppliers finance deals with, as their owners tell of them."""
