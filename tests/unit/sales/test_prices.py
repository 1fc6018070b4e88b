"""S3: the price list: set, replaced, withdrawn, quoted; and the settings of sales."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shared.contracts import sales
from tests.unit.sales.shop import Shop

D = Decimal
NOBODY = "01890000-0000-7000-8000-000000000000"


def test_a_price_set_again_for_the_same_audience_replaces_the_one_before(shop: Shop) -> None:
    first = shop.do(sales.set_price, item_id=shop.tea, price="3")
    again = shop.do(sales.set_price, item_id=shop.tea, price="4")
    assert (again.id, again.version, again.price) == (first.id, 2, D("4"))
    tier = shop.do(sales.set_price, item_id=shop.tea, price="2", tier="gold")
    assert [row.id for row in shop.do(sales.list_prices, item_id=shop.tea).data] == [first.id, tier.id]


def test_a_quote_is_what_an_order_would_be_priced_at(shop: Shop) -> None:
    shop.do(sales.set_price, item_id=shop.tea, price="3")
    gold = shop.do(sales.set_price, item_id=shop.tea, price="2.5", tier="gold", min_quantity="10")
    shop.do(sales.change_customer, id=shop.ann, tier="gold")
    quote = shop.do(sales.quote_price, item_id=shop.tea, customer_id=shop.ann, quantity="12")
    assert (quote.price_id, quote.price, quote.amount) == (gold.id, D("2.5"), D("30"))
    assert shop.do(sales.quote_price, item_id=shop.tea, customer_id=shop.ann).price == D("3")
    assert shop.do(sales.quote_price, item_id=shop.tea, tier="gold", quantity="10").price == D("2.5")


def test_a_withdrawn_price_applies_no_more_until_it_is_set_again(shop: Shop) -> None:
    row = shop.do(sales.set_price, item_id=shop.tea, price="3")
    assert shop.do(sales.withdraw_price, id=row.id).withdrawn
    assert shop.refused(sales.quote_price, item_id=shop.tea).code == "no_price"
    assert shop.do(sales.list_prices, withdrawn="false").data == []
    assert shop.do(sales.set_price, item_id=shop.tea, price="3").id == row.id
    assert shop.do(sales.quote_price, item_id=shop.tea).price == D("3")


def test_a_dated_price_holds_in_its_days(shop: Shop) -> None:
    shop.do(
        sales.set_price, item_id=shop.tea, price="3", valid_from=date(2026, 4, 1), valid_to=date(2026, 4, 30)
    )  # fmt: skip
    assert shop.refused(sales.quote_price, item_id=shop.tea).code == "no_price"
    assert shop.do(sales.quote_price, item_id=shop.tea, on=date(2026, 4, 30)).price == D("3")


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"item_id": NOBODY}, "/item_id", "unknown_reference"),
        ({"customer_id": NOBODY}, "/customer_id", "unknown_reference"),
        ({"valid_from": date(2026, 4, 2), "valid_to": date(2026, 4, 1)}, "/valid_to", "contradiction"),
        ({"price": "-1"}, "/price", "invalid"),
        ({"price": "1.1234567"}, "/price", "invalid"),
        ({"currency": "yuan"}, "/currency", "invalid"),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(shop: Shop, fields: Any, pointer: str, code: str) -> None:
    given: Any = {"item_id": shop.tea, "price": "3"} | fields
    problem = shop.refused(sales.set_price, **given)
    assert (problem.errors[0]["pointer"], problem.errors[0]["code"]) == (pointer, code)


def test_a_price_is_for_a_customer_or_for_a_tier(shop: Shop) -> None:
    problem = shop.refused(sales.set_price, item_id=shop.tea, price="3", customer_id=shop.ann, tier="gold")
    assert (problem.code, problem.errors[0]["pointer"]) == ("contradiction", "/tier")


def test_settings_are_what_orders_take_where_they_name_nothing(shop: Shop) -> None:
    before = shop.do(sales.get_settings)
    assert (before.default_warehouse_id, before.tax_rounding, before.prices_include_tax) == (
        shop.warehouse, "line", False,
    )  # fmt: skip
    shop.do(sales.change_settings, prices_include_tax=True, promise_days=1)
    order = shop.place(shop.line("1", price="113"))
    assert (order.gross, order.promised_on) == (D("113"), date(2026, 3, 3))
    assert shop.refused(sales.change_settings, default_warehouse_id=NOBODY).code == "unknown_reference"
    assert shop.refused(sales.change_settings, promise_days=4000).status == 422
