"""F1: every stock fact in the ledger at its value, once; M6."""

from datetime import date
from decimal import Decimal

import pytest

from services.finance.ledger import chart
from shared.contracts import finance, inventory
from tests.unit.finance.office import Office

D = Decimal


def transfer(office: Office, shipped: str, arrived: str, lost: str, *, first: str = "shipped") -> None:
    id_ = office.new_id()
    facts = {
        "shipped": lambda: office.given(
            inventory.transfer_shipped, transfer_id=id_, from_warehouse_id=office.warehouse,
            to_warehouse_id=office.item, shipped_on=office.on,
            lines=[{"item_id": office.item, "quantity": "3", "value": shipped}],
        ),
        "arrived": lambda: office.given(
            inventory.transfer_arrived, arrival_id=office.new_id(), transfer_id=id_, to_warehouse_id=office.item,
            arrived_on=office.on,
            lines=[
                {
                    "item_id": office.item, "arrived": "2", "lost": "1", "arrived_value": arrived, "lost_value": lost,
                }
            ],
        ),
    }  # fmt: skip
    for name in sorted(facts, key=lambda each: each != first):
        facts[name]()


@pytest.mark.parametrize("first", ["shipped", "arrived"])
@pytest.mark.parametrize("shipped", ["40", "-40"])
def test_m6_of_a_transfer_worth_40_20_arrive_and_20_are_lost(office: Office, first: str, shipped: str) -> None:
    office.given(
        inventory.stock_opened, opening_id=office.new_id(), warehouse_id=office.warehouse, opened_on=office.on,
        lines=[{"item_id": office.item, "quantity": "5", "value": "80"}],
    )  # fmt: skip
    transfer(office, shipped, "20", "20", first=first)
    assert office.balances() == {chart.INVENTORY: 60, chart.STOCK_LOSS: 20, chart.OPENING: -80}
    office.prove()


def test_goods_under_way_stand_in_transit(office: Office) -> None:
    id_ = office.new_id()
    office.given(
        inventory.transfer_shipped, transfer_id=id_, from_warehouse_id=office.warehouse, to_warehouse_id=office.item,
        shipped_on=office.on, lines=[{"item_id": office.item, "quantity": "3", "value": "-40"}],
    )  # fmt: skip
    assert office.balances() == {chart.INVENTORY: -40, chart.IN_TRANSIT: 40}


@pytest.mark.parametrize("value", ["-20", "20"])
def test_stock_found_or_lost_is_gain_or_loss(office: Office, value: str) -> None:
    office.adjust_stock("1" if value == "20" else "-1", value)
    assert office.balances() == {chart.INVENTORY: D(value), chart.STOCK_LOSS: -D(value)}


def test_what_inspection_scraps_is_lost(office: Office) -> None:
    inspection = office.new_id()
    office.given(
        inventory.return_inspected, inspection_id=inspection, return_id=office.new_id(), order_id=office.new_id(),
        warehouse_id=office.warehouse, inspected_on=office.on,
        lines=[
            {
                "order_line": 1, "item_id": office.item, "restocked": "1", "scrapped": "1", "scrapped_value": "15",
            }
        ],
    )  # fmt: skip
    assert office.balances() == {chart.STOCK_LOSS: 15, chart.INVENTORY: -15}
    assert office.do(finance.list_entries, source_id=inspection).data[0].source_type == "return_inspected"


def test_a_fact_of_no_value_posts_nothing(office: Office) -> None:
    office.adjust_stock("1", "0")
    assert office.do(finance.list_entries).data == []


def test_a_fact_of_many_lines_is_one_entry_with_one_line_per_account(office: Office) -> None:
    lines = [{"item_id": office.item, "quantity": "1", "value": "2.50"}] * 40
    office.given(
        inventory.stock_opened, opening_id=office.new_id(), warehouse_id=office.warehouse,
        opened_on=date(2026, 1, 1), lines=lines,
    )  # fmt: skip
    entry = office.do(finance.list_entries).data[0]
    assert [(line.account, line.debit - line.credit) for line in entry.lines] == [
        (chart.INVENTORY, D(100)), (chart.OPENING, D(-100))
    ]  # fmt: skip
    assert (entry.effective_on, entry.posted_by) == (date(2026, 1, 1), "other")
