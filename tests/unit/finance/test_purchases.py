"""F1, F2: accruals, three-way match, payments to suppliers; M2."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from services.finance.ledger import chart
from shared.contracts import finance, purchasing
from shared.contracts.message import dump
from tests.company import TODAY
from tests.unit.finance.office import Office, thirds

D = Decimal


@pytest.fixture
def tolerant(office: Office) -> Office:
    """Two per cent of price tolerance."""
    office.do(finance.change_settings, price_tolerance="0.02", if_match=1)
    return office


def test_m2_goods_in_are_accrued_and_an_invoice_2_percent_above_is_posted_with_its_variance(tolerant: Office) -> None:
    order = tolerant.purchase("10", "5")
    receipt = tolerant.receive(order, "10", "50")
    assert tolerant.balances() == {chart.INVENTORY: 50, chart.ACCRUAL: -50}
    entry = tolerant.do(finance.list_entries, source_id=receipt).data[0]
    assert (entry.source_type, entry.source_number) == ("goods_received", "GR-1")
    invoice = tolerant.bill(order, "10", "51", "6.63")
    assert (invoice.status, invoice.gross, invoice.lines[0].variance) == ("posted", D("57.63"), D(1))
    assert tolerant.balances() == {
        chart.INVENTORY: 50, chart.PRICE_VARIANCE: 1, chart.INPUT_TAX: D("6.63"), chart.PAYABLE: D("-57.63")
    }  # fmt: skip
    assert [fact.supplier_invoice_id for fact in tolerant.told(finance.supplier_invoice_posted)] == [invoice.id]
    tolerant.prove()


def test_m2_4_percent_above_is_an_exception_and_nothing_is_posted_until_another_person_accepts(
    tolerant: Office,
) -> None:
    order = tolerant.purchase("10", "5")
    tolerant.receive(order, "10", "50")
    invoice = tolerant.bill(order, "10", "52", "6.76")
    assert (invoice.status, invoice.lines[0].reasons) == ("exception", ["price_above_tolerance"])
    assert tolerant.balances() == {chart.INVENTORY: 50, chart.ACCRUAL: -50}
    assert tolerant.told(finance.supplier_invoice_posted) == []
    assert tolerant.refused(finance.accept_supplier_invoice, id=invoice.id).code == "same_person"
    with tolerant.by("chief"):
        accepted = tolerant.do(finance.accept_supplier_invoice, id=invoice.id, reason="price rose")
    assert (accepted.status, accepted.decided_by, accepted.reason) == ("posted", "chief", "price rose")
    assert tolerant.balances()[chart.PAYABLE] == D("-58.76")
    assert tolerant.refused(finance.reject_supplier_invoice, id=invoice.id).code == "not_an_exception"
    tolerant.prove()


def test_a_rejected_invoice_posts_nothing_and_leaves_its_number_to_the_corrected_one(tolerant: Office) -> None:
    order = tolerant.purchase("10", "5")
    tolerant.receive(order, "10", "50")
    invoice = tolerant.bill(order, "10", "52", "6.76")
    again = tolerant.refused(finance.record_supplier_invoice, **tolerant.bill_fields(order, "10", "50", "6.50"))
    assert again.code == "exists"
    tolerant.do(finance.reject_supplier_invoice, id=invoice.id)
    assert tolerant.bill(order, "10", "50", "6.50").status == "posted"
    assert [each.status for each in tolerant.do(finance.list_supplier_invoices).data] == ["rejected", "posted"]


def test_an_invoice_before_the_goods_waits_and_is_posted_when_they_come(office: Office) -> None:
    order = office.purchase("10", "5")
    invoice = office.bill(order, "10", "50", "6.50")
    assert (invoice.status, invoice.lines[0].reasons) == ("exception", ["not_received"])
    office.receive(order, "4", "20")
    assert office.do(finance.get_supplier_invoice, id=invoice.id).lines[0].reasons == ["quantity_above_received"]
    office.receive(order, "6", "30")
    posted = office.do(finance.get_supplier_invoice, id=invoice.id)
    assert (posted.status, posted.lines[0].reasons, posted.decided_by) == ("posted", [], None)
    assert chart.ACCRUAL not in office.balances()
    office.prove()


def test_an_invoice_accepted_before_the_goods_leaves_no_accrual_when_they_come(office: Office) -> None:
    order = office.purchase("10", "5")
    invoice = office.bill(order, "10", "50", "6.50")
    with office.by("chief"):
        office.do(finance.accept_supplier_invoice, id=invoice.id)
    assert office.balances()[chart.PRICE_VARIANCE] == 50
    office.receive(order, "10", "50")
    assert office.balances() == {chart.INVENTORY: 50, chart.INPUT_TAX: D("6.50"), chart.PAYABLE: D("-56.50")}
    office.prove()


def test_partial_receipts_and_invoices_release_exactly_what_was_accrued(office: Office) -> None:
    order = office.purchase("3", "3.3333")
    office.do(finance.change_settings, price_tolerance="0.01", if_match=1)
    office.receive(order, "2", "6.67")
    office.bill(order, "1", "3.34", "0.43")
    office.receive(order, "1", "3.33")
    office.bill(order, "2", "6.66", "0.87", supplier_number="INV-78")
    accrual = office.do(finance.list_accruals).data[0]
    assert (accrual.received_value, accrual.released, accrual.open_value) == (D(10), D(10), D(0))
    assert office.do(finance.list_accruals, open="true").data == []
    assert chart.PRICE_VARIANCE not in office.balances()
    office.prove()


@pytest.mark.parametrize("first", ["receive", "cancel"])
def test_a_receipt_undone_accrues_nothing_in_either_order(tmp_path: Path, first: str) -> None:
    office = Office(tmp_path)
    order = office.purchase("10", "5")
    if first == "receive":
        office.cancel_receipt(order, office.receive(order, "4", "20"), "4", "20")
    else:
        office.cancel_receipt(order, office.new_id(), "4", "20")
        office.receive(order, "4", "20")
    assert office.balances() == {}
    position = office.do(finance.list_purchase_positions).data[0]
    assert (position.received, position.received_value) == (D(0), D(0))
    office.prove()


@pytest.mark.parametrize("first", ["receive", "cancel"])
def test_of_a_receipt_undone_what_its_value_lost_to_other_goods_is_price_variance(tmp_path: Path, first: str) -> None:
    office = Office(tmp_path)
    order = office.purchase("10", "20")
    if first == "receive":
        office.cancel_receipt(order, office.receive(order, "10", "200"), "10", "200", left="150")
    else:
        office.cancel_receipt(order, office.new_id(), "10", "200", left="150")
        office.receive(order, "10", "200")
    assert office.balances() == {chart.INVENTORY: 50, chart.PRICE_VARIANCE: -50}
    assert office.do(finance.list_accruals, open="true").data == []
    office.prove()


def test_goods_received_wait_for_their_order(office: Office) -> None:
    order = office.purchase()
    known = dump(order) | {"purchase_order_id": office.new_id()}
    late = purchasing.order_approved.read(known)
    office.receive(late, "10", "50")
    assert office.balances() == {}
    office.given(purchasing.order_approved, late)
    assert office.balances() == {chart.INVENTORY: 50, chart.ACCRUAL: -50}
    office.prove()


def test_in_a_foreign_currency_the_gap_between_receipt_and_invoice_goes_to_exchange(office: Office) -> None:
    office.do(finance.set_exchange_rate, currency="USD", rate="7")
    order = office.purchase("10", "5", currency="USD", exchange_rate="7.1")
    office.receive(order, "10", "355")
    invoice = office.bill(order, "10", "50", "6.50")
    assert (invoice.status, invoice.currency, invoice.exchange_rate) == ("posted", "USD", D(7))
    assert office.balances() == {
        chart.INVENTORY: 355, chart.EXCHANGE: -5, chart.INPUT_TAX: D("45.50"), chart.PAYABLE: D("-395.50")
    }  # fmt: skip
    office.do(finance.pay_supplier, supplier_id=office.sue, amount="56.50", currency="USD", exchange_rate="7.2")
    assert office.balances()[chart.EXCHANGE] == D("6.30")
    office.prove()


def test_payments_go_in_due_order_and_the_last_settles_the_invoice(office: Office) -> None:
    order = office.purchase("10", "20", terms=thirds())
    office.receive(order, "10", "200")
    office.bill(order, "10", "200", "26")
    first = office.do(finance.pay_supplier, supplier_id=office.sue, amount="100")
    assert [each.amount for each in first.allocations] == [D("67.80"), D("32.20")]
    assert office.told(finance.supplier_invoice_settled) == []
    rest = office.do(finance.pay_supplier, supplier_id=office.sue, amount="130")
    assert rest.unallocated == 4
    assert len(office.told(finance.supplier_invoice_settled)) == 1
    assert office.do(finance.list_supplier_invoices).data[0].status == "settled"
    assert [fact.amount for fact in office.told(finance.supplier_paid)] == [100, 130]
    assert [item.open_amount for item in office.do(finance.list_payables, open="true").data] == [-4]
    office.prove()


def test_a_payment_goes_as_advised(office: Office) -> None:
    items = [{"supplier_id": office.sue, "number": n, "due_on": TODAY, "amount": "50"} for n in ("A", "B")]
    second = office.do(finance.open_payables, items=items).item_ids[1]
    paid = office.do(
        finance.pay_supplier,
        supplier_id=office.sue, amount="30", allocations=[{"item_id": second, "amount": "30"}],
    )  # fmt: skip
    assert [each.document_number for each in paid.allocations] == ["B"]
    office.prove()


def test_the_same_payment_twice_needs_to_be_confirmed(office: Office) -> None:
    fields = {"supplier_id": office.sue, "amount": "50", "reference": "wire 1"}
    office.do(finance.pay_supplier, **fields)
    assert office.refused(finance.pay_supplier, **fields).code == "duplicate_payment"
    office.do(finance.pay_supplier, **fields | {"reference": "wire 2"})
    office.do(finance.pay_supplier, **fields | {"paid_on": TODAY + timedelta(days=1)})
    office.do(finance.pay_supplier, **fields, confirm_duplicate=True)
    assert len(office.do(finance.list_supplier_payments).data) == 4


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"lines": [{"line": 2, "quantity": "1", "net": "5", "tax": "0.65"}]}, "unknown_line", "/lines/0/line"),
        ({"lines": [{"line": 1, "quantity": "1", "net": "5", "tax": "0.65"}] * 2}, "repeated_line", "/lines/1/line"),
        ({"lines": [{"line": 1, "quantity": "1", "net": "5.001", "tax": "0"}]}, "invalid_amount", "/lines/0/net"),
        ({"currency": "USD"}, "exchange_rate_missing", "/exchange_rate"),
    ],
)
def test_an_invoice_that_cannot_be_matched_at_all_is_refused(
    office: Office, change: dict[str, object], code: str, pointer: str
) -> None:
    order = office.purchase()
    fields = office.bill_fields(order, "10", "50", "6.50") | change
    problem = office.refused(finance.record_supplier_invoice, **fields)
    assert (problem.code, problem.errors[0]["pointer"]) == (code, pointer)
    assert office.do(finance.list_supplier_invoices).data == []


def test_an_invoice_of_another_supplier_or_for_an_unknown_order_is_refused(office: Office) -> None:
    order = office.purchase()
    other = office.supplier("Tom")
    fields = office.bill_fields(order, "10", "50", "6.50")
    assert office.refused(finance.record_supplier_invoice, **fields | {"supplier_id": other}).code == "supplier_differs"
    unknown = office.refused(finance.record_supplier_invoice, **fields | {"purchase_order_id": office.new_id()})
    assert (unknown.status, unknown.code) == (422, "unknown_reference")


def test_an_invoice_in_another_currency_than_its_order_is_an_exception(office: Office) -> None:
    order = office.purchase()
    office.receive(order, "10", "50")
    invoice = office.bill(order, "10", "7", "0.91", currency="USD", exchange_rate="7.1")
    assert "currency_differs" in invoice.lines[0].reasons
    with office.by("chief"):
        office.do(finance.accept_supplier_invoice, id=invoice.id)
    assert chart.ACCRUAL not in office.balances()
    office.prove()
