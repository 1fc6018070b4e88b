"""W1: items, warehouses, bins; what is archived takes no part in new documents."""

import pytest

from shared.contracts import inventory
from tests.unit.inventory.stockroom import D, Stockroom

DOZEN = {"unit": "dozen", "numerator": 12, "denominator": 1}


def test_an_item_is_registered_changed_and_told_of(room: Stockroom) -> None:
    made = room.do(inventory.register_item, sku="A", name="Lamp", units=[DOZEN], weight=D("0.25"))
    changed = room.do(inventory.change_item, id=made.id, name="Big lamp", if_match=1)
    assert (changed.version, changed.name, changed.units) == (2, "Big lamp", made.units)
    assert room.do(inventory.get_item, id=made.id) == changed
    assert room.do(inventory.list_items, sku="A").data == [changed]
    assert [fact.name for fact in room.told(inventory.item_registered)] == ["Lamp"]
    assert [fact.name for fact in room.told(inventory.item_changed)] == ["Big lamp"]
    assert room.refused(inventory.change_item, id=made.id, name="x", if_match=1).status == 412
    assert room.refused(inventory.register_item, sku="A", name="x").code == "exists"


@pytest.mark.parametrize("units", [[DOZEN, DOZEN], [DOZEN | {"unit": "pcs"}]])
def test_a_unit_is_named_once(room: Stockroom, units: list[dict[str, object]]) -> None:
    assert room.refused(inventory.register_item, sku="A", name="Lamp", units=units).code == "duplicate_unit"


def test_a_warehouse_is_registered_changed_and_told_of(room: Stockroom) -> None:
    made = room.do(inventory.register_warehouse, code="W2", name="Second", country="CN")
    changed = room.do(inventory.change_warehouse, id=made.id, name="Other", if_match=1)
    assert room.do(inventory.get_warehouse, id=made.id) == changed
    assert room.do(inventory.list_warehouses, code="W2").data == [changed]
    assert [fact.name for fact in room.told(inventory.warehouse_changed)] == ["Other"]
    assert room.refused(inventory.register_warehouse, code="W2", name="x", country="CN").code == "exists"


def test_a_bin_belongs_to_its_warehouse(room: Stockroom) -> None:
    made = room.do(inventory.register_bin, warehouse_id=room.main, code="B1")
    assert room.do(inventory.list_bins, warehouse_id=room.main).data == [made]
    assert room.refused(inventory.register_bin, warehouse_id=room.main, code="B1").code == "exists"
    other = room.warehouse("other")
    line = {"item_id": room.item("A"), "quantity": D(1), "value": D(1), "bin": "B1"}
    assert room.refused(inventory.open_stock, warehouse_id=other, lines=[line]).code == "unknown_bin"


def test_what_is_archived_or_a_service_is_in_no_new_document(room: Stockroom) -> None:
    old, service, closed = room.item("old"), room.item("service", kind="service"), room.warehouse("closed")
    room.do(inventory.change_item, id=old, archived=True, if_match=1)
    room.do(inventory.change_warehouse, id=closed, archived=True, if_match=1)
    lines = [{"item_id": item, "quantity": D(1), "value": D(1)} for item in (old, service, room.new_id())]
    refused = room.refused(inventory.open_stock, warehouse_id=room.main, lines=lines)
    assert [(each["pointer"], each["code"]) for each in refused.errors] == [
        ("/lines/0/item_id", "archived_item"),
        ("/lines/1/item_id", "not_goods"),
        ("/lines/2/item_id", "unknown_item"),
    ]
    line = {"item_id": room.item("A"), "quantity": D(1), "value": D(1)}
    assert room.refused(inventory.open_stock, warehouse_id=closed, lines=[line]).code == "archived_warehouse"


def test_more_cannot_be_put_away_than_lies_there(room: Stockroom) -> None:
    room.do(inventory.register_bin, warehouse_id=room.main, code="B1")
    room.stocked(("A", 5, 50))

    def refused(**line: object) -> str:
        lines = [{"item_id": room.items["A"], **line}]
        return room.refused(inventory.put_away, warehouse_id=room.main, lines=lines).code

    assert refused(quantity="6", to_bin="B1") == "insufficient_stock"
    assert refused(quantity="1", from_bin="B1") == "insufficient_stock"
    assert refused(quantity="1") == "same_bin"
    assert refused(quantity="1", to_bin="B2") == "unknown_bin"
