"""What stock is worth, and what leaves with it: moving average (移动加权平均) and first in, first out (先进先出).

A position is a queue of layers, oldest first. FIFO keeps a layer per source; moving average merges all into one.
Quantity and value are stored, never a unit cost; whatever takes all of a layer takes all its value, so value is 0
whenever quantity is 0. Values are in the currency's smallest unit, quantities in the item's base unit.
Policies: the acceptance cases, "Named policies".
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from shared.kernel.errors import DomainError, InvalidInput
from shared.kernel.money import ZERO, exponent, round_money, smallest_unit
from shared.kernel.quantity import DECIMALS, positive

AVERAGE = "average"


class CostMethod(StrEnum):
    """How the cost of an issue is found (成本计价方法)."""

    MOVING_AVERAGE = "moving_average"
    FIFO = "fifo"


class CustomerReturnPolicy(StrEnum):
    """The cost at which a customer's return comes back (销售退货)."""

    ORIGINAL_ISSUE = "original_issue"
    CURRENT = "current"


class SupplierReturnPolicy(StrEnum):
    """The cost at which a return to a supplier, or a cancelled receipt, leaves (采购退货)."""

    RECEIPT_COST = "receipt_cost"
    OLDEST_LAYER = "oldest_layer"
    CURRENT_AVERAGE = "current_average"


class InsufficientStock(DomainError):
    """More was asked for than is on hand; nothing was taken. `requested` and `available` in base units."""

    code = "insufficient_stock"

    def __init__(self, requested: Decimal, available: Decimal) -> None:
        super().__init__(f"{requested} asked for, {available} on hand")
        self.requested = requested
        self.available = available


@dataclass(frozen=True, slots=True)
class Layer:
    """A quantity of one source (a receipt line's id; `average` under moving average) and its whole value."""

    quantity: Decimal
    value: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Position:
    """One item's stock in one valuation area: layers oldest first, at most one per source."""

    method: CostMethod
    currency: str
    layers: tuple[Layer, ...] = ()

    @property
    def quantity(self) -> Decimal:
        """On hand, in base units."""
        return sum((layer.quantity for layer in self.layers), ZERO)

    @property
    def value(self) -> Decimal:
        """Worth, in the position's currency."""
        return sum((layer.value for layer in self.layers), ZERO)


@dataclass(frozen=True, slots=True)
class Issue:
    """What left: the parts taken off the layers, in the order taken."""

    consumed: tuple[Layer, ...]

    @property
    def quantity(self) -> Decimal:
        """What left, in base units."""
        return sum((layer.quantity for layer in self.consumed), ZERO)

    @property
    def cost(self) -> Decimal:
        """The value that left."""
        return sum((layer.value for layer in self.consumed), ZERO)


@dataclass(frozen=True, slots=True)
class OriginalLine:
    """The issue or receipt line a return reverses: its quantity and whole cost, and how much came back before.

    `source` is the line's id: under FIFO, the source of the layer it made.
    """

    source: str
    quantity: Decimal
    cost: Decimal
    returned: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class SupplierReturn:
    """What a return to a supplier does to the books: always cost = credit + variance + residue.

    `cost` leaves stock, `credit` is what the supplier owes for it, `variance` (above zero: a loss) goes to the
    variance account, and `residue`, at most one smallest unit, to the rounding account. `consumed` is what came off
    the layers at the value they carried, before the rest of the stock took up the gap to `cost`.
    """

    consumed: tuple[Layer, ...]
    cost: Decimal
    credit: Decimal
    variance: Decimal
    residue: Decimal


def worth(quantity: Decimal, unit_cost: Decimal, currency: str) -> Decimal:
    """The value of `quantity` at `unit_cost`, rounded once, half up: what `receive` takes."""
    return round_money(quantity * unit_cost, currency)


def average_value(position: Position, quantity: Decimal) -> Decimal:
    """The value of `quantity` at the average of a position that holds something: what found stock comes in at."""
    return _share(position.value, quantity, position.quantity, position.currency)


