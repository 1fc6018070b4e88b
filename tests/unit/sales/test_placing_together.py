"""S2: orders that are placed at the same time: each as if it were the only one, for the reading of one."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import finance, sales
from shared.contracts.message import load
from shared.runtime.context import Context
from shared.runtime.port import Call
from tests.company import TODAY
from tests.unit.sales.shop import Shop

D = Decimal


class Market(Shop):
    """A shop with three customers, one of whom has a price of their own and one a currency."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bob = self.do(sales.register_customer, code="C2", name="Bob", country="CN").id
        self.eve = self.do(sales.register_customer, code="C3", name="Eve", country="US", currency="USD").id
        self.do(sales.set_price, item_id=self.tea, price="3")
        self.do(sales.set_price, item_id=self.post, price="5")
        self.do(sales.set_price, item_id=self.tea, price="2", customer_id=self.bob)
        self.do(sales.set_price, item_id=self.tea, price="0.5", currency="USD")
        self.given(finance.exchange_rate_set, currency="USD", rate="7.1", valid_from=TODAY)

    def wish(self, customer: str, *items: str, **more: Any) -> Call:
        lines = [{"item_id": item, "quantity": "10"} for item in items or (self.tea,)]
        context = Context(
            company=self.code, currency="CNY", business_date=TODAY, actor="ann", request_id="r", correlation="c"
        )
        return Call(operation="place_order", payload={"customer_id": customer, "lines": lines, **more}, context=context)

    def placed(self, wishes: Sequence[Call]) -> list[str | tuple[str, str, Decimal]]:
        """Place them together; of each order its number, currency and net amount, or why it was refused."""
        replies = self.runtime.dispatchers["sales"].call_together(wishes)
        return [
            self._outcome(reply.body) if reply.body else str(reply.problem and reply.problem.code) for reply in replies
        ]

    def _outcome(self, body: Any) -> tuple[str, str, Decimal]:
        view = load(sales.OrderView, body)
        assert self.order(view.id) == view
        return view.number[-1], view.currency, view.net


@pytest.fixture
def market(tmp_path: Path) -> Market:
    return Market(tmp_path)


def test_each_has_its_own_prices_rates_and_refusals(market: Market) -> None:
    nobody = "01890000-0000-7000-8000-000000000000"
    found = market.placed(
        [
            market.wish(market.ann, market.tea, market.post),
            market.wish(market.bob, market.tea, market.post),
            market.wish(nobody),
            market.wish(market.eve),
            market.wish(market.eve, market.post),
            market.wish(market.ann, nobody),
            market.wish(market.bob),
        ]
    )
    assert found == [
        ("1", "CNY", D(80)),
        ("2", "CNY", D(70)),
        "unknown_reference",
        ("3", "USD", D(5)),
        "no_price",
        "unknown_reference",
        ("4", "CNY", D(20)),
    ]
    assert [order.gross for order in market.told(sales.order_placed)] == [D("86.90"), D("75.60"), D("5.65"), D("22.60")]


def test_many_orders_read_no_more_often_than_two(market: Market) -> None:
    wishes = [market.wish(each, market.tea, market.post) for each in (market.ann, market.bob)]
    market.placed(wishes)
    together = market.runtime.dispatchers["sales"].call_together
    with market.reading() as by_two:
        together(wishes)
    with market.reading() as by_many:
        assert all(reply.body for reply in together(wishes * 8))
    assert len(by_many) == len(by_two) > 5
