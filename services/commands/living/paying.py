"""Money: suppliers' invoices are recorded, matched and paid when due; customers pay by their terms, a few late."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from services.commands.client import Json
from services.commands.living.founding import TAX_RATE
from services.commands.living.known import Purchase
from services.commands.living.office import Office, chunks, upto
from services.commands.living.outcome import booked
from shared.contracts import finance

_ONE_OFF_IN, _ONE_WRONG_IN, _ONE_LATE_IN = 12, 30, 9
_OFF, _WRONG = Decimal("1.008"), Decimal("1.06")
_LATEST = 25


def record_invoices(office: Office) -> None:
    """Suppliers send their invoices with the goods; what does not match is decided by someone else."""
    received, office.known.received = office.known.received, []
    for purchase in received:
        view = office.staff.bookkeeper.do(
            finance.record_supplier_invoice,
            supplier_id=purchase.supplier,
            supplier_number=f"INV {purchase.number}",
            purchase_order_id=purchase.id,
            invoiced_on=office.today,
            lines=_invoiced(office, purchase),
            key=office.key("supplier-invoice", purchase.id),
        )
        office.booked.purchased += Decimal(view["net"])
        if view["status"] == "exception":
            _accept(office, view["id"])


def _invoiced(office: Office, purchase: Purchase) -> list[Json]:
    """What was ordered; on a few invoices the first line is a little off, on fewer more than the company tolerates."""
    factor = Decimal(1)
    if office.chance(_ONE_WRONG_IN, "wrong", purchase.number):
        factor = _WRONG
    elif office.chance(_ONE_OFF_IN, "off", purchase.number):
        factor = _OFF
    nets = [booked(line.net * (factor if not nth else 1)) for nth, line in enumerate(purchase.lines)]
    return [
        {"line": line.line, "quantity": line.quantity, "net": net, "tax": booked(net * TAX_RATE)}
        for line, net in zip(purchase.lines, nets, strict=True)
    ]


def _accept(office: Office, invoice: str) -> None:
    office.booked.exceptions += 1
    office.staff.controller.do(
        finance.accept_supplier_invoice,
        id=invoice,
        reason="price agreed by telephone",
        key=office.key("accept", invoice),
    )


def pay_suppliers(office: Office) -> None:
    """Pay what is due, supplier by supplier."""
    due = office.staff.controller.rows(finance.list_payables, open=True, **upto("due_on", office.today))
    owed: dict[str, Decimal] = defaultdict(Decimal)
    for item in due:
        owed[item["supplier_id"]] += Decimal(item["open_amount"])
    for code, supplier in office.known.suppliers.items():
        if owed[supplier] > 0:
            office.staff.controller.do(
                finance.pay_supplier,
                supplier_id=supplier,
                amount=owed[supplier],
                paid_on=office.today,
                reference=f"{office.today} {code}",
                key=office.key("pay", office.today, code),
            )
            office.booked.cash_out += owed[supplier]


def collect(office: Office) -> None:
    """Customers pay what is due, less what stands on their account."""
    items = office.staff.bookkeeper.rows(finance.list_receivables, open=True, **upto("due_on", office.today))
    accounts: dict[str, list[Json]] = defaultdict(list)
    for item in items:
        accounts[office.known.codes[item["customer_id"]]].append(item)
    for code in sorted(accounts):
        _settle(office, code, accounts[code])


def _settle(office: Office, code: str, items: Iterable[Json]) -> None:
    open_amounts = {item["id"]: Decimal(item["open_amount"]) for item in items}
    owed = {
        item["id"]: Decimal(item["open_amount"])
        for item in items
        if Decimal(item["open_amount"]) > 0 and _pays_by(office, code, item) <= office.today
    }
    for credit in (item for item in items if open_amounts[item["id"]] < 0):
        _use_credit(office, credit, owed)
    if owed:
        _pay(office, code, owed)


def _use_credit(office: Office, credit: Json, owed: dict[str, Decimal]) -> None:
    """Set what stands on account against what is owed, oldest first."""
    left = -Decimal(credit["open_amount"])
    used: dict[str, Decimal] = {}
    for item in list(owed):
        used[item] = min(left, owed[item])
        left -= used[item]
        owed[item] -= used[item]
        if not owed[item]:
            del owed[item]
        if not left:
            break
    if used:
        office.staff.bookkeeper.do(
            finance.allocate_payment,
            id=credit["document_id"],
            allocations=_advices(used),
            key=office.key("allocate", office.today, credit["id"]),
        )


def _pay(office: Office, code: str, owed: dict[str, Decimal]) -> None:
    for nth, some in enumerate(chunks(owed.items())):
        amount = sum((each for _, each in some), Decimal(0))
        office.staff.bookkeeper.do(
            finance.receive_payment,
            customer_id=office.known.customers[code],
            amount=amount,
            received_on=office.today,
            allocations=_advices(dict(some)),
            key=office.key("payment", office.today, code, nth),
        )
        office.booked.cash_in += amount


def _advices(amounts: dict[str, Decimal]) -> list[Json]:
    return [{"item_id": item, "amount": amount} for item, amount in amounts.items()]


def _pays_by(office: Office, code: str, item: Json) -> date:
    """The day this customer pays an item: when it is due, or, for one in so many, some days late."""
    due = date.fromisoformat(item["due_on"])
    if item["due_on"] == item["document_on"] or not office.chance(_ONE_LATE_IN, "late", code, due):
        return due
    return due + timedelta(days=1 + office.pick(_LATEST, "days late", code, due))