def receive(position: Position, quantity: Decimal, value: Decimal, source: str) -> Position:
    """Add `quantity` of `source` worth `value` in all; free goods have value 0.

    Raises InvalidInput: `quantity_not_positive` and its kin, `value_negative`, `value_scale`.
    """
    if value < 0:
        raise InvalidInput.at("", "value_negative", f"stock cannot be received at {value}")
    _hold_scale(value, position.currency)
    source = AVERAGE if position.method is CostMethod.MOVING_AVERAGE else source
    return replace(position, layers=_merged(position.layers, Layer(positive(quantity), value, source)))


def receive_layers(position: Position, layers: Iterable[Layer]) -> Position:
    """Add what another position issued, with its layers: the arrival of a transfer (调拨)."""
    for layer in layers:
        position = receive(position, layer.quantity, layer.value, layer.source)
    return position


def issue(position: Position, quantity: Decimal) -> tuple[Position, Issue]:
    """Take `quantity` off the oldest layers. Touches only those. Raises InsufficientStock, InvalidInput."""
    taken, left = consume(position.layers, quantity, position.currency)
    rest = position.layers[len(taken) :]
    return replace(position, layers=(left, *rest) if left else rest), Issue(taken)


def consume(layers: Iterable[Layer], quantity: Decimal, currency: str) -> tuple[tuple[Layer, ...], Layer | None]:
    """The parts taken off `layers` in order, and what is left of the last one touched, if anything.

    Reads no layer beyond those it needs, so `layers` may be rows streamed oldest first: the n-th part came off the
    n-th row, every row but the last is used up. Raises InsufficientStock, InvalidInput.
    """
    missing = positive(quantity)
    taken: list[Layer] = []
    for layer in layers:
        if layer.quantity > missing:
            part = replace(layer, quantity=missing, value=_share(layer.value, missing, layer.quantity, currency))
            left = replace(layer, quantity=layer.quantity - missing, value=layer.value - part.value)
            return (*taken, part), left
        taken.append(layer)
        missing -= layer.quantity
        if not missing:
            return tuple(taken), None
    raise InsufficientStock(quantity, quantity - missing)


def cost_of_return(line: OriginalLine, quantity: Decimal, currency: str) -> Decimal:
    """The share of `line`'s cost that its next `quantity` carries; all shares of a line sum to its cost.

    Raises DomainError `return_exceeds_line` where less is left to return, and InvalidInput.
    """
    total = line.returned + positive(quantity)
    if total > line.quantity:
        raise DomainError(f"{quantity} returned, {line.quantity - line.returned} left", code="return_exceeds_line")
    before = _share(line.cost, line.returned, line.quantity, currency)
    return _share(line.cost, total, line.quantity, currency) - before


def return_from_customer(
    position: Position, line: OriginalLine, quantity: Decimal, policy: CustomerReturnPolicy, source: str
) -> tuple[Position, Decimal]:
    """Take back `quantity` of an issue line as the newest layer, and say at what cost (it leaves cost of sales).

    `current` is the average of what is on hand, and `original_issue` where nothing is. Raises as `cost_of_return`.
    """
    cost = cost_of_return(line, quantity, position.currency)
    if policy is CustomerReturnPolicy.CURRENT and position.layers:
        cost = average_value(position, quantity)
    return receive(position, quantity, cost, source), cost


