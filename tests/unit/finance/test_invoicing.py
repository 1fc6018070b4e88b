"""F1, F2: invoices and cost of sales for what was handed over, credit notes for what came back; M5, M7, T3."""

from decimal import Decimal
from pathlib import Path

import pytest

from services.finance.ledger import chart
from shared.contracts import finance, sales
from shared.contracts.common import net
from shared.contracts.message import dump
from tests.company import TODAY
from tests.unit.finance.office import Office, thirds

D = Decimal


def issued(office: Office) -> list[tuple[Decimal, Decimal]]:
    return [(fact.net, fact.tax) for fact in office.told(finance.invoice_issued)]


def test_goods_handed_over_are_costed_and_invoiced_at_the_orders_amounts(office: Office) -> None:
    order = office.placed(("10", "100", "13"))
    handover = office.hand_over(order, (1, "10", "60"))
    invoice = office.do(finance.list_invoices).data[0]
    assert (invoice.handover_id, invoice.gross, invoice.open_amount, invoice.status) == (
        handover,
        D(113),
        D(113),
        "open",
    )
    assert [(line.quantity, line.net, line.tax) for line in invoice.lines] == [(D(10), D(100), D(13))]
    assert office.balances() == {
        chart.RECEIVABLE: 113, chart.REVENUE: -100, chart.OUTPUT_TAX: -13, chart.COST_OF_SALES: 60, chart.INVENTORY: -60
    }  # fmt: skip
    sources = {entry.source_type: entry.source_id for entry in office.do(finance.list_entries).data}
    assert sources == {"goods_handed_over": handover, "invoice": invoice.id}
    assert office.do(finance.get_invoice, id=invoice.id) == invoice
    office.prove()


def test_partial_invoices_sum_to_the_order_and_the_last_takes_the_remainder(office: Office) -> None:
    order = office.placed(("3", "10", "1.30"))
    for _ in range(3):
        office.hand_over(order, (1, "1", "1"))
    assert issued(office) == [(D("3.33"), D("0.43")), (D("3.34"), D("0.44")), (D("3.33"), D("0.43"))]
    position = office.do(finance.list_order_positions, order_id=order.order_id).data[0]
    assert (position.invoiced, position.invoiced_net, position.invoiced_tax) == (D(3), D(10), D("1.30"))


def test_m7_by_line_two_lines_of_33_cents_are_37_and_37(office: Office) -> None:
    order = office.placed(("1", "0.33", "0.04"), ("1", "0.33", "0.04"))
    office.hand_over(order, (1, "1", "0"))
    office.hand_over(order, (2, "1", "0"))
    assert [fact.gross for fact in office.told(finance.invoice_issued)] == [D("0.37"), D("0.37")]


@pytest.mark.parametrize("first", [1, 2])
def test_m7_by_document_the_first_invoice_is_37_and_the_last_38(office: Office, first: int) -> None:
    order = office.placed(("1", "0.33", "0.04"), ("1", "0.33", "0.05"), tax_rounding="document")
    office.hand_over(order, (first, "1", "0"))
    office.hand_over(order, (3 - first, "1", "0"))
    assert [fact.gross for fact in office.told(finance.invoice_issued)] == [D("0.37"), D("0.38")]
    assert office.exposure() == D("0.75")
    office.prove()


def test_what_is_shipped_beyond_the_order_is_invoiced_at_its_price(office: Office) -> None:
    order = office.placed(("10", "100", "13"))
    office.hand_over(order, (1, "12", "60"))
    assert issued(office) == [(D(120), D("15.60"))]
    assert office.exposure() == D("135.60")


def test_services_of_an_order_with_goods_go_with_its_first_invoice(office: Office) -> None:
    order = office.placed(("2", "20", "2.60"), ("1", "5", "0.65"), kinds=["goods", "service"])
    office.hand_over(order, (1, "1", "1"))
    office.hand_over(order, (1, "1", "1"))
    assert issued(office) == [(D(15), D("1.95")), (D(10), D("1.30"))]


def test_an_order_of_services_is_invoiced_when_it_is_confirmed_in_either_order(tmp_path: Path) -> None:
    for first in ("placed", "confirmed"):
        (tmp_path / first).mkdir()
        office = Office(tmp_path / first)
        order = office.order(("1", "5", "0.65"), kinds=["service"])
        confirmed = sales.OrderConfirmed(
            order_id=order.order_id, number="SO-1", confirmed_on=TODAY, services_only=True
        )  # fmt: skip
        if first == "confirmed":
            office.given(sales.order_confirmed, confirmed)
        office.given(sales.order_placed, order)
        if first == "placed":
            office.given(sales.order_confirmed, confirmed)
        assert issued(office) == [(D(5), D("0.65"))]
        office.prove()


def test_an_order_with_goods_is_not_invoiced_when_it_is_confirmed(office: Office) -> None:
    order = office.placed(("1", "5", "0.65"))
    office.given(
        sales.order_confirmed, order_id=order.order_id, number="SO-1", confirmed_on=TODAY, services_only=False
    )  # fmt: skip
    assert issued(office) == []


def test_a_hand_over_waits_for_its_order(office: Office) -> None:
    order = office.order(("1", "5", "0.65"))
    office.hand_over(order, (1, "1", "1"))
    assert (issued(office), len(office.troubles())) == ([], 1)
    office.given(sales.order_placed, order)
    assert issued(office) == [(D(5), D("0.65"))]
    office.prove()


