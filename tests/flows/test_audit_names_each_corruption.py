"""The proof holds of a company that lived; with its databases corrupted in one place, it names that place.

The company lives once; each corruption is done to a copy of its databases, behind its services' backs.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from services.commands.installation import DOMAINS
from shared.contracts import finance, inventory, sales
from tests.company import Company
from tests.flows.proving import breaches_of, proof_of
from tests.flows.shop import Shop

CENT, UNIT = 100, 1_000_000
"""The smallest steps that amounts (4 decimals) and quantities (6 decimals) are stored in."""


def _live(company: Company) -> None:
    """Orders in every state, a return, purchases in parts, a transfer under way, losses, payments."""
    shop = Shop(company)
    one, two = shop.item("A", stock="20", value="100"), shop.item("B", stock="6", value="33.33")
    shop.item("C")
    shop.order((one, "3", "20"), (two, "2", "9.99"))
    paid = shop.order((one, "4", "20"))
    shop.hand_over(paid)
    company.do(finance.receive_payment, customer_id=shop.customer, amount="90.40")
    parts = shop.order((two, "3", "9.99"), (one, "1", "20"))
    shop.hand_over(parts, (1, "2"))
    company.do(sales.cancel_order, id=shop.order((one, "2", "20")), reason="changed my mind")
    company.do(sales.cancel_order, id=parts, lines=[1], reason="that is enough")
    shop.order((two, "50", "9.99"))
    _give_back(company, paid)
    _buy(company, shop, one)
    _lose(company, shop, one)


def _give_back(company: Company, order: str) -> None:
    lines = [{"order_line": 1, "quantity": "2"}]
    back = company.do(sales.authorise_return, order_id=order, reason="faulty", lines=lines)
    company.do(inventory.receive_return, return_id=back.id)
    found = [{"order_line": 1, "restocked": "1", "scrapped": "1"}]
    company.do(inventory.inspect_return, return_id=back.id, lines=found)


def _buy(company: Company, shop: Shop, item: str) -> None:
    purchase = shop.buy((item, "10", "5"))
    shop.receive(purchase, (1, "4", "1"))
    line = {"line": 1, "quantity": "3", "net": "15", "tax": "1.95"}
    invoice = {"supplier_id": shop.supplier, "supplier_number": "I-1", "purchase_order_id": purchase, "lines": [line]}
    company.do(finance.record_supplier_invoice, **invoice)
    company.do(finance.pay_supplier, supplier_id=shop.supplier, amount="10")


def _lose(company: Company, shop: Shop, item: str) -> None:
    lost = [{"item_id": item, "quantity": "-1"}]
    company.do(inventory.adjust_stock, warehouse_id=shop.warehouse, reason="lost", lines=lost)
    branch = company.do(inventory.register_warehouse, code="BRANCH", name="Branch", country="China").id
    sent = company.do(
        inventory.ship_transfer,
        from_warehouse_id=shop.warehouse,
        to_warehouse_id=branch,
        lines=[{"item_id": item, "quantity": "3"}],
    )
    arrived = [{"item_id": item, "arrived": "1", "lost": "1"}]
    company.do(inventory.receive_transfer, transfer_id=sent.id, lines=arrived)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The databases of a company that lived."""
    folder = tmp_path_factory.mktemp("lived")
    company = Company(DOMAINS, folder, seed=3)
    _live(company)
    assert company.troubles() == []
    _close(company)
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    """A copy of the databases to corrupt."""
    return Path(shutil.copytree(lived, tmp_path / "copy"))


@pytest.fixture
def reopened(folder: Path) -> Iterator[Callable[[], Company]]:
    """Takes the company up again on the copied databases."""
    opened: list[Company] = []

    def reopen() -> Company:
        opened.append(Company(DOMAINS, folder, seed=4))
        return opened[-1]

    yield reopen
    for company in opened:
        _close(company)


def _close(company: Company) -> None:
    for database in company.databases.values():
        database.engine.dispose()


def test_the_proof_holds_of_a_company_that_lived(reopened: Callable[[], Company]) -> None:
    company = reopened()
    assert breaches_of(company) == []
    proof = proof_of(company)
    assert [check.name for check in proof.checks if not check.looked_at] == []


@dataclass(frozen=True)
class Corruption:
    """Statements done to one service's database, the check that must break, and what its breach must say."""

    service: str
    statements: tuple[str, ...]
    check: str
    words: str


def _sql(service: str, *statements: str, check: str, words: str) -> Corruption:
    return Corruption(service, statements, check, words)


