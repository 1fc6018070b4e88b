"""W7: what is missing leaves at cost, what is found comes in; opening stock; the policies of valuation."""

from datetime import timedelta

import pytest

from shared.contracts import inventory
from tests.company import TODAY
from tests.unit.inventory.stockroom import D, Stockroom, shown


def adjust(room: Stockroom, sku: str, quantity: str, **more: object) -> inventory.AdjustmentView:
    lines = [{"item_id": room.item(sku), "quantity": quantity, **more}]
    return room.do(inventory.adjust_stock, warehouse_id=room.main, reason="correction", lines=lines)


def test_losses_leave_at_cost_and_finds_come_in_at_the_average(room: Stockroom) -> None:
    room.stocked(("A", 4, 10))
    lost = adjust(room, "A", "-1")
    assert shown(lost.lines[0].quantity, lost.lines[0].value) == "-1 -2.5"
    assert adjust(room, "A", "2").lines[0].value == 5
    assert adjust(room, "A", "1", unit_value="0").lines[0].value == 0
    assert room.value("A") == "6 12.5"
    told = room.told(inventory.stock_adjusted)
    assert [shown(fact.lines[0].quantity, fact.lines[0].value) for fact in told] == ["-1 -2.5", "2 5", "1 0"]
    assert room.do(inventory.list_adjustments, number=lost.number).data == [lost]


def test_what_is_found_where_nothing_was_needs_a_value(room: Stockroom) -> None:
    def refused(**line: str) -> str:
        lines = [{"item_id": room.item("A"), "quantity": "1", **line}]
        return room.refused(inventory.adjust_stock, warehouse_id=room.main, reason="found", lines=lines).code

    assert refused() == "unit_value_needed"
    assert refused(quantity="0") == "quantity_zero"
    assert adjust(room, "A", "2", unit_value="1.255").lines[0].value == D("2.51")


def test_nothing_promised_is_written_off(room: Stockroom) -> None:
    room.stocked(("A", 5, 50))
    room.order(("A", 4))
    lines = [{"item_id": room.items["A"], "quantity": "-2"}]
    refused = room.refused(inventory.adjust_stock, warehouse_id=room.main, reason="lost", lines=lines)
    assert (refused.code, refused.errors[0]["pointer"]) == ("insufficient_stock", "/lines/0")
    assert (room.value("A"), room.told(inventory.stock_adjusted)) == ("5 50", [])


def test_what_is_found_serves_those_who_wait(room: Stockroom) -> None:
    waiting = room.order(("A", 1))
    adjust(room, "A", "1", unit_value="3")
    assert room.reservation(waiting).reserved == 1


def test_opening_stock_comes_in_at_its_value_counted_in_any_unit(room: Stockroom) -> None:
    room.item("A", units=[{"unit": "dozen", "numerator": 12, "denominator": 1}])
    line = {"item_id": room.items["A"], "quantity": D(2), "unit": "dozen", "value": D("10.01")}
    opened = room.do(inventory.open_stock, warehouse_id=room.main, lines=[line])
    (told,) = room.told(inventory.stock_opened)
    assert shown(told.opening_id, told.lines[0].quantity, told.lines[0].value) == f"{opened.id} 24 10.01"
    (move,) = room.do(inventory.list_stock_moves, document_id=opened.id).data
    assert shown(move.document, move.quantity, move.value, move.effective_on) == f"opening 24 10.01 {TODAY}"


def test_a_value_finer_than_the_currency_is_refused(room: Stockroom) -> None:
    line = {"item_id": room.item("A"), "quantity": D(1), "value": D("0.001")}
    refused = room.refused(inventory.open_stock, warehouse_id=room.main, lines=[line])
    assert (refused.code, refused.errors[0]["pointer"]) == ("value_scale", "/lines/0")


def test_the_day_is_not_in_the_future_and_the_past_needs_its_scope(room: Stockroom) -> None:
    line = {"item_id": room.item("A"), "quantity": D(1), "value": D(1)}
    room.scopes -= {"business-date:set"}

    def refused(days: int) -> str:
        on = TODAY + timedelta(days=days)
        return room.refused(inventory.open_stock, warehouse_id=room.main, lines=[line], opened_on=on).code

    assert (refused(1), refused(-1)) == ("in_the_future", "forbidden")


@pytest.mark.parametrize("change", [{"cost_method": "fifo"}, {"valuation_area": "warehouse"}])
def test_method_and_area_are_for_good_once_there_was_stock(room: Stockroom, change: dict[str, str]) -> None:
    assert room.do(inventory.get_settings).cost_method == "moving_average"
    room.do(inventory.change_settings, **change)
    room.do(inventory.change_settings, cost_method="moving_average", valuation_area="company")
    room.stocked(("A", 1, 10))
    assert room.refused(inventory.change_settings, **change).code == "stock_exists"
    settings = room.do(inventory.change_settings, cost_method="moving_average", customer_return_policy="current")
    assert (settings, settings.customer_return_policy) == (room.do(inventory.get_settings), "current")


@pytest.mark.parametrize(("method", "cost", "left"), [("moving_average", 225, 75), ("fifo", 200, 100)])
def test_v4_an_issue_by_average_and_by_layers(room: Stockroom, method: str, cost: int, left: int) -> None:
    room.do(inventory.change_settings, cost_method=method)
    room.stocked(("A", 10, 100))
    room.stocked(("A", 10, 200))
    _, gone = room.sold("A", 15)
    assert shown(gone.lines[0].cost, room.value("A")) == f"{cost} 5 {left}"


def test_by_warehouse_each_has_an_average_of_its_own(room: Stockroom) -> None:
    room.do(inventory.change_settings, valuation_area="warehouse")
    room.stocked(("A", 1, 10))
    room.stocked(("A", 1, 30), warehouse=room.warehouse("other"))
    _, gone = room.sold("A", 1)
    assert gone.lines[0].cost == 10
