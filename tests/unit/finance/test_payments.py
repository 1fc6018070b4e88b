"""F2: payments, allocation, adjustments, statement of account; T2, M4."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.finance.ledger import chart
from shared.contracts import finance
from tests.company import TODAY
from tests.unit.finance.office import Office, thirds

D = Decimal
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def t2(office: Office) -> Office:
    """A receivable of 200 in terms of 30/50/20 %, 40 of it paid."""
    order = office.placed(("2", "200", "0"), terms=thirds())
    office.hand_over(order, (1, "2", "1"))
    office.pay("40")
    assert office.open_amounts(kind="invoice") == [20, 100, 40]
    return office


def test_t2_a_credit_goes_in_due_order(t2: Office) -> None:
    t2.do(finance.adjust_customer_account, customer_id=t2.ann, amount="-100", kind="discount")
    assert t2.open_amounts(kind="invoice") == [0, 20, 40]
    t2.prove()


def test_t2_a_credit_note_goes_in_due_order(t2: Office) -> None:
    order_id = t2.do(finance.list_order_positions).data[0].order_id
    order = t2.order(("2", "200", "0"), order_id=order_id)
    t2.accept_return(order, (1, "1"))
    assert t2.open_amounts(kind="invoice") == [0, 20, 40]
    t2.prove()


def test_t2_or_as_the_user_allocates(t2: Office) -> None:
    items = t2.do(finance.list_receivables, kind="invoice").data
    advice = [{"item_id": items[2].id, "amount": "40"}, {"item_id": items[1].id, "amount": "60"}]
    t2.do(
        finance.adjust_customer_account,
        customer_id=t2.ann, amount="-100", kind="discount", allocations=advice,
    )  # fmt: skip
    assert t2.open_amounts(kind="invoice") == [20, 40, 0]
    t2.prove()


def test_m4_80_onto_60_and_100_in_due_order(office: Office) -> None:
    office.owes("100", due_on=TOMORROW)
    office.owes("60")
    payment = office.pay("80")
    assert [each.amount for each in payment.allocations] == [60, 20]
    assert office.open_amounts(kind="opening") == [0, 80]
    office.prove()


def test_m4_or_as_advised_and_the_rest_stays_on_account(office: Office) -> None:
    office.owes("60")
    later = office.owes("100", due_on=TOMORROW)
    payment = office.pay("80", allocations=[{"item_id": later, "amount": "70"}])
    assert (payment.unallocated, office.open_amounts(kind="opening")) == (D(10), [D(60), D(30)])
    rest = office.do(finance.allocate_payment, id=payment.id)
    assert (rest.unallocated, office.open_amounts(kind="opening")) == (D(0), [D(50), D(30)])
    office.prove()


def test_an_empty_advice_leaves_all_on_account(office: Office) -> None:
    office.owes("60")
    assert office.pay("80", allocations=[]).unallocated == 80
    assert office.exposure() == -20


def test_a_document_may_be_named_for_its_instalments_in_due_order(t2: Office) -> None:
    invoice = t2.do(finance.list_invoices).data[0]
    t2.pay("130", allocations=[{"document_id": invoice.id, "amount": "130"}])
    assert t2.open_amounts(kind="invoice") == [0, 0, 30]


@pytest.mark.parametrize("amount", ["61", "81"])
def test_advice_beyond_the_item_or_the_payment_is_refused_and_nothing_is_written(office: Office, amount: str) -> None:
    item = office.owes("60" if amount == "61" else "100")
    advice = [{"item_id": item, "amount": amount}]
    fields = {"customer_id": office.ann, "amount": "80", "allocations": advice}
    assert office.refused(finance.receive_payment, **fields).code == "over_allocated"
    assert office.do(finance.list_payments).data == []


def test_another_customers_item_cannot_be_paid(office: Office) -> None:
    item = office.owes("60", office.bob)
    fields = {"customer_id": office.ann, "amount": "60", "allocations": [{"item_id": item, "amount": "60"}]}
    assert office.refused(finance.receive_payment, **fields).code == "over_allocated"


def test_the_last_instalment_settles_the_invoice_and_a_dishonoured_payment_reopens_it(t2: Office) -> None:
    last = t2.pay("160", reference="cheque 5")
    invoice = t2.do(finance.list_invoices).data[0]
    assert [fact.invoice_id for fact in t2.told(finance.invoice_settled)] == [invoice.id]
    assert invoice.status == "settled"
    view = t2.do(finance.cancel_payment, id=last.id, reason="bounced")
    assert (view.state, view.allocations, view.unallocated) == ("cancelled", [], D(0))
    assert [fact.invoice_id for fact in t2.told(finance.invoice_reopened)] == [invoice.id]
    assert t2.open_amounts(kind="invoice") == [20, 100, 40]
    assert t2.refused(finance.cancel_payment, id=last.id, reason="again").code == "conflict"
    assert t2.exposure() == 160
    t2.prove()


def test_a_payment_reduces_the_receivable_and_is_told(office: Office) -> None:
    office.owes("60")
    payment = office.pay("60", received_on=TOMORROW)
    balances = office.balances()
    assert (balances[chart.BANK], chart.RECEIVABLE in balances) == (D(60), False)
    assert [(fact.payment_id, fact.received_on) for fact in office.told(finance.payment_received)] == [
        (payment.id, TOMORROW)
    ]


def test_what_stands_on_account_is_refunded_oldest_first_and_never_more(office: Office) -> None:
    office.pay("30")
    office.pay("20")
    assert office.refused(finance.refund_customer, customer_id=office.ann, amount="51").code == "nothing_on_account"
    refund = office.do(finance.refund_customer, customer_id=office.ann, amount="40")
    assert [each.amount for each in refund.allocations] == [30, 10]
    assert (refund.kind, office.exposure(), office.balances()) == (
        "refund", D(-10), {chart.BANK: D(10), chart.RECEIVABLE: D(-10)},
    )  # fmt: skip
    office.prove()


def test_a_gap_between_rates_is_a_realised_exchange_difference(office: Office) -> None:
    order = office.placed(("1", "100", "0"), currency="USD", exchange_rate="7.15")
    office.hand_over(order, (1, "1", "0"))
    office.do(finance.set_exchange_rate, currency="USD", rate="7.10")
    office.pay("50", currency="USD")
    office.pay("50", currency="USD", exchange_rate="7.20")
    assert office.balances() == {chart.BANK: 715, chart.REVENUE: -715}
    assert office.open_amounts() == [0, 0, 0]
    office.prove()


def test_an_advance_in_foreign_currency_meets_its_exchange_difference_when_it_is_allocated(office: Office) -> None:
    office.do(finance.set_exchange_rate, currency="USD", rate="7")
    payment = office.pay("100", currency="USD")
    order = office.placed(("1", "100", "0"), currency="USD", exchange_rate="7.5")
    office.hand_over(order, (1, "1", "0"))
    office.do(finance.allocate_payment, id=payment.id)
    assert office.balances() == {chart.BANK: 700, chart.REVENUE: -750, chart.EXCHANGE: 50}
    office.do(finance.cancel_payment, id=payment.id, reason="bounced")
    assert office.balances() == {chart.RECEIVABLE: 750, chart.REVENUE: -750}
    office.prove()


def test_a_currency_without_a_rate_and_a_fraction_of_a_cent_are_refused(office: Office) -> None:
    ann = office.ann
    assert office.refused(finance.receive_payment, customer_id=ann, amount="1", currency="USD").code == (
        "exchange_rate_missing"
    )
    problem = office.refused(finance.receive_payment, customer_id=ann, amount="1.005")
    assert (problem.code, problem.errors[0]["pointer"]) == ("invalid_amount", "/amount")
    assert office.refused(finance.receive_payment, customer_id=office.sue, amount="1").code == "unknown_reference"


@pytest.mark.parametrize(
    ("kind", "amount", "account"),
    [
        ("discount", "-5", chart.REVENUE),
        ("goods_credit", "-5", chart.REVENUE),
        ("manual", "5", chart.OTHER_REVENUE),
        ("manual", "-5", chart.OTHER_REVENUE),
        ("fee", "5", chart.OTHER_REVENUE),
        ("fee", "-5", chart.BANK_CHARGES),
        ("bad_debt", "-5", chart.BAD_DEBT_LOSS),
    ],
)
def test_money_without_goods_goes_to_its_account(office: Office, kind: str, amount: str, account: str) -> None:
    view = office.do(finance.adjust_customer_account, customer_id=office.ann, amount=amount, kind=kind, note="why")
    assert (view.account, view.open_amount, office.exposure()) == (account, D(amount), D(amount))
    assert office.balances() == {chart.RECEIVABLE: D(amount), account: -D(amount)}
    assert office.do(finance.list_customer_adjustments, kind=kind).data == [view]
    office.prove()


def test_an_adjustment_of_nothing_is_refused(office: Office) -> None:
    problem = office.refused(finance.adjust_customer_account, customer_id=office.ann, amount="0", kind="manual")
    assert problem.code == "invalid_amount"


def test_a_debt_is_written_off_and_never_more_than_is_open(office: Office) -> None:
    office.owes("60")
    fields = {"customer_id": office.ann, "reason": "bankrupt"}
    assert office.refused(finance.write_off_receivable, amount="61", **fields).code == "over_allocated"
    office.do(finance.write_off_receivable, amount="60", **fields)
    assert office.balances()[chart.BAD_DEBT_LOSS] == 60
    assert office.exposure() == 0
    office.prove()


def test_an_invoice_is_written_off_by_name_and_settled_by_it(office: Office) -> None:
    office.owes("500")
    order = office.placed(("1", "60", "0"))
    office.hand_over(order, (1, "1", "1"))
    invoice = office.do(finance.list_invoices).data[0]
    office.do(
        finance.write_off_receivable, customer_id=office.ann, document_id=invoice.id, amount="60", reason="bankrupt"
    )  # fmt: skip
    assert [fact.invoice_id for fact in office.told(finance.invoice_settled)] == [invoice.id]
    assert office.open_amounts(open="true") == [500]


def test_the_statement_of_account_leads_from_opening_to_closing_balance(office: Office) -> None:
    office.owes("60")
    office.on = TOMORROW
    order = office.placed(("1", "100", "13"))
    office.hand_over(order, (1, "1", "1"))
    office.pay("70")
    statement = office.do(
        finance.get_customer_statement, customer_id=office.ann, from_on=TOMORROW, to_on=date(2026, 3, 31)
    )  # fmt: skip
    assert (statement.opening, statement.debit, statement.credit, statement.closing) == (D(60), D(113), D(70), D(103))
    assert [(line.source_type, line.balance) for line in statement.lines] == [("invoice", D(173)), ("payment", D(103))]
    nobody = office.refused(
        finance.get_customer_statement, customer_id=office.new_id(), from_on=TODAY, to_on=TODAY
    )  # fmt: skip
    assert nobody.code == "not_found"
