"""Amounts as documents may bear them."""

from decimal import Decimal

from shared.kernel.errors import InvalidInput
from shared.kernel.money import round_money, smallest_unit


def exact(amount: Decimal, currency: str, pointer: str) -> Decimal:
    """`amount` where the currency has it. Raises InvalidInput `invalid_amount` for a fraction of its smallest unit."""
    if amount != round_money(amount, currency):
        raise InvalidInput.at(pointer, "invalid_amount", f"{currency} has no part of {smallest_unit(currency)}")
    return amount
