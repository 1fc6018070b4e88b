"""S2, S3: placing an order: priced by list, taxed, frozen, refused with a pointer; M7."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import finance, sales
from tests.company import TODAY
from tests.unit.sales.shop import Shop, quantities

D = Decimal


def test_an_order_takes_what_is_not_given_from_customer_and_settings(shop: Shop) -> None:
    order = shop.place(shop.line("10", price="2"), shop.line("1", shop.post, "5"), reference="536365")
    assert (order.status, order.placed_on, order.promised_on) == ("placed", TODAY, date(2026, 3, 9))
    assert (order.currency, order.exchange_rate, order.ship_to.country) == ("CNY", D(1), "CN")
    assert [line.warehouse_id for line in order.lines] == [shop.warehouse, None]
    assert (order.net, order.tax, order.gross) == (D("25"), D("2.90"), D("27.90"))
    assert [(tax.tax_code, tax.tax) for tax in order.taxes] == [("VAT13", D("2.60")), ("VAT6", D("0.30"))]
    assert order.number == "SO-202603-00001"
    assert shop.order(order.id) == order
    [told] = shop.told(sales.order_placed)
    assert (told.order_id, told.gross) == (order.id, order.gross)
    assert [line.kind for line in told.lines] == ["goods", "service"]


@pytest.mark.parametrize(
    ("rounding", "taxes", "tax"), [("line", ["0.37", "0.37"], "0.74"), ("document", ["0.37", "0.38"], "0.75")]
)
def test_m7_tax_is_rounded_by_line_or_by_document(shop: Shop, rounding: str, taxes: list[str], tax: str) -> None:
    shop.do(sales.change_settings, tax_rounding=rounding)
    order = shop.place(shop.line("1", price="0.33"), shop.line("1", price="0.33"))
    assert [line.gross for line in order.lines] == [D(each) for each in taxes]
    assert (order.net, order.gross) == (D("0.66"), D(tax))


def test_prices_may_include_tax(shop: Shop) -> None:
    order = shop.place(shop.line("1", price="113"), prices_include_tax=True)
    assert (order.net, order.tax, order.gross) == (D("100"), D("13"), D("113"))


def test_the_price_list_gives_the_price_by_customer_tier_quantity_and_day(shop: Shop) -> None:
    shop.do(sales.set_price, item_id=shop.tea, price="3")
    shop.do(sales.set_price, item_id=shop.tea, price="2.50", min_quantity="24")
    own = shop.do(sales.set_price, item_id=shop.tea, price="2", customer_id=shop.ann, min_quantity="100")
    order = shop.place(*(shop.line(each, price=None) for each in ("10", "24", "100")))
    assert [line.price for line in order.lines] == [D("3"), D("2.50"), D("2")]
    assert order.lines[2].price_id == own.id


def test_a_line_in_another_unit_is_kept_in_base_units(shop: Shop) -> None:
    [line] = shop.place(shop.line("2", unit="box", price="2")).lines
    assert (line.unit, line.unit_quantity, line.ordered, line.net) == ("box", D(2), D(24), D(48))


def test_lines_of_one_item_stay_lines_of_their_own(shop: Shop) -> None:
    order = shop.place(shop.line("1"), shop.line("1"))
    assert [(line.line, line.ordered) for line in order.lines] == [(1, D(1)), (2, D(1))]


def test_the_rates_of_the_day_are_frozen(shop: Shop) -> None:
    shop.rate("VAT13", "0.17", TODAY)
    shop.given(finance.exchange_rate_set, currency="USD", rate="7.1", valid_from=date(2026, 1, 1))
    shop.given(finance.exchange_rate_set, currency="USD", rate="7.2", valid_from=date(2026, 3, 3))
    order = shop.place(currency="USD")
    assert (order.exchange_rate, order.lines[0].tax_rate) == (D("7.1"), D("0.17"))


def test_a_rate_set_again_for_its_day_replaces_the_one_before_whatever_order_they_come_in(shop: Shop) -> None:
    shop.rate("VAT13", "0.17", TODAY)
    shop.rate("VAT13", "0.16", TODAY)
    assert shop.place().lines[0].tax_rate == D("0.16")


def test_a_thousand_lines_are_one_order(shop: Shop) -> None:
    order = shop.place(*(shop.line("1", price="1") for _ in range(1000)))
    assert (len(order.lines), order.net, order.gross) == (1000, D(1000), D(1130))
    assert shop.ask(sales.place_order, customer_id=shop.ann, lines=[shop.line()] * 1001).problem


@pytest.mark.parametrize(
    ("line", "pointer", "code"),
    [
        ({"item_id": "01890000-0000-7000-8000-000000000000"}, "/lines/1/item_id", "unknown_reference"),
        ({"quantity": "0"}, "/lines/1/quantity", "invalid"),
        ({"quantity": "-1"}, "/lines/1/quantity", "invalid"),
        ({"quantity": "1." + "1" * 30}, "/lines/1/quantity", "invalid"),
        ({"unit": "tin"}, "/lines/1/unit", "unknown_unit"),
        ({"price": None}, "/lines/1/item_id", "no_price"),
        ({"tax_code": "VAT9"}, "/lines/1/tax_code", "no_tax_rate"),
        ({"warehouse_id": "01890000-0000-7000-8000-000000000000"}, "/lines/1/warehouse_id", "unknown_reference"),
        ({"quantity": "999999999", "price": "999999999"}, "/lines/1/quantity", "too_large"),
        ({"colour": "red"}, "/lines/1/colour", "unknown_field"),
    ],
)
def test_a_bad_line_is_refused_with_a_pointer_and_nothing_is_written(
    shop: Shop, line: dict[str, Any], pointer: str, code: str
) -> None:
    lines = [shop.line(), shop.line() | line]
    problem = shop.refused(sales.place_order, customer_id=shop.ann, lines=lines)
    assert (problem.status, problem.errors[0]["pointer"], problem.errors[0]["code"]) == (422, pointer, code)
    assert shop.do(sales.list_orders).data == []
    assert shop.do(sales.list_order_lines).data == []


def test_all_faults_of_all_lines_are_told_at_once(shop: Shop) -> None:
    lines = [shop.line(unit="tin"), shop.line(), shop.line(tax_code="X")]
    problem = shop.refused(sales.place_order, customer_id=shop.ann, lines=lines)
    assert [fault["pointer"] for fault in problem.errors] == ["/lines/0/unit", "/lines/2/tax_code"]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"customer_id": "01890000-0000-7000-8000-000000000000"}, "/customer_id", "unknown_reference"),
        ({"currency": "USD"}, "/currency", "no_exchange_rate"),
        ({"placed_on": date(2026, 3, 3)}, "/placed_on", "future_date"),
        ({"promised_on": date(2026, 3, 1)}, "/promised_on", "too_early"),
        ({"lines": []}, "/lines", "invalid"),
    ],
)
def test_a_bad_heading_is_refused_with_a_pointer(shop: Shop, fields: dict[str, Any], pointer: str, code: str) -> None:
    given = {"customer_id": shop.ann, "lines": [shop.line()]} | fields
    problem = shop.refused(sales.place_order, **given)
    assert (problem.status, problem.errors[0]["pointer"], problem.errors[0]["code"]) == (422, pointer, code)


def test_what_is_archived_is_not_sold_and_not_sold_to(shop: Shop) -> None:
    shop.item(shop.tea, "tea", "goods", "VAT13", archived=True)
    assert shop.refused(sales.place_order, customer_id=shop.ann, lines=[shop.line()]).code == "archived"
    shop.do(sales.change_customer, id=shop.ann, archived=True)
    problem = shop.refused(sales.place_order, customer_id=shop.ann, lines=[shop.line("1", shop.post)])
    assert (problem.code, problem.errors[0]["pointer"]) == ("archived", "/customer_id")


def test_an_item_made_this_moment_may_still_be_on_its_way(shop: Shop) -> None:
    new = shop.new_id()
    problem = shop.refused(sales.place_order, customer_id=shop.ann, lines=[shop.line(item=new)])
    assert (problem.code, problem.status, problem.awaits) == ("unknown_reference", 422, new)


def test_goods_need_a_warehouse_and_services_none(tmp_path: Path) -> None:
    shop = Shop(tmp_path, default_warehouse=False)
    assert shop.place(shop.line("1", shop.post, "5")).lines[0].warehouse_id is None
    problem = shop.refused(sales.place_order, customer_id=shop.ann, lines=[shop.line()])
    assert (problem.code, problem.errors[0]["pointer"]) == ("missing", "/lines/0/warehouse_id")
    assert shop.place(shop.line(warehouse_id=shop.warehouse)).lines[0].warehouse_id == shop.warehouse


def test_giving_a_price_or_an_earlier_day_takes_a_scope(shop: Shop) -> None:
    shop.scopes = frozenset()
    assert shop.refused(sales.place_order, customer_id=shop.ann, lines=[shop.line()]).status == 403
    shop.scopes = frozenset({"sales:price"})
    earlier = date(2026, 3, 1)
    given = {"customer_id": shop.ann, "lines": [shop.line()]}
    assert shop.refused(sales.place_order, placed_on=earlier, **given).status == 403
    shop.scopes = frozenset({"sales:price", "business-date:set"})
    assert shop.place(placed_on=earlier).placed_on == earlier


def test_the_same_key_places_one_order(shop: Shop) -> None:
    given: Any = {"customer_id": shop.ann, "lines": [shop.line()]}
    first = shop.ask(sales.place_order, key="k", **given)
    again = shop.ask(sales.place_order, key="k", **given)
    assert (again.body, again.replayed) == (first.body, True)
    assert len(shop.do(sales.list_orders).data) == 1


def test_orders_and_their_lines_are_found_by_what_they_hold(shop: Shop) -> None:
    first = shop.place(shop.line("1"), reference="A")
    second = shop.place(shop.line("2"), shop.line("3", shop.post, "1"), reference="B")
    assert [order.id for order in shop.do(sales.list_orders, reference="B").data] == [second.id]
    assert [order.id for order in shop.do(sales.list_orders, sort="number").data] == [first.id, second.id]
    assert quantities(shop.do(sales.list_order_lines, item_id=shop.tea).data, "ordered") == [1, 2]
    page = shop.do(sales.list_order_lines, limit="2")
    rest = shop.do(sales.list_order_lines, limit="2", cursor=page.next_cursor)
    assert [line.order_number for line in [*page.data, *rest.data]] == [first.number, second.number, second.number]
