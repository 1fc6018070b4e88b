"""Stock value by acceptance case: moving average and FIFO, issues, returns and transfers."""

from decimal import Decimal

import pytest

from services.inventory.valuation.rules import (
    CostMethod,
    CustomerReturnPolicy,
    InsufficientStock,
    Layer,
    OriginalLine,
    Position,
    SupplierReturnPolicy,
    cancel_receipt,
    consume,
    issue,
    receive,
    receive_layers,
    return_from_customer,
    return_to_supplier,
    revalue,
    worth,
)
from shared.kernel.errors import DomainError, InvalidInput

D = Decimal
FIFO = CostMethod.FIFO
AVERAGE = CostMethod.MOVING_AVERAGE


def stock(method: CostMethod, *receipts: str, currency: str = "CNY") -> Position:
    """Stock received as "quantity@unit cost", from sources r1, r2, …"""
    position = Position(method, currency)
    for number, receipt in enumerate(receipts, 1):
        quantity, unit_cost = (D(part) for part in receipt.split("@"))
        position = receive(position, quantity, worth(quantity, unit_cost, currency), f"r{number}")
    return position


def exact(*amounts: int | str | Decimal) -> tuple[Decimal, ...]:
    return tuple(D(amount) for amount in amounts)


def layers(position: Position) -> list[tuple[Decimal | int, Decimal | int]]:
    return [(layer.quantity, layer.value) for layer in position.layers]


def test_v1_fifo_issues_the_oldest_first() -> None:
    position = stock(FIFO, "10@50")
    assert position.value == 500
    position = stock(FIFO, "10@50", "30@80")
    assert position.value == 2900
    position, _ = issue(position, D(20))
    assert position.value == 1600
    position, _ = issue(position, D("0.5"))
    assert (position.value, position.quantity) == exact(1560, "19.5")


def test_v2_fifo_leaves_the_average_of_the_newest() -> None:
    position = stock(FIFO, "4@10")
    averages = [position.value / position.quantity]
    position = receive(position, D(2), D(50), "r2")
    averages.append(position.value / position.quantity)
    for quantity in (3, 2):
        position, _ = issue(position, D(quantity))
        averages.append(position.value / position.quantity)
    assert averages == [10, 15, 20, 25]


@pytest.mark.parametrize(("method", "cost", "left"), [(AVERAGE, 225, 75), (FIFO, 200, 100)])
def test_v4_the_method_decides_what_an_issue_costs(method: CostMethod, cost: int, left: int) -> None:
    position, gone = issue(stock(method, "10@10", "10@20"), D(15))
    assert (gone.cost, position.value) == exact(cost, left)


def test_v6_each_receipt_moves_the_average() -> None:
    position = stock(AVERAGE, "1@100", "1@200")
    assert position.value / position.quantity == 150
    for source in ("r3", "r4"):
        position = receive(position, D(1), D(200), source)
    assert position.value / position.quantity == 175


def test_m5_one_of_two_sold_comes_back_at_the_average_cost_of_its_issue_line() -> None:
    position, gone = issue(stock(FIFO, "1@10", "1@20"), D(2))
    assert gone.cost == 30
    line = OriginalLine("issue-1", D(2), gone.cost)
    position, back = return_from_customer(position, line, D(1), CustomerReturnPolicy.ORIGINAL_ISSUE, "return-1")
    assert (position.quantity, position.value) == exact(1, 15)
    assert gone.cost - back == 15


def test_m6_a_transfer_carries_its_oldest_layers_and_the_newest_are_lost() -> None:
    here, sent = issue(stock(FIFO, "2@10", "3@20"), D(3))
    on_the_way = receive_layers(Position(FIFO, "CNY"), sent.consumed)
    on_the_way, arrived = issue(on_the_way, D(2))
    there = receive_layers(Position(FIFO, "CNY"), arrived.consumed)
    on_the_way, lost = issue(on_the_way, D(1))
    assert (there.quantity, there.value) == exact(2, 20)
    assert lost.cost == 20
    assert (here.quantity, here.value) == exact(2, 40)
    assert (on_the_way.quantity, on_the_way.value) == exact(0, 0)


@pytest.mark.parametrize("method", [FIFO, AVERAGE])
def test_t3_profit_counts_what_was_sold_came_back_and_was_lost(method: CostMethod) -> None:
    position, first = issue(stock(method, "10@20"), D(2))
    position, second = issue(position, D(4))
    line = OriginalLine("issue-2", D(4), second.cost)
    position, back = return_from_customer(position, line, D(1), CustomerReturnPolicy.ORIGINAL_ISSUE, "return-1")
    revenue, cost = 2 * 40 + 3 * 30, first.cost + second.cost - back
    assert revenue == 170
    assert revenue - cost == 70
    assert round((revenue - cost) / revenue, 4) == D("0.4118")
    position, lost = issue(position, D(1))
    assert revenue - cost - lost.cost == 50
    assert round((revenue - cost - lost.cost) / revenue, 4) == D("0.2941")


