"""P4: drafting, changing and approving purchase orders."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shared.contracts import finance, purchasing
from tests.unit.purchasing.buying import Buyer, D


@pytest.fixture
def buyer(tmp_path: Path) -> Buyer:
    return Buyer(tmp_path)


def test_a_draft_by_hand_takes_units_and_prices_as_they_are_agreed(buyer: Buyer) -> None:
    tea, cup = buyer.item("TEA"), buyer.item("CUP")
    supplier = buyer.supplier()
    buyer.offer(supplier, cup, "2.50", over_tolerance=D("0.05"))
    order = buyer.draft(
        supplier,
        {"item_id": tea, "quantity": "2", "unit": "dozen", "price": "100", "tax_code": "VAT13"},
        {"item_id": cup, "quantity": "10"},
    )
    assert (order.status, order.net, order.tax, order.gross) == ("draft", D(225), D("29.25"), D("254.25"))
    first, second = order.lines
    assert (first.quantity, first.price, first.unit_price) == (D(24), D("8.333333"), D(100))
    assert (second.quantity, second.price, second.over_tolerance) == (D(10), D("2.5"), D("0.05"))
    assert order.number == "PO-202603-00001"


def test_an_order_within_the_limit_is_approved_by_being_submitted(buyer: Buyer) -> None:
    buyer.do(purchasing.change_settings, approval_limit="1000")
    item = buyer.item()
    order = buyer.approved(buyer.supplier(), {"item_id": item, "quantity": "10", "price": "100"})
    assert (order.status, order.approved_by, order.approved_on) == ("approved", "tester", date(2026, 3, 2))
    (told,) = buyer.told(purchasing.order_approved)
    (line,) = told.lines
    assert (told.purchase_order_id, told.number, told.exchange_rate) == (order.id, order.number, D(1))
    assert (line.quantity, line.net, line.base_net, line.tax_rate) == (D(10), D(1000), D(1000), D("0.13"))


def test_above_the_limit_a_second_person_approves_who_did_not_make_it(buyer: Buyer) -> None:
    buyer.do(purchasing.change_settings, approval_limit="999.99")
    draft = buyer.draft(buyer.supplier(), {"item_id": buyer.item(), "quantity": "10", "price": "100"})
    with buyer.by("helper"):
        buyer.do(purchasing.change_order, id=draft.id, note="urgent", if_match=draft.version)
    with buyer.by("sender"):
        assert buyer.do(purchasing.submit_order, id=draft.id).status == "pending_approval"
    for maker in ("tester", "helper", "sender"):
        with buyer.by(maker):
            assert buyer.refused(purchasing.approve_order, id=draft.id).code == "second_approver_needed"
    assert buyer.told(purchasing.order_approved) == []
    with buyer.by("chief"):
        assert buyer.do(purchasing.approve_order, id=draft.id).approved_by == "chief"
        assert buyer.refused(purchasing.approve_order, id=draft.id).code == "order_state"
    assert len(buyer.told(purchasing.order_approved)) == 1


def test_the_limit_is_held_against_the_amount_in_base_currency(buyer: Buyer) -> None:
    buyer.do(purchasing.change_settings, approval_limit="100")
    supplier = buyer.supplier(currency="USD")
    order = buyer.approved(supplier, {"item_id": buyer.item(), "quantity": "1", "price": "14.29"})
    assert (order.status, order.net, order.base_net) == ("pending_approval", D("14.29"), D("100.03"))


def test_base_amounts_of_lines_sum_to_the_orders_at_the_rate_of_the_day_of_approval(buyer: Buyer) -> None:
    buyer.given(finance.exchange_rate_set, currency="USD", rate=D("7.1234"), valid_from=date(2026, 3, 2))
    buyer.given(finance.exchange_rate_set, currency="USD", rate=D(9), valid_from=date(2026, 3, 3))
    item = buyer.item()
    lines = [{"item_id": item, "quantity": "1", "price": "0.33"}] * 3
    order = buyer.approved(buyer.supplier(currency="USD"), *lines)
    (told,) = buyer.told(purchasing.order_approved)
    parts = [line.base_net or Decimal(0) for line in told.lines]
    assert (told.exchange_rate, sum(parts), order.base_net) == (D("7.1234"), D("7.05"), D("7.05"))


def test_a_rejected_order_is_a_draft_again_with_the_reason(buyer: Buyer) -> None:
    buyer.do(purchasing.change_settings, approval_limit="0")
    draft = buyer.approved(buyer.supplier(), {"item_id": buyer.item(), "quantity": "1", "price": "1"})
    back = buyer.do(purchasing.reject_order, id=draft.id, reason="too dear")
    assert (back.status, back.reason, back.submitted_by) == ("draft", "too dear", None)
    buyer.do(purchasing.change_settings, no_approval_limit=True)
    assert buyer.do(purchasing.submit_order, id=draft.id).status == "approved"


@pytest.mark.parametrize("state", ["prospect", "suspended", "blocked"])
def test_an_order_to_a_supplier_that_is_not_approved_is_not_approved(buyer: Buyer, state: str) -> None:
    supplier = buyer.supplier(approved=state != "prospect")
    if state == "suspended":
        buyer.do(purchasing.suspend_supplier, id=supplier, reason="late")
    if state == "blocked":
        buyer.do(purchasing.block_supplier, id=supplier, reason="fraud")
    draft = buyer.draft(supplier, {"item_id": buyer.item(), "quantity": "1", "price": "1"})
    assert buyer.refused(purchasing.submit_order, id=draft.id).code == "supplier_not_approved"
    assert buyer.order(draft.id).status == "draft"


def test_a_draft_is_changed_by_its_newest_version_only_and_an_approved_order_not_at_all(buyer: Buyer) -> None:
    tea, cup = buyer.item("TEA"), buyer.item("CUP")
    draft = buyer.draft(buyer.supplier(), {"item_id": tea, "quantity": "1", "price": "1"})
    lines = [{"item_id": cup, "quantity": "3", "price": "2"}]
    changed = buyer.do(
        purchasing.change_order, id=draft.id, lines=lines, expected_on=date(2026, 4, 1), if_match=draft.version
    )
    assert [(line.item_id, line.net, line.expected_on) for line in changed.lines] == [(cup, D(6), date(2026, 4, 1))]
    assert (changed.net, changed.version > draft.version) == (D(6), True)
    stale = buyer.refused(purchasing.change_order, id=draft.id, note="x", if_match=draft.version)
    assert stale.code == "stale_version"
    buyer.do(purchasing.submit_order, id=draft.id)
    assert buyer.refused(purchasing.change_order, id=draft.id, note="x").code == "order_state"


def test_what_cannot_be_ordered_is_refused_with_its_place_and_nothing_is_kept(buyer: Buyer) -> None:
    item, old = buyer.item("TEA"), buyer.item("OLD", archived=True)
    supplier = buyer.supplier()
    buyer.offer(supplier, item, "2", moq=D(24), pack_size=D(12))
    fine = {"item_id": item, "quantity": "1", "price": "1"}

    def refused(line: dict[str, str], **fields: object) -> tuple[str, str]:
        given = {
            "supplier_id": supplier, "warehouse_id": buyer.warehouse, "expected_on": date(2026, 3, 9),
            "lines": [fine, {**fine, **line}], **fields,
        }  # fmt: skip
        problem = buyer.refused(purchasing.draft_order, **given)
        return problem.code, problem.errors[0]["pointer"]

    by_offer = [{"item_id": item, "quantity": quantity} for quantity in ("12", "25")]
    assert refused({"item_id": old}) == ("archived", "/lines/1/item_id")
    assert refused({"unit": "box"}) == ("unknown_unit", "/lines/1/unit")
    assert refused({"quantity": "999999999", "price": "999999999"}) == ("amount_too_large", "/lines/1/quantity")
    assert refused({"quantity": "99999999", "unit": "dozen"}) == ("quantity_range", "/lines/1/quantity")
    assert refused({"under_tolerance": "2"}) == ("tolerance_too_large", "/lines/1/under_tolerance")
    assert refused({}, lines=by_offer[:1]) == ("below_moq", "/lines/0/quantity")
    assert refused({}, lines=by_offer[1:]) == ("not_whole_packs", "/lines/0/quantity")
    assert refused({}, lines=by_offer, currency="USD") == ("no_price", "/lines/0/price")
    assert refused({}, expected_on=date(2026, 3, 1)) == ("expected_before_ordered", "/expected_on")
    assert refused({}, supplier_id=buyer.new_id()) == ("unknown_supplier", "/supplier_id")
    assert buyer.do(purchasing.list_orders).data == []


def test_a_currency_or_tax_code_without_a_rate_is_waited_for(buyer: Buyer) -> None:
    item, supplier = buyer.item("TEA"), buyer.supplier(currency="EUR")
    line = {"item_id": item, "quantity": "1", "price": "1"}
    given = {"supplier_id": supplier, "warehouse_id": buyer.warehouse, "expected_on": date(2026, 3, 9)}
    assert buyer.refused(purchasing.draft_order, **given, lines=[line]).awaits == "EUR"
    taxed = {**line, "tax_code": "VAT9"}
    assert buyer.refused(purchasing.draft_order, **given, currency="CNY", lines=[taxed]).awaits == "VAT9"


def test_purchases_are_taxed_by_the_companys_code_where_it_has_one(buyer: Buyer) -> None:
    buyer.given(finance.tax_rate_set, tax_code="VAT3", rate=D("0.03"), valid_from=date(2020, 1, 1))
    item, supplier = buyer.item(), buyer.supplier()
    line = {"item_id": item, "quantity": "1", "price": "100"}
    assert buyer.do(purchasing.change_settings, default_tax_code="VAT3").default_tax_code == "VAT3"
    assert buyer.draft(supplier, line).tax == D(3)
    buyer.do(purchasing.change_settings, tax_by_item=True)
    assert buyer.draft(supplier, line).tax == D(13)


def test_an_order_late_by_what_the_supplier_promised_is_on_the_chase_list(buyer: Buyer) -> None:
    item, supplier = buyer.item(), buyer.supplier()
    line = {"item_id": item, "quantity": "1", "price": "100"}
    first, second, _draft = buyer.approved(supplier, line), buyer.approved(supplier, line), buyer.draft(supplier, line)
    buyer.do(purchasing.send_order, id=first.id)
    buyer.do(purchasing.acknowledge_order, id=first.id, promised_on=date(2026, 3, 5))
    buyer.on = date(2026, 3, 9)
    late = buyer.do(purchasing.list_late_orders).data
    assert [(order.id, order.days_late) for order in late] == [(first.id, 4)]
    buyer.on = date(2026, 3, 10)
    assert [order.id for order in buyer.do(purchasing.list_late_orders).data] == [first.id, second.id]
