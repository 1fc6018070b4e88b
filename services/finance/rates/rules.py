"""Amounts as documents may bear them and books may hold them."""

from decimal import Decimal

from shared.kernel.errors import InvalidInput
from shared.kernel.money import round_money, smallest_unit

BOUND = Decimal(10) ** 13
"""What a document's amount stays below, in any currency, as contracts have it."""

TOTAL_BOUND = Decimal(10) ** 14
"""What the sum of many stays below: as contracts have it, and the database can sum it up again."""


def exact(amount: Decimal, currency: str, pointer: str) -> Decimal:
    """`amount` where the currency has it. Raises InvalidInput `invalid_amount` for a fraction of its smallest unit."""
    if amount != round_money(amount, currency):
        raise InvalidInput.at(pointer, "invalid_amount", f"{currency} has no part of {smallest_unit(currency)}")
    return amount


def bounded(amount: Decimal, pointer: str = "/amount", *, below: Decimal = BOUND) -> Decimal:
    """`amount` where the books can hold it: a base amount or a sum. Raises InvalidInput `amount_out_of_range`."""
    if abs(amount) >= below:
        raise InvalidInput.at(pointer, "amount_out_of_range", f"{amount} is not below {below} in size")
    return amount