def test_an_issue_beyond_what_is_on_hand_is_refused() -> None:
    with pytest.raises(InsufficientStock) as refused:
        issue(stock(FIFO, "2@10", "3@20"), D("5.000001"))
    assert refused.value.code == "insufficient_stock"
    assert refused.value.available == 5


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0000001"])
def test_only_an_exact_quantity_above_zero_moves(quantity: str) -> None:
    with pytest.raises(InvalidInput):
        issue(stock(FIFO, "2@10"), D(quantity))
    with pytest.raises(InvalidInput):
        receive(Position(FIFO, "CNY"), D(quantity), D(1), "r1")


@pytest.mark.parametrize(("currency", "value"), [("CNY", "0.005"), ("JPY", "0.5"), ("KWD", "0.0005"), ("CNY", "-0.01")])
def test_a_received_value_is_in_smallest_units_and_not_negative(currency: str, value: str) -> None:
    with pytest.raises(InvalidInput):
        receive(Position(FIFO, currency), D(1), D(value), "r1")


def test_the_last_unit_takes_the_last_cent() -> None:
    position = receive(Position(AVERAGE, "CNY"), D(3), D("10.00"), "r1")
    costs = []
    for _ in range(3):
        position, gone = issue(position, D(1))
        costs.append(str(gone.cost))
    assert costs == ["3.33", "3.34", "3.33"]
    assert position.layers == ()


def test_half_a_cent_rounds_up_however_large_the_stock() -> None:
    position = receive(Position(AVERAGE, "CNY"), D(200_000_000_000), D("999999999999999.01"), "r1")
    _, gone = issue(position, D(100_000_000_000))
    assert gone.cost == D("499999999999999.51")


def test_an_issue_reads_no_layer_beyond_those_it_needs() -> None:
    rows = iter([Layer(D(1), D(10), "r1"), Layer(D(2), D(20), "r2"), Layer(D(9), D(90), "r3")])
    taken, left = consume(rows, D(2), "CNY")
    assert taken == (Layer(D(1), D(10), "r1"), Layer(D(1), D(10), "r2"))
    assert left == Layer(D(1), D(10), "r2")
    assert next(rows).source == "r3"


def test_units_of_one_source_are_one_layer_in_its_old_place() -> None:
    position, sent = issue(stock(FIFO, "3@10", "3@20"), D(2))
    position = receive_layers(position, sent.consumed)
    assert position == stock(FIFO, "3@10", "3@20")


def test_a_return_at_current_cost_comes_back_at_the_average_on_hand() -> None:
    line = OriginalLine("issue-1", D(2), D(10))
    position, cost = return_from_customer(stock(AVERAGE, "2@40"), line, D(1), CustomerReturnPolicy.CURRENT, "b")
    assert (cost, position.value) == exact(40, 120)


def test_a_return_at_current_cost_to_empty_stock_comes_back_at_its_issue() -> None:
    line = OriginalLine("issue-1", D(2), D(10))
    _, cost = return_from_customer(Position(AVERAGE, "CNY"), line, D(1), CustomerReturnPolicy.CURRENT, "b")
    assert cost == 5


def test_more_than_was_issued_cannot_come_back() -> None:
    line = OriginalLine("issue-1", D(2), D(10), returned=D(1))
    with pytest.raises(DomainError) as refused:
        return_from_customer(stock(FIFO, "2@40"), line, D(2), CustomerReturnPolicy.ORIGINAL_ISSUE, "b")
    assert refused.value.code == "return_exceeds_line"


# Stock 2@10, 2@20, 2@30; one unit of the second receipt goes back for a credit of 22.
@pytest.mark.parametrize(
    ("method", "policy", "cost", "left"),
    [
        (FIFO, SupplierReturnPolicy.RECEIPT_COST, 20, [(2, 20), (1, 20), (2, 60)]),
        (FIFO, SupplierReturnPolicy.OLDEST_LAYER, 10, [(1, 10), (2, 40), (2, 60)]),
        (FIFO, SupplierReturnPolicy.CURRENT_AVERAGE, 20, [(1, D("9.09")), (2, D("36.36")), (2, D("54.55"))]),
        (AVERAGE, SupplierReturnPolicy.RECEIPT_COST, 20, [(5, 100)]),
        (AVERAGE, SupplierReturnPolicy.OLDEST_LAYER, 20, [(5, 100)]),
        (AVERAGE, SupplierReturnPolicy.CURRENT_AVERAGE, 20, [(5, 100)]),
    ],
)
def test_the_policy_decides_at_what_cost_a_supplier_return_leaves(
    method: CostMethod, policy: SupplierReturnPolicy, cost: int, left: list[tuple[Decimal | int, Decimal | int]]
) -> None:
    line = OriginalLine("r2", D(2), D(40))
    position, gone = return_to_supplier(stock(method, "2@10", "2@20", "2@30"), line, D(1), D(22), policy)
    assert (gone.cost, gone.variance, gone.residue) == exact(cost, cost - 22, 0)
    assert layers(position) == left


