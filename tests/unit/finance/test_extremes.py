"""Every list as its contract declares it, and inputs at the edge of what contracts let through: a clear answer each."""

from datetime import date
from typing import Any

import pytest

from shared.contracts import finance
from shared.contracts.listing import filter_parameters
from shared.contracts.operations import Operation
from tests.company import TODAY
from tests.unit.finance.office import Office

LISTS = [each for each in finance.CONTRACT.operations.values() if each.listing and "/system/" not in each.path]
ANY = {
    "code": "A", "id": "0192f000-0000-7000-8000-000000000000", "text": "A", "date": "2026-03-02", "flag": "true",
    "instant": "2026-03-02T00:00:00+00:00", "number": "1",
}  # fmt: skip
MOST = "9999999999999"


@pytest.mark.parametrize("operation", LISTS, ids=lambda each: each.name)
def test_every_list_sorts_filters_and_pages_as_declared(office: Office, operation: Operation[Any, Any]) -> None:
    assert operation.listing
    orders = [office.placed(("3", "9", "0"), ("1", "1", "0")) for _ in range(2)]
    for order in orders:
        office.hand_over(order, (1, "2", "1"))
        office.accept_return(order, (1, "1"))
    purchase = office.purchase()
    office.receive(purchase, "10", "50")
    office.bill(purchase, "5", "25", "3.25")
    for sort in operation.listing.sorts:
        for each in (sort.removeprefix("-"), f"-{sort.removeprefix('-')}"):
            first = office.do(operation, sort=each, limit="1")
            if first.has_more:
                second = office.do(operation, sort=each, limit="1", cursor=first.next_cursor)
                assert second.data != first.data
    for parameter, kind in filter_parameters(operation.listing):
        office.do(operation, **{parameter: ANY[kind]})
    assert office.ask(operation, cursor="x").problem


def test_amounts_beyond_what_the_books_hold_are_refused(office: Office) -> None:
    ann = office.ann
    rate = {"currency": "USD", "exchange_rate": "99999999"}
    item = {"customer_id": ann, "number": "1", "due_on": TODAY, "amount": MOST}
    sides = [{"account": "1002", "debit": MOST}, {"account": "1001", "credit": MOST}]
    for problem in (
        office.refused(finance.receive_payment, customer_id=ann, amount=MOST, **rate),
        office.refused(finance.adjust_customer_account, customer_id=ann, amount=MOST, kind="fee", **rate),
        office.refused(finance.pay_supplier, supplier_id=office.sue, amount=MOST, **rate),
        office.refused(finance.open_receivables, items=[item | rate]),
        office.refused(finance.open_receivables, items=[item] * 50),
        office.refused(finance.post_entry, note="x", lines=sides, **rate),
        office.refused(finance.post_entry, note="x", lines=sides * 50),
    ):
        assert (problem.status, problem.code) == (422, "amount_out_of_range")


def test_a_suppliers_invoice_beyond_what_the_books_hold_is_refused(office: Office) -> None:
    fields = office.bill_fields(office.purchase(), "1", MOST, MOST)
    assert office.refused(finance.record_supplier_invoice, **fields).code == "amount_out_of_range"


def test_what_a_customer_owes_has_a_bound_too(office: Office) -> None:
    fields = {"customer_id": office.ann, "amount": MOST, "kind": "manual"}
    for _ in range(10):
        office.do(finance.adjust_customer_account, **fields)
    assert office.refused(finance.adjust_customer_account, **fields).code == "amount_out_of_range"
    office.prove()


def test_instalments_beyond_the_calendar_are_due_on_its_last_day(office: Office) -> None:
    order = office.placed(("1", "9", "0"), terms={"instalments": [{"share": "1", "days": 3650}]})
    office.hand_over(order, (1, "1", "1"), on=date(9999, 1, 1))
    assert [item.due_on for item in office.do(finance.list_receivables).data] == [date.max]


@pytest.mark.parametrize("period", ["0001-01", "9999-12", "2026-3", "2026-00", "march"])
def test_a_period_outside_the_calendar_of_books_is_refused(office: Office, period: str) -> None:
    assert office.refused(finance.close_period, period=period).code == "invalid_period"
    assert office.refused(finance.reopen_period, period=period).code == "invalid_period"
