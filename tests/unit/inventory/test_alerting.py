"""W5: low stock is told once, whatever lowers it, until it has recovered."""

from shared.contracts import inventory, purchasing
from tests.unit.inventory.stockroom import D, Stockroom, shown


def limit(room: Stockroom, sku: str, minimum: int, maximum: int) -> None:
    lines = [{"item_id": room.item(sku), "minimum": D(minimum), "maximum": D(maximum)}]
    room.do(inventory.set_stock_limits, warehouse_id=room.main, lines=lines)


def alerts(room: Stockroom) -> list[str]:
    """Available, inbound and suggested, per alert told."""
    return [shown(fact.available, fact.inbound, fact.suggested) for fact in room.told(inventory.stock_low)]


def test_an_order_that_lowers_stock_below_the_minimum_is_told_once(room: Stockroom) -> None:
    room.stocked(("A", 10, 100))
    limit(room, "A", 5, 20)
    room.order(("A", 5))
    assert alerts(room) == []
    room.order(("A", 1))
    room.order(("A", 6))
    assert alerts(room) == ["4 0 16"]
    assert room.do(inventory.list_stock_limits, low="true").data[0].item_id == room.items["A"]


def test_what_is_ordered_from_suppliers_counts_until_it_is_given_up(room: Stockroom) -> None:
    limit(room, "A", 5, 20)
    order = room.approve({"sku": "A", "quantity": 20, "net": 100})
    room.do(inventory.receive_goods, purchase_order_id=order)
    room.order(("A", 14))
    assert alerts(room) == ["0 0 20"]
    room.order(("A", 2))
    assert alerts(room) == ["0 0 20", "4 0 16"]


def test_those_who_wait_are_counted_as_missing(room: Stockroom) -> None:
    room.order(("A", 7))
    limit(room, "A", 5, 20)
    assert alerts(room) == ["-7 0 27"]


def test_closing_an_order_takes_its_inbound_away(room: Stockroom) -> None:
    order = room.approve({"sku": "A", "quantity": 20, "net": 100})
    limit(room, "A", 5, 20)
    assert alerts(room) == []
    room.given(purchasing.closing_requested, purchase_order_id=order, reason="x")
    assert alerts(room) == ["0 0 20"]


def test_limits_that_make_no_sense_are_refused(room: Stockroom) -> None:
    def refused(*lines: dict[str, str]) -> tuple[str, object]:
        problem = room.refused(inventory.set_stock_limits, warehouse_id=room.main, lines=list(lines))
        return problem.code, problem.errors[0]["pointer"]

    line = {"item_id": room.item("A"), "minimum": "5", "maximum": "4"}
    assert refused(line) == ("min_above_max", "/lines/0/minimum")
    good = line | {"maximum": "9"}
    assert refused(good, good) == ("duplicate_item", "/lines/1/item_id")
    assert refused(good | {"item_id": room.new_id()}) == ("unknown_item", "/lines/0/item_id")


def test_limits_are_replaced(room: Stockroom) -> None:
    room.stocked(("A", 7, 70))
    limit(room, "A", 5, 20)
    limit(room, "A", 8, 20)
    (kept,) = room.do(inventory.list_stock_limits, item_id=room.items["A"]).data
    assert (kept.minimum, kept.low, alerts(room)) == (D(8), True, ["7 0 13"])
