"""Each rule by a case: where a line lands, and which move it makes."""

from decimal import Decimal

import pytest

from services.commands.trade.buckets import Bucket, Counts, Note, Rule
from services.commands.trade.codes import MoneyKind, ServiceKind
from services.commands.trade.moves import (
    Cancellation,
    CreditOnly,
    GoodsLine,
    MoneyAdjustment,
    Portion,
    Return,
    Sale,
    ServiceCharge,
    StockAdjustment,
)
from tests.unit.trade.sheet import days, lines, moves, row, rules, total, verdicts

D = Decimal
LATER = "2011-03-05 10:00:00"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (row("1"), Rule.GOODS),
        (row("1", price="0.0"), Rule.FREE_TO_CUSTOMER),
        (row("1", price="0.0", customer=""), Rule.STOCK_FOUND),
        (row("1", quantity=-5, price="0.0", customer="", description="damaged"), Rule.STOCK_WRITTEN_OFF),
        (row("C1", quantity=-1), Rule.CREDIT_WITHOUT_ORIGINAL),
        (row("1", "POST"), Rule.POSTAGE),
        (row("C1", "POST", -1), Rule.POSTAGE),
        (row("1", "DOT"), Rule.DOTCOM_POSTAGE),
        (row("1", "C2"), Rule.CARRIAGE),
        (row("C1", "BANK CHARGES", -1), Rule.BANK_CHARGES),
        (row("C1", "AMAZONFEE", -1), Rule.AMAZON_FEE),
        (row("C1", "S", -1), Rule.SAMPLES),
        (row("C1", "CRUK", -1), Rule.COMMISSION),
        (row("1", "gift_0001_20"), Rule.GIFT_VOUCHER),
        (row("C1", "D", -1), Rule.DISCOUNT),
        (row("1", "m"), Rule.MANUAL),
        (row("A1", "B", 1, "-11062.06", customer=""), Rule.BAD_DEBT),
        (row("1", "PADS", price="0.001"), Rule.GOODS),
        (row("1", "DCGSSBOY"), Rule.GOODS),
        (row("1", quantity=0), Rule.REFUSED),
        (row("1", quantity=-1), Rule.REFUSED),
        (row("1", price="-1"), Rule.REFUSED),
        (row("C1", quantity=1), Rule.REFUSED),
        (row("A1"), Rule.REFUSED),
        (row("X1"), Rule.REFUSED),
        (row("1", price="1.0000001"), Rule.REFUSED),
        (row("1", quantity="1.0000001"), Rule.REFUSED),
        (row("1", price="1.00000000"), Rule.GOODS),
    ],
)
def test_a_line_by_itself(line: tuple[str, ...], rule: Rule):
    assert rules(line) == [rule]


def test_what_is_refused_makes_no_move_and_says_why():
    planned = days(row("1", quantity=-1, description="LAMP"))
    assert not planned[0].moves
    assert not planned[0].new_items
    assert verdicts(planned)[0].reason == "a negative quantity of priced goods outside a cancellation"


def test_services_ride_on_the_order_they_came_with():
    sale = moves(row("1"), row("1", "POST", 2, "18.00"))[0]
    assert isinstance(sale, Sale)
    assert [(line.kind, line.amount) for line in sale.services] == [(ServiceKind.POSTAGE, D("36.00"))]
    assert sale.rows == (1, 2)


def test_services_without_goods_stand_alone_with_their_sign():
    charge, credit = moves(row("1", "POST", price="18.00"), row("C2", "POST", -1, "18.00", at=LATER))
    assert isinstance(charge, ServiceCharge)
    assert isinstance(credit, ServiceCharge)
    assert (charge.services[0].amount, credit.services[0].amount) == (D("18.00"), D("-18.00"))


def test_a_discount_credits_and_bad_debt_keeps_its_sign():
    discount, debt = moves(row("C1", "D", -1, "27.50"), row("A2", "B", 1, "-5.00", at=LATER))
    assert isinstance(discount, MoneyAdjustment)
    assert isinstance(debt, MoneyAdjustment)
    assert (discount.kind, discount.amount) == (MoneyKind.DISCOUNT, D("-27.50"))
    assert (debt.kind, debt.amount) == (MoneyKind.BAD_DEBT, D("-5.00"))


