"""A company as it should be passes the proof; with one thing wrong in it, the check that says so names it."""

from collections.abc import Callable

import pytest

from services.commands.proof.messages import Dead, Parked, TakenIn
from services.commands.proof.purchases import Accrual, ReceiptLine
from services.commands.proof.stock import Worth
from tests.unit.audit.rows import PLACED, RESERVED, D, Rows, change, proof_of


def test_a_company_as_it_should_be_passes() -> None:
    proof = proof_of(Rows())
    assert [str(breach) for breach in proof.breaches] == []
    assert [check.name for check in proof.checks if not check.looked_at] == []
    assert proof.broken == 0


CORRUPTIONS: dict[str, tuple[Callable[[Rows], object], str, str]] = {
    "a move lost": (
        lambda rows: rows.moves.pop(1),
        "stock = the sum of its moves",
        "stock I W available own: quantity: expected 6, found 11",
    ),
    "a move twice": (
        lambda rows: rows.moves.append(rows.moves[2]),
        "handed over = issued from stock",
        "hand-over H1 I: quantity out of stock: expected 4, found 8",
    ),
    "a balance of a key that never moved": (
        lambda rows: rows.balances.append(rows.balances[0]._replace(bin="B1", quantity=D(1))),
        "stock = the sum of its moves",
        "stock I W B1 available own: quantity: expected 0, found 1",
    ),
    "a balance twice": (
        lambda rows: rows.balances.append(rows.balances[0]),
        "stock = the sum of its moves",
        "quantity: expected 11, found 22",
    ),
    "on hand beyond what is there": (
        lambda rows: change(rows.levels, 0, on_hand=D(12), available=D(10)),
        "on hand = the sum of balances",
        "stock I W: on hand: expected 11, found 12",
    ),
    "goods under inspection counted as on hand": (
        lambda rows: change(rows.balances, 0, status="inspection"),
        "on hand = the sum of balances",
        "stock I W: on hand: expected 0, found 11",
    ),
    "a reservation too many": (
        lambda rows: change(rows.levels, 0, reserved=D(3), available=D(8)),
        "reserved = the sum of reservations",
        "stock I W: reserved: expected 2, found 3",
    ),
    "more reserved than there is": (
        lambda rows: change(rows.levels, 0, reserved=D(12), available=D(-1)),
        "0 ≤ reserved ≤ on hand",
        "stock I W: reserved: expected 0 to 11 on hand, found 12",
    ),
    "reserved below zero": (
        lambda rows: change(rows.levels, 0, reserved=D(-1), available=D(12)),
        "0 ≤ reserved ≤ on hand",
        "reserved: expected 0 to 11 on hand, found -1",
    ),
    "available is not what is left": (
        lambda rows: change(rows.levels, 0, available=D(10)),
        "0 ≤ reserved ≤ on hand",
        "available: expected 9, found 10",
    ),
    "a waiting line forgotten": (
        lambda rows: change(rows.reservations, 1, reserved=D(1), backordered=D(1)),
        "reserved = the sum of reservations",
        "stock I W: backordered: expected 1, found 0",
    ),
    "stock value one cent off": (
        lambda rows: change(rows.worths, 0, value=D("55.01")),
        "stock value = the sum of its moves",
        "stock value I: value: expected 55, found 55.01",
    ),
    "value in transit that nothing moved": (
        lambda rows: change(rows.worths, 0, in_transit_value=D(1)),
        "stock value = the sum of its moves",
        "stock value I: value in transit: expected 0, found 1",
    ),
    "stock without a valuation": (
        lambda rows: rows.worths.clear(),
        "stock value = the sum of its moves",
        "stock value I W: valuation area",
    ),
    "value at quantity zero": (
        lambda rows: rows.worths.append(Worth("J", None, D(0), D("0.01"), D(0), D(0))),
        "value is 0.00 at quantity 0, and never negative",
        "stock value J: value at quantity 0 here: expected 0, found 0.01",
    ),
    "value below zero": (
        lambda rows: rows.worths.append(Worth("J", None, D(1), D("-0.01"), D(0), D(0))),
        "value is 0.00 at quantity 0, and never negative",
        "stock value J: value here: expected 0 or more, found -0.01",
    ),
    "value left on the way": (
        lambda rows: change(rows.worths, 0, in_transit_value=D(1)),
        "value is 0.00 at quantity 0, and never negative",
        "stock value I: value at quantity 0 in transit: expected 0, found 1",
    ),
    "a document posted one cent off": (
        lambda rows: change(rows.entry_lines, 5, credit=D("20.01"), base_credit=D("20.01")),
        "stock ledger = general ledger",
        "document H1: inventory accounts: expected -20, found -20.01",
    ),
    "a stock fact posted twice": (
        lambda rows: rows.entry_lines.extend(line._replace(entry_id="E9") for line in rows.entry_lines[4:6]),
        "stock ledger = general ledger",
        "document H1: inventory accounts: expected -20, found -40",
    ),
    "a stock fact never posted": (
        lambda rows: rows.entry_lines.__delitem__(slice(2, 4)),
        "stock ledger = general ledger",
        "document R1: inventory accounts: expected 25, found 0",
    ),
    "stock sent off that is not on the way in the books": (
        lambda rows: change(rows.moves, 1, status="in_transit"),
        "stock ledger = general ledger",
        "document R1: goods in transit: expected 25, found 0",
    ),
    "an entry that does not balance": (
        lambda rows: change(rows.entry_lines, 7, credit=D("79.99"), base_credit=D("79.99")),
        "debits = credits, per entry and currency",
        "entry E3: credits in CNY: expected 90.40, found 90.39",
    ),
    "an entry that does not balance in base currency": (
        lambda rows: change(rows.entry_lines, 7, base_credit=D(81)),
        "debits = credits, per entry and currency",
        "entry E3: credits in base currency: expected 90.40, found 91.40",
    ),
    "an entry that balances over two currencies only": (
        lambda rows: change(rows.entry_lines, 1, currency="USD"),
        "debits = credits, per entry and currency",
        "entry E0: credits in CNY: expected 50, found 0",
    ),
    "a receivable one cent off": (
        lambda rows: change(rows.receivables, 0, open_amount=D("90.41"), open_base=D("90.41")),
        "subledgers = control accounts",
        "party C CNY: account 1122: expected 90.41, found 90.40",
    ),
    "a receivable of the wrong customer": (
        lambda rows: change(rows.receivables, 0, customer_id="D"),
        "subledgers = control accounts",
        "party D CNY: account 1122: expected 90.40, found 0",
    ),
    "a payable lost": (
        lambda rows: rows.payables.clear(),
        "subledgers = control accounts",
        "party S CNY: account 2202.01: expected 0, found -16.95",
    ),
    "an accrual never released": (
        lambda rows: change(rows.accruals, 0, open_value=D(25)),
        "subledgers = control accounts",
        "all purchase lines: account 2202.02: expected 25, found 10",
    ),
    "a quantity of an order line lost": (
        lambda rows: change(rows.sales_lines, 1, open=D(1)),
        "sales lines: ordered = handed over + open + cancelled",
        "order SO-2 line 1: handed over + open + cancelled: expected 3, found 2",
    ),
    "shipped over beyond the tolerance": (
        lambda rows: change(rows.sales_lines, 0, handed_over=D(6)),
        "sales lines: ordered = handed over + open + cancelled",
        "order SO-1 line 1: handed over + open + cancelled beyond ordered: expected at most 1.00, found 2",
    ),
    "a reservation line that does not add up": (
        lambda rows: change(rows.reservations, 1, cancelled=D(0)),
        "reservations: ordered = reserved + backordered + handed over + cancelled",
        "reservation of order SO-2 line 1: reserved + backordered + handed over + cancelled: expected 3, found 2",
    ),
    "a hand-over sales has not heard of": (
        lambda rows: change(rows.sales_lines, 0, handed_over=D(3), open=D(1)),
        "sales lines: inventory's view = sales' view",
        "order SO-1 line 1: handed over in inventory: expected 3, found 4",
    ),
    "a reservation of no order": (
        lambda rows: rows.reservations.append(
            rows.reservations[1]._replace(order_id="o9", order_number="SO-9", reserved=D(0), cancelled=D(3))
        ),
        "sales lines: inventory's view = sales' view",
        "order SO-9 line 1: in sales: expected an order line, found none",
    ),
    "an order finance has not heard of": (
        lambda rows: rows.positions.pop(),
        "sales lines: finance's view = sales' view",
        "order SO-2 line 1: in finance: expected an order line, found none",
    ),
    "a cancellation finance has not heard of": (
        lambda rows: change(rows.positions, 1, cancelled=D(0)),
        "sales lines: finance's view = sales' view",
        "order SO-2 line 1: cancelled in finance: expected 1, found 0",
    ),
    "a frozen amount that melted": (
        lambda rows: change(rows.positions, 1, tax=D("7.81")),
        "sales lines: finance's view = sales' view",
        "order SO-2 line 1: tax in finance: expected 7.80, found 7.81",
    ),
    "a hand-over lost": (
        lambda rows: rows.handovers.clear(),
        "handed over = issued from stock",
        "reservation of order SO-1 line 1: handed over: expected 0, found 4",
    ),
    "a hand-over at another cost": (
        lambda rows: change(rows.handovers, 0, cost=D("20.01")),
        "handed over = issued from stock",
        "cost handed over: expected 20.01, found 20",
    ),
    "handed over and never invoiced": (
        lambda rows: (
            change(rows.sales_lines, 0, invoiced=D(3), to_invoice=D(1)),
            change(rows.positions, 0, invoiced=D(3), invoiced_net=D(60), invoiced_tax=D("7.80")),
        ),
        "sales lines: handed over = invoiced + to be invoiced",
        "order SO-1 line 1: to be invoiced at rest: expected 0, found 1",
    ),
    "invoiced more than was handed over": (
        lambda rows: change(rows.sales_lines, 0, invoiced=D(5)),
        "sales lines: handed over = invoiced + to be invoiced",
        "order SO-1 line 1: invoiced + to be invoiced: expected 4, found 5",
    ),
    "invoiced one cent off": (
        lambda rows: change(rows.positions, 0, invoiced_tax=D("10.41")),
        "sales lines: invoiced amounts = the order's frozen amounts",
        "order SO-1 line 1: invoiced tax: expected 10.40, found 10.41",
    ),
    "invoiced one cent off where tax is rounded by document": (
        lambda rows: (
            change(rows.orders, 0, tax_rounding="document"),
            change(rows.positions, 0, invoiced_tax=D("10.41")),
        ),
        "sales lines: invoiced amounts = the order's frozen amounts",
        "order SO-1 tax code V: invoiced tax: expected 10.40, found 10.41",
    ),
    "invoiced one cent off where prices include tax": (
        lambda rows: (
            change(rows.orders, 0, tax_rounding="document", prices_include_tax=True),
            change(rows.positions, 0, invoiced_net=D("80.01")),
        ),
        "sales lines: invoiced amounts = the order's frozen amounts",
        "order SO-1 line 1: invoiced gross: expected 90.40, found 90.41",
    ),
    "a part invoiced for more than the whole": (
        lambda rows: change(rows.positions, 0, invoiced=D(3), invoiced_net=D(81)),
        "sales lines: invoiced amounts = the order's frozen amounts",
        "order SO-1 line 1: invoiced net: expected at most 80, found 81",
    ),
    "a quantity of a purchase line lost": (
        lambda rows: change(rows.purchase_lines, 0, cancelled=D(0)),
        "purchase lines: ordered = received + open + cancelled",
        "purchase order PO-1 line 1: received + open + cancelled: expected 8, found 7",
    ),
    "received over without a tolerance": (
        lambda rows: change(rows.purchase_lines, 0, received=D(9), open=D(0)),
        "purchase lines: ordered = received + open + cancelled",
        "received + open + cancelled beyond ordered: expected at most 0, found 2",
    ),
    "a receipt purchasing has not heard of": (
        lambda rows: change(rows.purchase_lines, 0, received=D(4), open=D(3)),
        "purchase lines: inventory's view = purchasing's view",
        "purchase order PO-1 line 1: received in inventory: expected 4, found 5",
    ),
    "an approved order the warehouse does not expect": (
        lambda rows: change(rows.purchase_lines, 1, status="approved"),
        "purchase lines: inventory's view = purchasing's view",
        "purchase order PO-2 line 1: in inventory: expected an order line, found none",
    ),
    "a receipt counted twice": (
        lambda rows: rows.receipts.append(rows.receipts[0]),
        "purchase lines: inventory's view = purchasing's view",
        "purchase order p1 line 1: received by its receipts: expected 5, found 10",
    ),
    "a receipt at another value": (
        lambda rows: change(rows.receipts, 0, lines=[ReceiptLine(1, D(5), D("25.01"))]),
        "purchase lines: finance's view = purchasing's view",
        "value received in finance: expected 25.01, found 25",
    ),
    "a receipt finance has not heard of": (
        lambda rows: change(rows.purchase_positions, 0, received=D(0), received_value=D(0)),
        "purchase lines: finance's view = purchasing's view",
        "purchase order PO-1 line 1: received in finance: expected 5, found 0",
    ),
    "a supplier's invoice purchasing has not heard of": (
        lambda rows: change(rows.purchase_lines, 0, invoiced=D(0)),
        "purchase lines: finance's view = purchasing's view",
        "purchase order PO-1 line 1: invoiced in finance: expected 0, found 3",
    ),
    "an accrual left on a line invoiced in full": (
        lambda rows: change(rows.purchase_positions, 0, invoiced=D(5)),
        "purchase lines: received less invoiced = open accrual",
        "open accrual of a line invoiced in full: expected 0, found 10",
    ),
    "an accrual of no purchase line": (
        lambda rows: rows.accruals.append(Accrual("p9", 1, D(1))),
        "purchase lines: received less invoiced = open accrual",
        "purchase order p9 line 1: accrual of: expected a known line, found none",
    ),
    "an event lost": (
        lambda rows: rows.posts["finance"].taken_in.clear(),
        "every fact told is taken in by each of its subscribers",
        f"sales f1: {PLACED} lost on its way to finance: expected in its inbox, found not there",
    ),
    "an event replayed and lost again": (
        lambda rows: (
            rows.posts["finance"].taken_in.popitem(),
            rows.posts["finance"].dead.update(f1=Dead("f1", PLACED, "boom", "replayed")),
        ),
        "every fact told is taken in by each of its subscribers",
        f"sales f1: {PLACED} lost on its way to finance",
    ),
    "an event doubled": (
        lambda rows: rows.posts["sales"].take_in([TakenIn("f2", RESERVED)]),
        "every fact taken in was told, and is taken in once",
        f"sales f2: {RESERVED} taken in: expected once, found more than once",
    ),
    "an event from nowhere": (
        lambda rows: rows.posts["sales"].take_in([TakenIn("f9", RESERVED)]),
        "every fact taken in was told, and is taken in once",
        f"sales f9: told by inventory: expected {RESERVED}, found nothing",
    ),
    "an event taken in by who does not listen": (
        lambda rows: rows.posts["logistics"].take_in([TakenIn("f2", RESERVED)]),
        "every fact taken in was told, and is taken in once",
        "logistics f2: listens to: expected its subscriptions",
    ),
    "an event not sent": (
        lambda rows: rows.posts["sales"].unsent.append("f1"),
        "no message is stuck",
        f"sales f1: {PLACED}: expected sent, found unsent",
    ),
    "an event parked": (
        lambda rows: (
            rows.posts["finance"].taken_in.popitem(),
            rows.posts["finance"].parked.update(f1=Parked("f1", PLACED, "c1")),
        ),
        "no message is stuck",
        f"finance f1: {PLACED}: expected taken in, found parked, waiting for c1",
    ),
    "an event that died": (
        lambda rows: (
            rows.posts["finance"].taken_in.popitem(),
            rows.posts["finance"].dead.update(f1=Dead("f1", PLACED, "ValueError: boom", "dead")),
        ),
        "no message is stuck",
        f"finance f1: {PLACED}: expected taken in, found dead letter: ValueError: boom",
    ),
    "an order that never finished cancelling": (
        lambda rows: change(rows.orders, 1, status="cancelling"),
        "no order is stuck in between",
        "order SO-2: status at rest: expected one that lasts, found cancelling",
    ),
    "a purchase order that never finished closing": (
        lambda rows: change(rows.purchase_lines, 0, status="closing"),
        "no purchase order is stuck in between",
        "purchase order PO-1: status at rest: expected one that lasts, found closing",
    ),
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_each_corruption_is_named(corruption: str) -> None:
    corrupt, check, words = CORRUPTIONS[corruption]
    rows = Rows()
    corrupt(rows)
    breaches = [str(breach) for breach in proof_of(rows).breaches if breach.check == check]
    assert any(words in breach for breach in breaches), breaches


def test_every_check_is_broken_by_some_corruption() -> None:
    named = {check for _, check, _ in CORRUPTIONS.values()}
    assert named == {check.name for check in proof_of(Rows()).checks}


@pytest.mark.parametrize("corruption", ["an event parked", "an event that died"])
def test_what_is_stuck_is_not_called_lost_as_well(corruption: str) -> None:
    rows = Rows()
    CORRUPTIONS[corruption][0](rows)
    assert {breach.check for breach in proof_of(rows).breaches} == {"no message is stuck"}


def test_what_an_operator_gave_up_is_neither_lost_nor_stuck() -> None:
    rows = Rows()
    rows.posts["finance"].taken_in.clear()
    rows.posts["finance"].dead["f1"] = Dead("f1", PLACED, "ValueError: boom", "discarded")
    assert proof_of(rows).broken == 0


def test_over_shipping_within_the_tolerance_is_no_breach() -> None:
    rows = Rows()
    change(rows.sales_lines, 0, handed_over=D(5))
    beyond = [breach for breach in proof_of(rows).breaches if "ordered = handed over" in breach.check]
    assert beyond == []


def test_by_document_a_cent_of_tax_may_move_between_lines_of_one_code() -> None:
    rows = Rows()
    change(rows.orders, 0, tax_rounding="document")
    rows.sales_lines.append(rows.sales_lines[0]._replace(line=2))
    rows.positions.append(rows.positions[0]._replace(line=2, invoiced_tax=D("10.39")))
    change(rows.positions, 0, invoiced_tax=D("10.41"))
    assert [breach for breach in proof_of(rows).breaches if "frozen" in breach.check] == []
    change(rows.positions, 2, invoiced_tax=D("10.38"))
    (breach,) = [breach for breach in proof_of(rows).breaches if "frozen" in breach.check]
    assert (breach.where, breach.expected, breach.found) == ("order SO-1 tax code V", "20.80", "20.79")
