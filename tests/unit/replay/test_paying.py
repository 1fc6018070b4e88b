"""Customers pay what is due less their credits; suppliers' invoices are now and then off."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.commands.living.known import Purchase, PurchaseLine
from services.commands.living.office import Office
from services.commands.living.paying import collect, pay_suppliers, record_invoices
from tests.unit.replay.recorder import DAY, Recorder


def item(id_: str, amount: str, due: date = DAY, issued: date | None = None) -> dict[str, Any]:
    return {
        "id": id_, "document_id": f"doc-{id_}", "customer_id": "customer-1", "open_amount": amount,
        "due_on": due.isoformat(), "document_on": (issued or due).isoformat(),
    }  # fmt: skip


def test_a_customer_pays_what_is_due_item_by_item(office: Office, recorder: Recorder) -> None:
    recorder.lists["list_receivables"] = [item("a", "10.00"), item("b", "5.50")]
    collect(office)
    (paid,) = recorder.of("receive_payment")
    assert paid["amount"] == Decimal("15.50")
    assert paid["allocations"] == [
        {"item_id": "a", "amount": Decimal("10.00")},
        {"item_id": "b", "amount": Decimal("5.50")},
    ]


def test_credits_are_used_before_money(office: Office, recorder: Recorder) -> None:
    recorder.lists["list_receivables"] = [item("a", "10.00"), item("b", "5.50"), item("c", "-12.00")]
    collect(office)
    (used,) = recorder.of("allocate_payment")
    assert used["id"] == "doc-c"
    assert [each["amount"] for each in used["allocations"]] == [Decimal(10), Decimal(2)]
    assert recorder.of("receive_payment")[0]["amount"] == Decimal("3.50")


def test_a_credit_alone_stays_on_account(office: Office, recorder: Recorder) -> None:
    recorder.lists["list_receivables"] = [item("c", "-12.00")]
    collect(office)
    assert [doing.operation for doing in recorder.done] == ["list_receivables"]


def test_a_few_pay_late_and_all_pay_in_the_end(office: Office, recorder: Recorder) -> None:
    on_time = []
    for nth in range(200):
        due = DAY - timedelta(days=nth)
        recorder.lists["list_receivables"] = [item("a", "10.00", due, due - timedelta(days=30))]
        recorder.done.clear()
        office.diary.day = due
        collect(office)
        on_time.append(bool(recorder.of("receive_payment")))
        office.diary.day = due + timedelta(days=25)
        collect(office)
        assert recorder.of("receive_payment")
    assert 0.8 < sum(on_time) / len(on_time) < 0.97


def test_cash_is_never_late(office: Office, recorder: Recorder) -> None:
    for nth in range(100):
        due = DAY - timedelta(days=nth)
        recorder.lists["list_receivables"] = [item("a", "10.00", due, due)]
        office.diary.day = due
        collect(office)
    assert len(recorder.of("receive_payment")) == 100


def test_suppliers_invoices_are_right_a_little_off_or_wrong(office: Office, recorder: Recorder) -> None:
    recorder.answer("record_supplier_invoice", {"id": "invoice", "net": "1", "status": "posted"})
    office.known.received = [
        Purchase(f"id-{nth}", f"PO-{nth}", "supplier", (PurchaseLine(1, Decimal(10), Decimal(1000)),))
        for nth in range(300)
    ]
    record_invoices(office)
    nets = {call["lines"][0]["net"] for call in recorder.of("record_supplier_invoice")}
    assert nets == {Decimal(1000), Decimal(1008), Decimal(1060)}
    assert office.known.received == []


def test_a_supplier_invoice_that_does_not_match_is_accepted_by_someone_else(office: Office, recorder: Recorder) -> None:
    recorder.answer("record_supplier_invoice", {"id": "invoice", "net": "1", "status": "exception"})
    office.known.received = [Purchase("id", "PO", "supplier", (PurchaseLine(1, Decimal(10), Decimal(1000)),))]
    record_invoices(office)
    assert recorder.by("record_supplier_invoice") == {"bookkeeper"}
    assert recorder.by("accept_supplier_invoice") == {"controller"}


def test_suppliers_get_what_is_due_in_one_payment_each(office: Office, recorder: Recorder) -> None:
    office.known.suppliers = {"SUP-01": "s1", "SUP-02": "s2", "SUP-03": "s3"}
    recorder.lists["list_payables"] = [
        {"supplier_id": "s1", "open_amount": "10.00"},
        {"supplier_id": "s2", "open_amount": "4.00"},
        {"supplier_id": "s1", "open_amount": "2.50"},
    ]
    pay_suppliers(office)
    assert [(call["supplier_id"], call["amount"]) for call in recorder.of("pay_supplier")] == [
        ("s1", Decimal("12.50")),
        ("s2", Decimal("4.00")),
    ]
