"""When stock is low (库存预警), by a minimum and a maximum. Rounding to packs is the buyer's matter."""

from dataclasses import dataclass
from decimal import Decimal

from shared.kernel.errors import InvalidInput
from shared.kernel.quantity import ZERO


@dataclass(frozen=True, slots=True)
class MinMax:
    """The levels an item is kept between, in base units.

    Raises InvalidInput `min_above_max` or `minimum_negative`.
    """

    minimum: Decimal
    maximum: Decimal

    def __post_init__(self) -> None:
        if self.minimum < 0:
            raise InvalidInput.at("/minimum", "minimum_negative", f"{self.minimum} is below zero")
        if self.minimum > self.maximum:
            raise InvalidInput.at("/minimum", "min_above_max", f"{self.minimum} is above {self.maximum}")


@dataclass(frozen=True, slots=True)
class LowStock:
    """`low` is to be remembered, `fires` says to tell it now, `to_maximum` is what would fill up, in base units."""

    low: bool
    fires: bool
    to_maximum: Decimal


def judge(levels: MinMax, available: Decimal, inbound: Decimal, *, was_low: bool) -> LowStock:
    """Whether `available` (on hand less reserved, may be below zero) and `inbound` (ordered, on its way) are low.

    Low starts below the minimum and ends above it, so that stock moving around the minimum fires once.
    """
    coming = available + inbound
    low = coming < levels.minimum or (was_low and coming == levels.minimum)
    return LowStock(low, low and not was_low, levels.maximum - coming if low else ZERO)
