"""Money without goods: services alone, discounts, corrections, bad debts, credits of goods nobody sold."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from services.commands.client import Refused
from services.commands.living.office import Office
from services.commands.living.outcome import booked
from services.commands.trade.codes import ServiceKind
from services.commands.trade.moves import CreditOnly, MoneyAdjustment, Move, ServiceCharge, ServiceLine
from shared.contracts import finance

_UNDOES_A_SALE = {
    ServiceKind.POSTAGE,
    ServiceKind.DOTCOM_POSTAGE,
    ServiceKind.CARRIAGE,
    ServiceKind.GIFT_VOUCHER,
    ServiceKind.SAMPLES,
}
"""Services that are charged on orders as revenue: a credit of one takes revenue back."""


def credit_goods(office: Office, move: CreditOnly) -> None:
    """Give money back for goods of which no sale is known."""
    amounts = {line.row: -booked(line.quantity * line.price) for line in move.goods}
    adjust(office, move, amounts, "goods_credit", "goods")


def charge_services(office: Office, move: ServiceCharge) -> None:
    """Charge or credit services that ride on no order."""
    by_kind: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for line in move.services:
        by_kind[_kind(line)][line.row] = booked(line.amount)
    for kind, amounts in by_kind.items():
        adjust(office, move, amounts, kind, "services")


def correct_money(office: Office, move: MoneyAdjustment) -> None:
    """A discount, a manual correction or a bad debt."""
    adjust(office, move, {move.row: booked(move.amount)}, move.kind.value, "money")


def adjust(office: Office, move: Move, amounts: Mapping[int, Decimal], kind: str, what: str) -> None:
    """Book the sum of the rows' amounts on the customer's account; nothing where they come to nothing."""
    total = sum(amounts.values(), Decimal(0))
    if not total:
        return
    try:
        office.staff.controller.do(
            finance.adjust_customer_account,
            customer_id=office.known.customers[move.party.key],
            amount=total,
            kind=kind,
            reference=move.invoice,
            key=office.key("adjust", what, kind, move.invoice, min(amounts)),
        )
    except Refused as no:
        office.outcomes.refuse(amounts, no.code)
        return
    office.booked.adjust(kind if kind != "fee" or total > 0 else "fee_borne", total)


def _kind(line: ServiceLine) -> str:
    return "goods_credit" if line.amount < 0 and line.kind in _UNDOES_A_SALE else "fee"