def test_money_that_rounds_to_nothing_is_counted_and_not_moved():
    planned = days(row("1", "POST", 800, "0.0"), row("2", "BANK CHARGES", 1, "0.001"))
    assert [one.bucket for one in verdicts(planned)] == [Bucket.SERVICE, Bucket.SERVICE]
    assert all(Note.NOTHING_TO_BOOK in one.notes for one in verdicts(planned))
    assert not planned[0].moves


def test_a_stock_adjustment_keeps_sign_and_remark():
    move = moves(row("1", quantity=-5, price="0.0", customer="", description="damaged"))[0]
    assert isinstance(move, StockAdjustment)
    assert (move.item, move.quantity, move.reason) == ("22423", D(-5), "damaged")


def test_an_unpriced_line_within_a_priced_anonymous_invoice_is_sold_for_nothing():
    assert rules(row("1", customer=""), row("1", "22111", price="0.0", customer="")) == [
        Rule.GOODS,
        Rule.FREE_IN_ANONYMOUS_SALE,
    ]


def test_two_spellings_of_a_code_are_one_item_and_stay_two_lines():
    planned = days(row("1", "85123a"), row("1", "85123A"))
    sale = planned[0].moves[0]
    assert isinstance(sale, Sale)
    assert [line.item for line in sale.goods] == ["85123A", "85123A"]
    assert [item.code for item in planned[0].new_items] == ["85123A"]
    assert [Note.CASE_VARIANT in one.notes for one in verdicts(planned)] == [True, False]


def test_an_exact_duplicate_is_a_line_of_its_own_and_counted():
    planned = days(row("1"), row("1"), row("2"))
    sale = planned[0].moves[0]
    assert isinstance(sale, Sale)
    assert len(sale.goods) == 2
    assert [Note.DUPLICATE in one.notes for one in verdicts(planned)] == [False, True, False]


def test_nobody_is_the_walk_in_of_the_country():
    planned = days(row("1", customer=""), row("2", customer="", country="Hong Kong"), row("3", customer=""))
    assert [party.key for party in planned[0].new_parties] == ["WALKIN-HONG-KONG", "WALKIN-UNITED-KINGDOM"]
    assert all(party.walk_in for party in planned[0].new_parties)


def test_an_invoice_too_long_for_an_order_is_placed_in_parts():
    first, second = moves(*(row("1") for _ in range(1_001)), row("1", "POST"))
    assert isinstance(first, Sale)
    assert isinstance(second, Sale)
    assert (len(first.goods), len(second.goods)) == (1_000, 1)
    assert (first.order.key, second.order.key) == ("1", "1/2")
    assert (len(first.services), len(second.services)) == (1, 0)


def test_an_invoice_number_met_again_is_a_further_part():
    keys = [move.order.key for move in moves(row("1"), row("1", at=LATER)) if isinstance(move, Sale)]
    assert keys == ["1", "1/2"]


def test_a_new_item_takes_its_name_and_price_from_a_priced_line():
    item = days(
        row("1", quantity=3, price="0.0", customer="", description="found"),
        row("2", quantity=5, price="2.50", description="CAKE STAND"),
    )[0].new_items[0]
    assert (item.name, item.price, item.demands) == ("CAKE STAND", D("2.50"), (D(5),))


def test_an_item_that_only_lost_stock_is_named_by_its_code():
    item = days(row("1", quantity=-3, price="0.0", customer="", description="smashed"))[0].new_items[0]
    assert (item.name, item.price, item.demands) == ("22423", None, ())


def test_a_whole_invoice_undone_the_same_day_is_cancelled():
    sold = row("1", quantity=80995, price="2.08")
    undone = row("C2", quantity=-80995, price="2.08", at="2011-03-01 10:12:00")
    cancellation = moves(sold, undone)[1]
    assert isinstance(cancellation, Cancellation)
    assert (cancellation.order.key, cancellation.whole) == ("1", True)
    assert cancellation.portions == (Portion(2, 1, "22423", D(80995), D("2.08"), D("2.08")),)
    assert rules(sold, undone)[1] is Rule.CANCELLED_SAME_DAY


def test_a_line_undone_the_same_day_leaves_the_order_its_others():
    cancellation = moves(row("1"), row("1", "22111"), row("C2", quantity=-1))[1]
    assert isinstance(cancellation, Cancellation)
    assert not cancellation.whole


def test_an_order_with_services_is_never_cancelled_whole():
    cancellation = moves(row("1"), row("1", "POST"), row("C2", quantity=-1))[1]
    assert isinstance(cancellation, Cancellation)
    assert not cancellation.whole


