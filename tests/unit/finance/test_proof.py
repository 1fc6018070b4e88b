"""M1: whatever inventory tells, in whatever order, the inventory accounts are the stock ledger."""

import random
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.finance.ledger import chart
from shared.contracts import finance, inventory
from shared.contracts.operations import Event
from tests.company import TODAY
from tests.unit.finance.office import Office

D = Decimal


def cents(rng: random.Random, least: int = 0) -> Decimal:
    return D(rng.randint(least, 99_999)).scaleb(-2)


def facts(office: Office, rng: random.Random) -> list[tuple[Event[Any], dict[str, Any], str, Decimal]]:
    """Facts of every kind with the document they come from and what they change of the stock ledger's value."""
    here: dict[str, Any] = {"warehouse_id": office.warehouse}
    line: dict[str, Any] = {"item_id": office.item}
    purchase, order = office.purchase("1000", "5"), office.placed(("1000", "9000", "1170"))
    made: list[tuple[Event[Any], dict[str, Any], str, Decimal]] = []

    def fact(event: Event[Any], name: str, change: Decimal, lines: list[dict[str, Any]], **more: Any) -> None:
        id_ = office.new_id()
        made.append((event, {name: id_, "lines": lines, **more}, id_, change))

    for _ in range(6):
        value, other = cents(rng), cents(rng)
        fact(
            inventory.goods_received, "receipt_id", value + other,
            [line | {"line": 1, "accepted": "1", "rejected": "0", "value": each} for each in (value, other)],
            number="GR", purchase_order_id=purchase.purchase_order_id, supplier_id=office.sue, received_on=TODAY,
            **here,
        )  # fmt: skip
        fact(
            inventory.goods_handed_over, "handover_id", -value,
            [line | {"line": 1, "quantity": "1", "cost": value}],
            order_id=order.order_id, shipment_id=office.new_id(), handed_over_on=TODAY, shipment_complete=True, **here,
        )  # fmt: skip
        fact(
            inventory.return_received, "return_receipt_id", value,
            [line | {"order_line": 1, "quantity": "1", "value": value}],
            return_id=office.new_id(), order_id=order.order_id, received_on=TODAY, **here,
        )  # fmt: skip
        fact(
            inventory.return_inspected, "inspection_id", -value,
            [line | {"order_line": 1, "restocked": "0", "scrapped": "1", "scrapped_value": value}],
            return_id=office.new_id(), order_id=order.order_id, inspected_on=TODAY, **here,
        )  # fmt: skip
        fact(
            inventory.stock_adjusted, "adjustment_id", value - other,
            [line | {"quantity": "1", "value": value}, line | {"quantity": "-1", "value": -other}],
            number="AJ", reason="correction", adjusted_on=TODAY, **here,
        )  # fmt: skip
        fact(
            inventory.stock_opened, "opening_id", other, [line | {"quantity": "1", "value": other}],
            opened_on=TODAY, **here,
        )  # fmt: skip
        fact(
            inventory.transfer_shipped, "transfer_id", D(0), [line | {"quantity": "2", "value": value + other}],
            from_warehouse_id=office.warehouse, to_warehouse_id=office.item, shipped_on=TODAY,
        )  # fmt: skip
        fact(
            inventory.transfer_arrived, "arrival_id", -other,
            [line | {"arrived": "1", "lost": "1", "arrived_value": value, "lost_value": other}],
            transfer_id=office.new_id(), to_warehouse_id=office.item, arrived_on=TODAY,
        )  # fmt: skip
    rng.shuffle(made)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_m1_the_inventory_accounts_are_the_stock_ledger_by_document_and_in_all(tmp_path: Path, seed: int) -> None:
    office, rng = Office(tmp_path, seed), random.Random(seed)
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for event, fields, document, change in facts(office, rng):
        office.given(event, **fields)
        expected[document] += change
    office.settle()
    found: dict[str, Decimal] = defaultdict(Decimal)
    stock = ",".join(chart.STOCK_ACCOUNTS)
    for line in office.do(finance.list_entry_lines, account=stock, limit="1000").data:
        found[line.source_id] += line.base_debit - line.base_credit
    assert {key: value for key, value in found.items() if value} == {
        key: value for key, value in expected.items() if value
    }
    assert office.do(finance.get_trial_balance, from_on=TODAY, to_on=TODAY).balanced
    office.prove()