def return_to_supplier(
    position: Position, line: OriginalLine, quantity: Decimal, credit: Decimal, policy: SupplierReturnPolicy
) -> tuple[Position, SupplierReturn]:
    """Send back `quantity` of a receipt line for a `credit` (net of tax).

    `receipt_cost` under FIFO takes the receipt's own layer, then the oldest for units of it that are gone; under
    moving average the value leaves the pool. Where a policy's cost is not what those units carry, the rest of the
    stock takes up the gap; what it cannot take up (nothing left, or no value left) is variance or residue.
    Raises InsufficientStock, and as `cost_of_return`.
    """
    wanted = cost_of_return(line, quantity, position.currency)
    if policy is SupplierReturnPolicy.RECEIPT_COST and position.method is CostMethod.FIFO:
        after, gone = _issue_from(position, quantity, line.source)
        wanted = gone.cost
    else:
        after, gone = issue(position, quantity)
    if policy is SupplierReturnPolicy.OLDEST_LAYER:
        wanted = gone.cost
    elif policy is SupplierReturnPolicy.CURRENT_AVERAGE:
        wanted = average_value(position, quantity)
    cost = min(wanted, position.value) if after.layers else position.value
    gap = cost - wanted
    residue = gap if abs(gap) <= smallest_unit(position.currency) else ZERO
    outcome = SupplierReturn(gone.consumed, cost, credit, cost - credit - residue, residue)
    return revalue(after, gone.cost - cost), outcome


def cancel_receipt(
    position: Position, line: OriginalLine, policy: SupplierReturnPolicy
) -> tuple[Position, SupplierReturn]:
    """Undo what is left of a receipt line: a return of it to the supplier, credited at its own cost."""
    rest = line.quantity - line.returned
    return return_to_supplier(position, line, rest, cost_of_return(line, rest, position.currency), policy)


def revalue(position: Position, amount: Decimal) -> Position:
    """Spread `amount` over the layers by their value, to the last cent; a loss never takes one below zero.

    Raises DomainError `value_below_zero` where less is there to lose, `no_stock` where nothing is there to carry it,
    InvalidInput `value_scale`.
    """
    _hold_scale(amount, position.currency)
    if not amount:
        return position
    if not position.layers:
        raise DomainError("no stock is left to carry a value", code="no_stock")
    remaining = position.value
    if remaining + amount < 0:
        raise DomainError("the stock is worth less than it would lose", code="value_below_zero")
    layers: list[Layer] = []
    for layer in position.layers[:-1]:
        part = _share(amount, layer.value, remaining, position.currency) if remaining else ZERO
        layers.append(replace(layer, value=layer.value + part))
        amount, remaining = amount - part, remaining - layer.value
    last = position.layers[-1]
    return replace(position, layers=(*layers, replace(last, value=last.value + amount)))


def _issue_from(position: Position, quantity: Decimal, source: str) -> tuple[Position, Issue]:
    """Take `quantity` off the layer of `source` first, then off the oldest."""
    at = next((i for i, layer in enumerate(position.layers) if layer.source == source), 0)
    first, others = position.layers[at : at + 1], position.layers[:at] + position.layers[at + 1 :]
    taken, left = consume(first + others, quantity, position.currency)
    if left and left.source != source:
        return replace(position, layers=(left, *others[len(taken) - 1 :])), Issue(taken)
    if left:
        return replace(position, layers=(*position.layers[:at], left, *position.layers[at + 1 :])), Issue(taken)
    return replace(position, layers=others[len(taken) - 1 :]), Issue(taken)


def _merged(layers: tuple[Layer, ...], new: Layer) -> tuple[Layer, ...]:
    """`new` joins the layer of its source where there is one, and is the newest otherwise."""
    for at, old in enumerate(layers):
        if old.source == new.source:
            joined = Layer(old.quantity + new.quantity, old.value + new.value, old.source)
            return (*layers[:at], joined, *layers[at + 1 :])
    return (*layers, new)


def _hold_scale(value: Decimal, currency: str) -> None:
    if value != round_money(value, currency):
        raise InvalidInput.at("", "value_scale", f"{value} is finer than {currency} allows")


def _share(value: Decimal, part: Decimal, whole: Decimal, currency: str) -> Decimal:
    """`value` × `part` / `whole` in smallest units, half up (away from zero); exact at any size, by integers."""
    digits = exponent(currency)
    top = 2 * abs(int(value.scaleb(digits))) * int(part.scaleb(DECIMALS))
    bottom = 2 * int(whole.scaleb(DECIMALS))
    units = (top + bottom // 2) // bottom
    return Decimal(units if value >= 0 else -units).scaleb(-digits)
