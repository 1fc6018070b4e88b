"""W1: whatever happens to stock, quantity and value are conserved and stay together."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.inventory.valuation.rules import (
    CostMethod,
    CustomerReturnPolicy,
    InsufficientStock,
    OriginalLine,
    Position,
    SupplierReturnPolicy,
    cost_of_return,
    issue,
    receive,
    receive_layers,
    return_from_customer,
    return_to_supplier,
    revalue,
)
from shared.kernel.money import round_money

ZERO = Decimal(0)
PLACES = {"CNY": 2, "JPY": 0, "KWD": 3}

quantities = st.decimals("0.000001", "1000", places=6) | st.integers(1, 10).map(Decimal)
fractions = st.integers(1, 4).map(lambda quarter: Decimal(quarter) / 4)
places = st.sampled_from(["north", "south"])
seeds = st.integers(0, 10**6)


class Warehouses(RuleBasedStateMachine):
    """Two warehouses, and books of their own that only add what came in and what went out."""

    @initialize(method=st.sampled_from(CostMethod), currency=st.sampled_from(sorted(PLACES)))
    def open(self, method: CostMethod, currency: str) -> None:
        """Start with nothing."""
        self.currency = currency
        self.stock = {place: Position(method, currency) for place in ("north", "south")}
        self.quantity, self.value = ZERO, ZERO
        self.issued: list[OriginalLine] = []
        self.received: list[OriginalLine] = []
        self.number = 0

    def book(self, quantity: Decimal, value: Decimal) -> None:
        """Note what came in, or with a minus what went out."""
        self.quantity, self.value = self.quantity + quantity, self.value + value

    def name(self) -> str:
        """A new document line."""
        self.number += 1
        return f"line-{self.number}"

    @rule(place=places, quantity=quantities, units=st.integers(0, 10**6))
    def receipt(self, place: str, quantity: Decimal, units: int) -> None:
        """Goods come in at any value, nothing included."""
        value, source = Decimal(units).scaleb(-PLACES[self.currency]), self.name()
        self.stock[place] = receive(self.stock[place], quantity, value, source)
        self.received.append(OriginalLine(source, quantity, value))
        self.book(quantity, value)

    @rule(place=places, quantity=quantities, all_of_it=st.booleans())
    def sale(self, place: str, quantity: Decimal, all_of_it: bool) -> None:
        """Goods go out, often the last of them; what is not there does not."""
        before = self.stock[place]
        quantity = before.quantity if all_of_it and before.quantity else quantity
        if quantity > before.quantity:
            with pytest.raises(InsufficientStock):
                issue(before, quantity)
            return
        self.stock[place], gone = issue(before, quantity)
        self.issued.append(OriginalLine(self.name(), quantity, gone.cost))
        assert gone.quantity == quantity
        self.book(-quantity, -gone.cost)

    @precondition(lambda self: self.issued)
    @rule(place=places, pick=seeds, policy=st.sampled_from(CustomerReturnPolicy), part=fractions)
    def customer_return(self, place: str, pick: int, policy: CustomerReturnPolicy, part: Decimal) -> None:
        """A part of an issue line comes back, to either warehouse."""
        at = pick % len(self.issued)
        line = self.issued[at]
        quantity = part_of(line, part)
        if quantity:
            self.stock[place], cost = return_from_customer(self.stock[place], line, quantity, policy, self.name())
            self.issued[at] = returned(line, quantity)
            self.book(quantity, cost)

    @precondition(lambda self: self.received)
    @rule(place=places, pick=seeds, policy=st.sampled_from(SupplierReturnPolicy), part=fractions, credit=seeds)
    def supplier_return(self, place: str, pick: int, policy: SupplierReturnPolicy, part: Decimal, credit: int) -> None:
        """A part of a receipt line goes back, if as much is there."""
        at = pick % len(self.received)
        line = self.received[at]
        quantity = part_of(line, part)
        if not quantity or quantity > self.stock[place].quantity:
            return
        money = Decimal(credit).scaleb(-PLACES[self.currency])
        self.stock[place], gone = return_to_supplier(self.stock[place], line, quantity, money, policy)
        self.received[at] = returned(line, quantity)
        assert gone.cost == gone.credit + gone.variance + gone.residue
        assert abs(gone.residue) <= Decimal(1).scaleb(-PLACES[self.currency])
        assert sum(layer.quantity for layer in gone.consumed) == quantity
        self.book(-quantity, -gone.cost)

    @precondition(lambda self: self.stock["north"].layers)
    @rule(sent=fractions, arrived=fractions)
    def transfer(self, sent: Decimal, arrived: Decimal) -> None:
        """A part is sent south; of it a part arrives and the rest is lost."""
        leaving = round(self.stock["north"].quantity * sent, 6)
        arriving = round(leaving * arrived, 6)
        if not arriving:
            return
        self.stock["north"], gone = issue(self.stock["north"], leaving)
        on_the_way = receive_layers(Position(self.stock["north"].method, self.currency), gone.consumed)
        on_the_way, came = issue(on_the_way, arriving)
        self.stock["south"] = receive_layers(self.stock["south"], came.consumed)
        assert came.cost + on_the_way.value == gone.cost
        self.book(-on_the_way.quantity, -on_the_way.value)

    @rule(place=places, units=st.integers(-(10**6), 10**6))
    def revaluation(self, place: str, units: int) -> None:
        """What is there is worth more or less, never less than nothing."""
        position = self.stock[place]
        amount = max(Decimal(units).scaleb(-PLACES[self.currency]), -position.value)
        if position.layers:
            self.stock[place] = revalue(position, amount)
            self.book(ZERO, amount)

    @invariant()
    def quantity_and_value_are_conserved(self) -> None:
        """What is there is what came in less what went out."""
        assert sum(p.quantity for p in self.stock.values()) == self.quantity
        assert sum(p.value for p in self.stock.values()) == self.value

    @invariant()
    def layers_are_sound(self) -> None:
        """Every layer holds something, is worth whole smallest units and never less than nothing."""
        for position in self.stock.values():
            sources = [layer.source for layer in position.layers]
            assert len(sources) == len(set(sources))
            assert position.method is CostMethod.FIFO or len(sources) <= 1
            for layer in position.layers:
                assert layer.quantity > 0
                assert layer.value >= 0
                assert layer.value == round_money(layer.value, self.currency)

    @invariant()
    def nothing_is_worth_nothing(self) -> None:
        """Where quantity is 0, value is exactly 0."""
        for position in self.stock.values():
            assert position.quantity or not position.value


def part_of(line: OriginalLine, part: Decimal) -> Decimal:
    """A part of what has not yet come back of `line`."""
    return round((line.quantity - line.returned) * part, 6)


def returned(line: OriginalLine, quantity: Decimal) -> OriginalLine:
    """`line` after `quantity` more of it came back."""
    return OriginalLine(line.source, line.quantity, line.cost, line.returned + quantity)


TestWarehouses = Warehouses.TestCase
TestWarehouses.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


@given(st.lists(quantities, min_size=1, max_size=20), st.integers(0, 10**12), st.sampled_from(sorted(PLACES)))
def test_what_comes_back_of_a_line_in_parts_sums_to_its_whole_cost(
    parts: list[Decimal], units: int, currency: str
) -> None:
    cost = Decimal(units).scaleb(-PLACES[currency])
    line = OriginalLine("issue-1", sum(parts, ZERO), cost)
    total = ZERO
    for part in parts:
        share = cost_of_return(line, part, currency)
        assert share >= 0
        total += share
        line = returned(line, part)
    assert total == cost


@given(st.lists(quantities, min_size=1, max_size=20), st.integers(0, 10**12), st.sampled_from(CostMethod))
def test_a_stock_issued_in_parts_costs_its_whole_value(parts: list[Decimal], units: int, method: CostMethod) -> None:
    value = Decimal(units).scaleb(-2)
    position = receive(Position(method, "CNY"), sum(parts, ZERO), value, "r1")
    total = ZERO
    for part in parts:
        position, gone = issue(position, part)
        total += gone.cost
    assert (total, position.layers) == (value, ())