NEW = uuid4()
_A_HANDOVER = "SELECT id FROM ledger_entries WHERE source_type = 'goods_handed_over' ORDER BY id LIMIT 1"
_ENTRY_COLUMNS = (
    "company, effective_on, dated_on, recorded_at, source_type, source_id, source_number, note, posted_by, reverses_id"
)
_LINE_COLUMNS = "company, effective_on, account, party_id, currency, debit, credit, base_debit, base_credit"
_STUCK = "SELECT id, company, type, envelope FROM outbox ORDER BY id LIMIT 1"

CORRUPTIONS = {
    "an event lost": _sql(
        "finance",
        "DELETE FROM inbox WHERE type LIKE '%goods_handed_over%'",
        check="every fact told is taken in by each of its subscribers",
        words="goods_handed_over.v1 lost on its way to finance",
    ),
    "an event lost before it was told": _sql(
        "inventory",
        "DELETE FROM outbox WHERE type LIKE '%goods_received%'",
        check="every fact taken in was told, and is taken in once",
        words="told by inventory: expected huotong.inventory.goods_received.v1, found nothing",
    ),
    "an event from nowhere": _sql(
        "sales",
        f"INSERT INTO inbox SELECT consumer, '{NEW}', company, type, handled_at FROM inbox LIMIT 1",
        check="every fact taken in was told, and is taken in once",
        words=f"sales {NEW}: told by",
    ),
    "an event doubled": _sql(
        "finance",
        f"INSERT INTO ledger_entries (id, number, {_ENTRY_COLUMNS}) SELECT '{NEW}', 'JV-TWICE', {_ENTRY_COLUMNS}"
        f" FROM ledger_entries WHERE id = ({_A_HANDOVER})",
        f"INSERT INTO ledger_lines (id, entry_id, {_LINE_COLUMNS}) SELECT lower(hex(randomblob(16))), '{NEW}',"
        f" {_LINE_COLUMNS} FROM ledger_lines WHERE entry_id = ({_A_HANDOVER})",
        check="stock ledger = general ledger",
        words="inventory accounts: expected -",
    ),
    "an event not sent": _sql(
        "sales",
        "UPDATE outbox SET sent = 0 WHERE id = (SELECT max(id) FROM outbox WHERE type LIKE '%order_placed%')",
        check="no message is stuck",
        words="order_placed.v1: expected sent, found unsent",
    ),
    "an event parked": _sql(
        "sales",
        "INSERT INTO parked SELECT 'sales', id, company, type, 'NEVER', envelope, '2026-03-02 01:00:00.000000'"
        f" FROM ({_STUCK})",
        check="no message is stuck",
        words="found parked, waiting for NEVER",
    ),
    "a dead letter": _sql(
        "sales",
        f"INSERT INTO dead_letters SELECT '{NEW}', 'sales', id, company, type, envelope, 'boom', 1,"
        f" '2026-03-02 01:00:00.000000', 'dead' FROM ({_STUCK})",
        check="no message is stuck",
        words="found dead letter: boom",
    ),
    "a move lost": _sql(
        "inventory",
        "DELETE FROM stock_moves WHERE id = (SELECT min(id) FROM stock_moves WHERE document = 'receipt')",
        check="stock = the sum of its moves",
        words="quantity: expected",
    ),
    "a balance one off": _sql(
        "inventory",
        f"UPDATE stock_balances SET quantity = quantity + {UNIT} WHERE status = 'available' AND quantity > 0",
        check="stock = the sum of its moves",
        words="quantity: expected",
    ),
    "on hand one off": _sql(
        "inventory",
        f"UPDATE stock_levels SET on_hand = on_hand + {UNIT} WHERE reserved > 0",
        check="on hand = the sum of balances",
        words="on hand: expected",
    ),
    "a reservation too many": _sql(
        "inventory",
        f"UPDATE stock_levels SET reserved = reserved + {UNIT} WHERE reserved < on_hand",
        check="reserved = the sum of reservations",
        words="reserved: expected",
    ),
    "more reserved than there is": _sql(
        "inventory",
        f"UPDATE stock_levels SET reserved = on_hand + {UNIT} WHERE reserved > 0",
        check="0 ≤ reserved ≤ on hand",
        words="on hand, found",
    ),
    "stock value one cent off": _sql(
        "inventory",
        f"UPDATE stock_values SET value = value + {CENT} WHERE quantity > 0",
        check="stock value = the sum of its moves",
        words="value: expected",
    ),
    "a value at quantity zero": _sql(
        "inventory",
        "UPDATE stock_values SET quantity = 0",
        check="value is 0.00 at quantity 0, and never negative",
        words="value at quantity 0 here: expected 0, found",
    ),
    "a posting of stock one cent off": _sql(
        "finance",
        f"UPDATE ledger_lines SET debit = debit + {CENT}, base_debit = base_debit + {CENT}"
        f" WHERE entry_id = ({_A_HANDOVER}) AND account = '6401.01'",
        f"UPDATE ledger_lines SET credit = credit + {CENT}, base_credit = base_credit + {CENT}"
        f" WHERE entry_id = ({_A_HANDOVER}) AND account = '1405'",
        check="stock ledger = general ledger",
        words="inventory accounts: expected -",
    ),
    "an entry that does not balance": _sql(
        "finance",
        f"UPDATE ledger_lines SET credit = credit + {CENT}"
        " WHERE id = (SELECT id FROM ledger_lines WHERE account = '6001')",
        check="debits = credits, per entry and currency",
        words="credits in CNY: expected",
    ),
    "an entry that does not balance in base currency": _sql(
        "finance",
        f"UPDATE ledger_lines SET base_credit = base_credit + {CENT}"
        " WHERE id = (SELECT id FROM ledger_lines WHERE account = '6001')",
        check="debits = credits, per entry and currency",
        words="credits in base currency: expected",
    ),
    "a receivable one cent off": _sql(
        "finance",
        f"UPDATE open_items SET open_base = open_base - {CENT} WHERE side = 'receivable' AND is_open",
        check="subledgers = control accounts",
        words="account 1122: expected",
    ),
    "a payable one cent off": _sql(
        "finance",
        f"UPDATE open_items SET open_amount = open_amount - {CENT} WHERE side = 'payable' AND is_open",
        check="subledgers = control accounts",
        words="account 2202.01: expected",
    ),
    "a hand-over sales never heard of": _sql(
        "sales",
        f"UPDATE order_lines SET handed_over = handed_over - {UNIT} WHERE handed_over = 4 * {UNIT}",
        check="sales lines: inventory's view = sales' view",
        words="handed over in inventory: expected 3, found 4",
    ),
    "a cancellation finance never heard of": _sql(
        "finance",
        "UPDATE sales_lines SET cancelled = 0",
        check="sales lines: finance's view = sales' view",
        words="cancelled in finance: expected",
    ),
    "an invoice one cent off": _sql(
        "finance",
        f"UPDATE sales_lines SET invoiced_tax = invoiced_tax + {CENT} WHERE invoiced = quantity",
        check="sales lines: invoiced amounts = the order's frozen amounts",
        words="invoiced tax: expected 10.40, found 10.41",
    ),
    "a hand-over never invoiced": _sql(
        "sales",
        f"UPDATE order_lines SET invoiced = invoiced - {UNIT} WHERE invoiced = 4 * {UNIT}",
        check="sales lines: handed over = invoiced + to be invoiced",
        words="to be invoiced at rest: expected 0, found 1",
    ),
    "a hand-over lost": _sql(
        "inventory",
        "DELETE FROM handover_lines WHERE id = (SELECT min(id) FROM handover_lines)",
        check="handed over = issued from stock",
        words="handed over: expected 0, found 4",
    ),
    "a receipt purchasing never heard of": _sql(
        "purchasing",
        f"UPDATE purchase_order_lines SET received = received - {UNIT}",
        check="purchase lines: inventory's view = purchasing's view",
        words="received in inventory: expected 3, found 4",
    ),
    "a receipt finance never heard of": _sql(
        "finance",
        "UPDATE purchase_lines SET received = 0, received_value = 0",
        check="purchase lines: finance's view = purchasing's view",
        words="received in finance: expected 4, found 0",
    ),
    "an order that never finished cancelling": _sql(
        "sales",
        "UPDATE orders SET status = 'cancelling' WHERE id = (SELECT min(id) FROM orders)",
        check="no order is stuck in between",
        words="status at rest: expected one that lasts, found cancelling",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_corruption_is_named(name: str, folder: Path, reopened: Callable[[], Company]) -> None:
    corruption = CORRUPTIONS[name]
    with closing(sqlite3.connect(folder / f"{corruption.service}.db")) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        for statement in corruption.statements:
            assert database.execute(statement).rowcount > 0
        database.commit()
    found = [breach for breach in breaches_of(reopened()) if breach.startswith(f"{corruption.check} |")]
    assert any(corruption.words in breach for breach in found), found