def test_part_of_a_line_undone_the_same_day_waits_for_the_goods_to_be_out():
    back = moves(row("1", quantity=6), row("C2", quantity=-2))[1]
    assert isinstance(back, Return)
    assert back.same_day


def test_goods_back_on_a_later_day_are_returned():
    sold, undone = row("1", quantity=6), row("C2", quantity=-6, at=LATER)
    back = moves(sold, undone)[1]
    assert isinstance(back, Return)
    assert not back.same_day
    assert rules(sold, undone)[1] is Rule.RETURNED


def test_another_price_returns_at_the_original_s_and_tells_the_difference():
    rows = (row("1", quantity=6, price="2.50"), row("C2", quantity=-4, price="2.75", at=LATER))
    back = moves(*rows)[1]
    assert isinstance(back, Return)
    assert (back.portions[0].price, back.portions[0].difference) == (D("2.50"), D("1.00"))
    assert rules(*rows)[1] is Rule.RETURNED_AT_OTHER_PRICE


def test_the_same_price_goes_before_the_newest_and_the_same_quantity_before_both():
    sold = [
        row("1", quantity=4, price="2.50"),
        row("2", quantity=9, price="2.50"),
        row("3", quantity=4, price="2.95"),
    ]
    back = moves(*sold, row("C4", quantity=-4, price="2.50", at=LATER))[-1]
    assert isinstance(back, Return)
    assert back.order.key == "1"


def test_a_line_of_two_originals_is_one_row_and_two_returns():
    rows = (row("1", quantity=6), row("2", quantity=6), row("C3", quantity=-10, at=LATER))
    backs = moves(*rows)[2:]
    assert [(move.order.key, move.rows) for move in backs if isinstance(move, Return)] == [("2", (3,)), ("1", (3,))]
    assert Note.SEVERAL_ORIGINALS in verdicts(days(*rows))[2].notes


def test_what_comes_back_beyond_what_was_sold_is_credited_and_the_row_stays_returned():
    rows = (row("1", quantity=4), row("C2", quantity=-7, at=LATER))
    back, credit = moves(*rows)[1:]
    assert isinstance(back, Return)
    assert isinstance(credit, CreditOnly)
    assert back.portions[0].quantity == 4
    assert credit.goods == (GoodsLine(2, "22423", D(3), D("2.50")),)
    assert rules(*rows)[1] is Rule.RETURNED_IN_PART


@pytest.mark.parametrize("other", [{"customer": "54321"}, {"code": "22111"}, {"customer": ""}])
def test_another_customer_s_or_item_s_sale_is_no_original(other: dict[str, str]):
    assert rules(row("1", **other), row("C2", quantity=-1, at=LATER))[1] is Rule.CREDIT_WITHOUT_ORIGINAL


def test_a_sale_after_its_cancellation_is_no_original():
    assert rules(row("C1", quantity=-1), row("2", at=LATER))[0] is Rule.CREDIT_WITHOUT_ORIGINAL


@pytest.mark.parametrize(("price", "rule"), [("2.50", Rule.RETURNED), ("2.75", Rule.CREDIT_WITHOUT_ORIGINAL)])
def test_a_walk_in_s_sale_is_an_original_at_the_very_same_price_only(price: str, rule: Rule):
    sold = row("1", quantity=9, customer="")
    assert rules(sold, row("C2", quantity=-2, price=price, customer="", at=LATER))[1] is rule


def test_counts_sum_to_the_file_and_tell_what_rounding_adds():
    rows = (row("1", price="0.125"), row("2", "POST", price="0.004"), row("X3", price="1.00"))
    counts = Counts()
    counts.add(verdicts(days(*rows)))
    assert counts.total.value == total(lines(*rows)) == D("1.129")
    assert (counts.bucket(Bucket.SOLD).booked, counts.bucket(Bucket.SOLD).rounding) == (D("0.13"), D("0.005"))
    assert counts.total.rounding == D("0.001")


def test_a_row_refused_by_the_running_company_changes_its_bucket_and_not_the_sum():
    verdict = verdicts(days(row("1")))[0].refuse("credit_exceeded")
    counts = Counts()
    counts.add([verdict])
    assert (verdict.bucket, verdict.value) == (Bucket.REFUSED, D("2.50"))
    assert counts.bucket(Bucket.REFUSED).value == counts.total.value == D("2.50")
    assert counts.reasons == {"credit_exceeded": 1}
