"""What is really published has the schema that is published for it."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

from services.commands.installation import DOMAINS
from shared.contracts import finance, inventory, logistics, purchasing, sales
from shared.storage.backbone import outbox
from tests.company import Company
from tests.flows.shop import Shop

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.fixture
def lived(tmp_path: Path) -> Company:
    """A company that has traded, so that most kinds of events were told."""
    world = Company(DOMAINS, tmp_path)
    shop = Shop(world, limit="1000")
    item = shop.item("A", stock="10", value="50")
    limits = [{"item_id": item, "minimum": "8", "maximum": "20"}]
    world.do(inventory.set_stock_limits, warehouse_id=shop.warehouse, lines=limits)
    order = shop.order((item, "12", "20"))
    shop.hand_over(order, (1, "4"))
    (draft,) = world.do(purchasing.order_requisitions).orders
    world.do(purchasing.submit_order, id=draft.id)
    shop.receive(draft.id)
    back = world.do(sales.authorise_return, order_id=order, reason="x", lines=[{"order_line": 1, "quantity": "1"}])
    world.do(inventory.receive_return, return_id=back.id)
    world.do(inventory.inspect_return, return_id=back.id)
    (shipment, *_) = shop.rows(logistics.list_shipments, order_id=order)
    world.do(logistics.confirm_delivery, id=shipment.id)
    world.do(sales.cancel_order, id=order, reason="enough")
    world.do(finance.receive_payment, customer_id=shop.customer, amount="500")
    return world


def test_every_fact_that_was_told_fits_its_published_schema(lived: Company) -> None:
    envelope_schema = Draft202012Validator(json.loads((SCHEMAS / "cloudevent.json").read_text()))
    told = set()
    for database in lived.databases.values():
        with database.snapshot() as session:
            for type_, text in session.execute(select(outbox.c.type, outbox.c.envelope)):
                event = json.loads(text)
                schema = Draft202012Validator(json.loads((SCHEMAS / f"{type_}.json").read_text()))
                assert [error.message for error in schema.iter_errors(event["data"])] == [], type_
                assert [error.message for error in envelope_schema.iter_errors(event)] == [], type_
                told.add(type_)
    assert len(told) >= 24