@pytest.mark.parametrize(
    ("receipt", "cost", "left"),
    [("r2", 40 + 10, [(1, 10), (2, 60)]), ("long gone", 20 + 20, [(1, 20), (2, 60)])],
)
def test_receipt_cost_under_fifo_takes_the_oldest_for_units_of_the_receipt_that_are_gone(
    receipt: str, cost: int, left: list[tuple[Decimal | int, Decimal | int]]
) -> None:
    line = OriginalLine(receipt, D(3), D(60))
    position, gone = return_to_supplier(
        stock(FIFO, "2@10", "2@20", "2@30"), line, D(3), D(60), SupplierReturnPolicy.RECEIPT_COST
    )
    assert (gone.cost, gone.variance) == exact(cost, cost - 60)
    assert layers(position) == left


def test_receipt_cost_leaves_the_average_pool_and_what_stays_carries_the_rest() -> None:
    line = OriginalLine("r2", D(1), D(200))
    position, gone = return_to_supplier(
        stock(AVERAGE, "1@100", "1@200"), line, D(1), D(190), SupplierReturnPolicy.RECEIPT_COST
    )
    assert (gone.cost, gone.variance) == exact(200, 10)
    assert layers(position) == [(1, 100)]


@pytest.mark.parametrize(("receipt", "unit_cost", "variance"), [("r1", 100, 50), ("r2", 200, -50)])
def test_the_last_unit_sent_back_takes_all_value_and_the_gap_is_variance(
    receipt: str, unit_cost: int, variance: int
) -> None:
    line = OriginalLine(receipt, D(1), D(unit_cost))
    position, _ = issue(stock(AVERAGE, "1@100", "1@200"), D(1))
    position, gone = return_to_supplier(position, line, D(1), D(unit_cost), SupplierReturnPolicy.RECEIPT_COST)
    assert (gone.cost, gone.variance, gone.residue) == exact(150, variance, 0)
    assert position.layers == ()


def test_the_cent_left_when_stock_runs_out_is_residue_for_the_rounding_account() -> None:
    position = receive(Position(AVERAGE, "CNY"), D(3), D("10.00"), "r1")
    position, _ = issue(position, D(1))
    position, _ = issue(position, D(1))
    line = OriginalLine("r1", D(3), D("10.00"), returned=D(1))
    position, gone = return_to_supplier(position, line, D(1), D("3.34"), SupplierReturnPolicy.RECEIPT_COST)
    assert (gone.cost, gone.variance, gone.residue) == exact("3.33", 0, "-0.01")
    assert (position.quantity, position.value) == exact(0, 0)


def test_a_return_cannot_take_more_value_than_there_is() -> None:
    line = OriginalLine("r1", D(1), D(100))
    position, gone = return_to_supplier(stock(AVERAGE, "2@0"), line, D(1), D(100), SupplierReturnPolicy.RECEIPT_COST)
    assert (gone.cost, gone.variance) == exact(0, -100)
    assert (position.quantity, position.value) == exact(1, 0)


def test_a_cancelled_receipt_leaves_at_its_own_cost() -> None:
    line = OriginalLine("r2", D(10), D(200))
    position, gone = cancel_receipt(stock(FIFO, "10@10", "10@20"), line, SupplierReturnPolicy.RECEIPT_COST)
    assert (gone.cost, gone.credit, gone.variance) == exact(200, 200, 0)
    assert position == stock(FIFO, "10@10")


def test_a_revaluation_spreads_by_value_to_the_last_cent() -> None:
    position = revalue(stock(FIFO, "2@10", "1@40", "5@0"), D("1.00"))
    assert layers(position) == [(2, D("20.33")), (1, D("40.67")), (5, 0)]


@pytest.mark.parametrize(
    ("receipts", "amount", "code"), [((), "1", "no_stock"), (("1@5",), "-5.01", "value_below_zero")]
)
def test_a_revaluation_needs_stock_and_value_to_take(receipts: tuple[str, ...], amount: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        revalue(stock(FIFO, *receipts), D(amount))
    assert refused.value.code == code