def test_goods_given_away_are_costed_and_their_invoice_is_settled_at_once(office: Office) -> None:
    order = office.placed(("1", "0", "0"))
    office.hand_over(order, (1, "1", "7"))
    assert [fact.invoice_id for fact in office.told(finance.invoice_settled)] == [
        fact.invoice_id for fact in office.told(finance.invoice_issued)
    ]
    assert office.balances() == {chart.COST_OF_SALES: 7, chart.INVENTORY: -7}
    assert office.do(finance.list_receivables).data == []


def test_instalments_follow_the_orders_terms(office: Office) -> None:
    order = office.placed(("1", "200", "0"), terms=thirds())
    office.hand_over(order, (1, "1", "1"))
    assert office.open_amounts() == [60, 100, 40]


def test_in_a_foreign_currency_the_invoice_keeps_both_amounts(office: Office) -> None:
    order = office.placed(("3", "10", "1.30"), currency="USD", exchange_rate="7.1234")
    for _ in range(3):
        office.hand_over(order, (1, "1", "1"))
    credit = office.do(finance.get_credit, customer_id=office.ann)
    assert credit.open_orders == 0
    office.prove()


def test_m5_what_comes_back_is_credited_for_price_and_tax_and_costs_no_more(office: Office) -> None:
    order = office.placed(("2", "80", "10.40"))
    office.hand_over(order, (1, "2", "30"))
    office.receive_return(order, 1, "1", "15")
    office.accept_return(order, (1, "1"))
    note = office.told(finance.credit_note_issued)[0]
    assert (note.net, note.tax) == (D(40), D("5.20"))
    balances = office.balances()
    assert (balances[chart.COST_OF_SALES], balances[chart.INVENTORY]) == (D(15), D(-15))
    assert (balances[chart.REVENUE], balances[chart.OUTPUT_TAX]) == (D(-40), D("-5.20"))
    assert office.open_amounts(open="true") == [D("45.20")]
    office.prove()


def test_credits_never_exceed_what_was_invoiced_and_sum_to_it(office: Office) -> None:
    order = office.placed(("3", "10", "1.30"))
    office.hand_over(order, (1, "2", "1"))
    office.accept_return(order, (1, "1"))
    office.hand_over(order, (1, "1", "1"))
    office.accept_return(order, (1, "1"))
    office.accept_return(order, (1, "1"))
    position = office.do(finance.list_order_positions).data[0]
    assert (position.credited, position.credited_net, position.credited_tax) == (D(3), D(10), D("1.30"))
    assert office.exposure() == 0
    office.prove()


def test_a_return_waits_for_the_invoice_of_what_it_brings_back(office: Office) -> None:
    order = office.placed(("2", "80", "10.40"))
    office.accept_return(order, (1, "1"))
    assert office.told(finance.credit_note_issued) == []
    office.hand_over(order, (1, "2", "30"))
    assert len(office.told(finance.credit_note_issued)) == 1
    office.prove()


def test_a_credit_note_beyond_what_is_open_stays_on_the_customers_account(office: Office) -> None:
    order = office.placed(("2", "80", "0"))
    office.hand_over(order, (1, "2", "30"))
    office.pay("60")
    office.owes("500")
    office.accept_return(order, (1, "1"))
    assert sorted(office.open_amounts(open="true")) == [-20, 500]
    settled = office.told(finance.invoice_settled)
    assert [fact.order_id for fact in settled] == [order.order_id]
    office.prove()


def test_t3_margin_after_a_return_and_a_loss(office: Office) -> None:
    office.purchase("10", "20")
    order = office.placed(("2", "80", "0"), ("4", "120", "0"))
    office.hand_over(order, (1, "2", "40"), (2, "4", "80"))
    office.receive_return(order, 2, "1", "20")
    office.accept_return(order, (2, "1"))
    sold = office.do(finance.get_profit_and_loss, from_on=TODAY, to_on=TODAY)
    assert (sold.gross_profit, sold.margin, sold.net_profit) == (D(70), D("0.4118"), D(70))
    assert sum(line.invoiced - line.credited for line in office.do(finance.list_order_positions).data) == 5
    office.adjust_stock("-1", "-20")
    after = office.do(finance.get_profit_and_loss, from_on=TODAY, to_on=TODAY)
    assert (after.net_profit, round(after.net_profit / 170, 4)) == (D(50), D("0.2941"))
    office.prove()


def test_a_whole_cancelled_order_leaves_nothing_to_invoice_of_its_services(office: Office) -> None:
    order = office.placed(("2", "20", "2.60"), ("1", "5", "0.65"), kinds=["goods", "service"])
    office.cancel(order)
    assert office.exposure() == 0
    positions = office.do(finance.list_order_positions, order_id=order.order_id).data
    assert [(line.quantity, line.cancelled) for line in positions] == [(D(2), D(2)), (D(1), D(1))]


def test_everything_due_at_once_is_due_on_the_invoices_day(office: Office) -> None:
    order = office.placed(("1", "9", "0"), terms=dump(net(0)))
    office.hand_over(order, (1, "1", "1"))
    assert [item.due_on for item in office.do(finance.list_receivables).data] == [TODAY]
