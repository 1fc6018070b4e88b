"""Which kind of account adjustment each line without goods becomes."""

from decimal import Decimal

import pytest

from services.commands.living.adjusting import charge_services, correct_money, credit_goods
from services.commands.living.office import Office
from services.commands.trade.codes import MoneyKind, ServiceKind
from services.commands.trade.moves import CreditOnly, GoodsLine, MoneyAdjustment, ServiceCharge, ServiceLine
from tests.unit.replay.recorder import AT, PARTY, Recorder, refusal


def booked(recorder: Recorder) -> list[tuple[str, Decimal]]:
    return [(call["kind"], call["amount"]) for call in recorder.of("adjust_customer_account")]


@pytest.mark.parametrize(
    ("kind", "amount", "becomes"),
    [
        (ServiceKind.POSTAGE, "-18", "goods_credit"),
        (ServiceKind.POSTAGE, "18", "fee"),
        (ServiceKind.GIFT_VOUCHER, "-10", "goods_credit"),
        (ServiceKind.AMAZON_FEE, "-11062.06", "fee"),
        (ServiceKind.BANK_CHARGES, "15", "fee"),
        (ServiceKind.COMMISSION, "-4.50", "fee"),
    ],
)
def test_services_alone(office: Office, recorder: Recorder, kind: ServiceKind, amount: str, becomes: str) -> None:
    line = ServiceLine(3, kind, "", Decimal(amount))
    charge_services(office, ServiceCharge("600002", PARTY, AT, (line,)))
    assert booked(recorder) == [(becomes, Decimal(amount))]


@pytest.mark.parametrize("kind", list(MoneyKind))
def test_corrections_keep_their_kind(office: Office, recorder: Recorder, kind: MoneyKind) -> None:
    correct_money(office, MoneyAdjustment("600002", PARTY, AT, 3, kind, "", Decimal("-2.345")))
    assert booked(recorder) == [(kind.value, Decimal("-2.35"))]


def test_a_credit_without_a_sale_is_rounded_line_by_line(office: Office, recorder: Recorder) -> None:
    goods = (GoodsLine(3, "A", Decimal(1), Decimal("0.125")), GoodsLine(4, "B", Decimal(1), Decimal("0.125")))
    credit_goods(office, CreditOnly("C2", PARTY, AT, goods))
    assert booked(recorder) == [("goods_credit", Decimal("-0.26"))]
    assert office.booked.total == Decimal("-0.26")


def test_what_comes_to_nothing_is_not_booked(office: Office, recorder: Recorder) -> None:
    credit_goods(office, CreditOnly("C2", PARTY, AT, (GoodsLine(3, "A", Decimal(1), Decimal("0.001")),)))
    assert recorder.done == []


def test_fees_borne_are_told_from_fees_charged(office: Office) -> None:
    for row, amount in ((3, "-11"), (4, "15")):
        line = ServiceLine(row, ServiceKind.BANK_CHARGES, "", Decimal(amount))
        charge_services(office, ServiceCharge("600002", PARTY, AT, (line,)))
    assert office.booked.adjusted == {"fee_borne": Decimal(-11), "fee": Decimal(15)}


def test_a_refused_adjustment_refuses_its_rows_and_books_nothing(office: Office, recorder: Recorder) -> None:
    recorder.answer("adjust_customer_account", refusal("adjust_customer_account", "period_closed"))
    correct_money(office, MoneyAdjustment("600002", PARTY, AT, 3, MoneyKind.MANUAL, "", Decimal(5)))
    office.outcomes.close_day()
    assert office.outcomes.counts.reasons == {"period_closed": 1}
    assert office.booked.total == 0
