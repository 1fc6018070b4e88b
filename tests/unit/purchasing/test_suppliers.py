"""P1: suppliers and what they offer."""

from datetime import date
from pathlib import Path

import pytest

from shared.contracts import purchasing
from tests.unit.purchasing.buying import Buyer, D


@pytest.fixture
def buyer(tmp_path: Path) -> Buyer:
    return Buyer(tmp_path)


def test_a_supplier_begins_as_a_prospect_and_is_told_of_with_every_change(buyer: Buyer) -> None:
    made = buyer.do(purchasing.register_supplier, code="S1", name="Baizhou Textiles", currency="USD")
    buyer.do(purchasing.approve_supplier, id=made.id)
    buyer.do(purchasing.suspend_supplier, id=made.id, reason="late three times")
    told = [*buyer.told(purchasing.supplier_registered), *buyer.told(purchasing.supplier_changed)]
    assert [fact.state for fact in told] == ["prospect", "approved", "suspended"]
    assert {fact.currency for fact in told} == {"USD"}
    assert buyer.do(purchasing.get_supplier, id=made.id).reason == "late three times"
    assert [each.code for each in buyer.do(purchasing.list_suppliers, state="suspended").data] == ["S1"]


@pytest.mark.parametrize(
    ("before", "operation"),
    [
        ("prospect", purchasing.suspend_supplier),
        ("approved", purchasing.approve_supplier),
        ("blocked", purchasing.suspend_supplier),
        ("blocked", purchasing.block_supplier),
    ],
)
def test_a_supplier_moves_only_where_its_state_allows(buyer: Buyer, before: str, operation) -> None:
    id_ = buyer.supplier(approved=before == "approved")
    if before == "blocked":
        buyer.do(purchasing.block_supplier, id=id_, reason="fraud")
    fields = {} if operation is purchasing.approve_supplier else {"reason": "why"}
    assert buyer.refused(operation, id=id_, **fields).code == "supplier_state"


def test_a_code_is_given_once_and_a_stale_change_is_refused(buyer: Buyer) -> None:
    id_ = buyer.supplier()
    assert buyer.refused(purchasing.register_supplier, code="S1", name="Other").code == "exists"
    assert buyer.refused(purchasing.change_supplier, id=id_, name="New", if_match=1).code == "stale_version"
    changed = buyer.do(purchasing.change_supplier, id=id_, archived=True, if_match=2)
    assert (changed.state, changed.version) == ("archived", 3)
    assert buyer.do(purchasing.change_supplier, id=id_, archived=False, if_match=3).state == "prospect"


def test_a_certificate_shows_that_it_is_expired_on_the_business_date(buyer: Buyer) -> None:
    certificates = [{"name": "ISO 9001", "expires_on": date(2026, 3, day)} for day in (1, 2)]
    made = buyer.do(purchasing.register_supplier, code="S1", name="B", certificates=certificates)
    assert [each.expired for each in made.certificates] == [True, False]


def test_a_new_offer_takes_the_place_of_the_suppliers_earlier_one(buyer: Buyer) -> None:
    supplier, item = buyer.supplier(), buyer.item()
    first = buyer.offer(supplier, item, "9.5", moq=D(10))
    second = buyer.offer(supplier, item, "9")
    assert [each.id for each in buyer.do(purchasing.list_offers, withdrawn="false").data] == [second.id]
    assert [each.id for each in buyer.do(purchasing.list_offers, withdrawn="true").data] == [first.id]
    buyer.do(purchasing.withdraw_offer, id=second.id)
    assert buyer.refused(purchasing.withdraw_offer, id=second.id).code == "withdrawn"


def test_what_cannot_be_offered_is_refused_with_its_place(buyer: Buyer) -> None:
    supplier, item, service = buyer.supplier(), buyer.item(), buyer.item("CALL", kind="service")
    one = [{"min_quantity": "0", "price": "1"}]

    def refused(**fields: object) -> tuple[str, str]:
        given = {"supplier_id": supplier, "item_id": item, "price_breaks": one, **fields}
        problem = buyer.refused(purchasing.offer_item, **given)
        return problem.code, problem.errors[0]["pointer"]

    assert refused(price_breaks=one * 2) == ("duplicate_break", "/price_breaks/1/min_quantity")
    assert refused(item_id=service) == ("not_goods", "/item_id")
    assert refused(supplier_id=buyer.new_id()) == ("unknown_supplier", "/supplier_id")
    assert refused(under_tolerance=D("1.1")) == ("tolerance_too_large", "/under_tolerance")


def test_an_item_nobody_told_of_yet_is_waited_for(buyer: Buyer) -> None:
    unknown = buyer.new_id()
    one = [{"min_quantity": "0", "price": "1"}]
    problem = buyer.refused(
        purchasing.offer_item, supplier_id=buyer.supplier(), item_id=unknown, price_breaks=one
    )  # fmt: skip
    assert (problem.code, problem.awaits) == ("unknown_reference", unknown)
