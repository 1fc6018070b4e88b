"""A crowd of 200 at the last pieces of one item, and at one customer's credit, while services are killed.

Several processes of every service; orders, cancels, returns, receipts, hand-overs and payments all at once. Never is
more reserved than there is, or more owed than was allowed; and in the end the proof holds.
"""

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Any

import pytest

from deploy.local.servers import PrivateServers
from services.commands import audit
from services.commands.client import Client
from services.commands.patience import Patience
from services.commands.proof.report import lines as proof_lines
from shared.contracts import finance, inventory, purchasing, sales
from tests.company import TODAY
from tests.flows.crowd import Crowd, Move, watch
from tests.flows.distributed import DistributedCompany, founded
from tests.flows.gateways import Stack, stack
from tests.flows.shop import Shop

pytestmark = pytest.mark.servers
CLIENTS = 200
PROCESSES = 2
VICTIMS = ("sales", "inventory", "finance")
LASTING = [
    pytest.param(10, (4, 7), id="ten seconds"),
    pytest.param(60, tuple(range(6, 56, 5)), id="a minute", marks=pytest.mark.full),
]
"""Seconds, and at which of them a process is killed."""
BEARABLE = frozenset(
    {
        "already_cancelled", "already_cancelling", "completed", "too_late", "nothing_open", "insufficient_stock",
        "not_returnable", "return_exceeds_line", "unknown_reference", "not_found", "over_shipped", "over_receipt",
        "return_cancelled", "more_than_received", "more_than_authorised",
        "timeout", "unavailable", "busy", "in_progress",
    }
)  # fmt: skip
"""What people who do not know of each other are told, and those who waited too long."""
LONGEST_DRAIN = 600
"""Seconds. A crowd is answered faster than its orders are worked off: those of a minute take two to four."""
SEED = 20260302


@pytest.fixture(scope="module")
def running(servers: PrivateServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with stack(servers, tmp_path_factory.mktemp("crowd"), PROCESSES) as started:
        yield started


@dataclass
class Market:
    """What the crowd is about, and what it has made so far."""

    company: DistributedCompany
    shop: Shop
    item: str
    purchases: list[str] = field(default_factory=list)
    sold: deque[str] = field(default_factory=deque)
    breaches: list[str] = field(default_factory=list)

    def client(self) -> Client:
        """A connection of its own, of a person who may do everything."""
        known = self.company.client
        token = str(known._http.headers["Authorization"]).removeprefix("Bearer ")
        return Client(known.url, token, known.company, lambda: Patience(20))

    def buyer_of(self, price: str) -> Move:
        """One of the many: orders a little, and often thinks better of it."""
        mine: list[str] = []

        def move(client: Client, chance: Random) -> str:
            if mine and chance.random() < 0.4:
                client.do(sales.cancel_order, dated=TODAY, id=mine.pop(chance.randrange(len(mine))), reason="no")
                return "cancelled"
            line = {"item_id": self.item, "quantity": str(chance.randint(1, 3)), "price": price}
            order = client.do(sales.place_order, dated=TODAY, customer_id=self.shop.customer, lines=[line])
            mine.append(str(order["id"]))
            return "ordered"

        return move

    def hand_over(self, client: Client, chance: Random) -> str:
        """Hand over what is on one of the open pick lists."""
        open_ = client.do(inventory.list_picks, status="open", limit=20)["data"]
        if not open_:
            return ""
        pick = chance.choice(open_)
        client.do(inventory.hand_over, dated=TODAY, id=pick["id"], lines=[])
        self.sold.append(str(pick["order_id"]))
        return "handed over"

    def take_back(self, client: Client, chance: Random) -> str:
        """Take one piece of a sold order back into stock."""
        if not self.sold:
            return ""
        line = {"order_line": 1, "quantity": "1"}
        order = self.sold.popleft()
        back = client.do(sales.authorise_return, dated=TODAY, order_id=order, reason="faulty", lines=[line])
        client.do(inventory.receive_return, dated=TODAY, return_id=back["id"])
        inspected = [{"order_line": 1, "restocked": "1", "scrapped": "0"}]
        client.do(inventory.inspect_return, dated=TODAY, return_id=back["id"], lines=inspected)
        return "taken back"

    def receive(self, client: Client, chance: Random) -> str:
        """Receive some of what is under way from the supplier."""
        line = {"line": 1, "accepted": str(chance.randint(1, 4)), "rejected": "0"}
        client.do(inventory.receive_goods, dated=TODAY, purchase_order_id=chance.choice(self.purchases), lines=[line])
        return "received"

    def pay(self, client: Client, chance: Random) -> str:
        """Pay half of what the customer owes."""
        owed = Decimal(client.do(finance.get_credit, customer_id=self.shop.customer)["receivables"])
        if owed < 2:
            return ""
        amount = (owed / 2).quantize(Decimal("0.01"))
        client.do(finance.receive_payment, dated=TODAY, customer_id=self.shop.customer, amount=str(amount))
        return "paid"

    def stock(self, client: Client) -> dict[str, Any]:
        """How the item stands."""
        (level,) = client.do(inventory.list_stock, item_id=self.item)["data"]
        return {name: Decimal(level[name]) for name in ("on_hand", "reserved", "available", "backordered")}

    def credit(self, client: Client) -> dict[str, Any]:
        """How the customer stands."""
        view = client.do(finance.get_credit, customer_id=self.shop.customer)
        return {name: Decimal(view[name]) for name in ("limit", "exposure", "open_orders") if view[name] is not None}


def market(running: Stack, *, stock: str, limit: str | None) -> Market:
    """A fresh company with one item, one place and one customer, and three large purchases under way."""
    company = founded(running.gateway)
    shop = Shop(company, limit=limit)
    item = shop.item("A", stock=stock, value=str(5 * int(stock)))
    made = Market(company, shop, item)
    for _ in range(3):
        expected = TODAY + timedelta(days=3)
        line = {"item_id": item, "quantity": "5000", "price": "5"}
        draft = company.only(
            purchasing.draft_order, supplier_id=shop.supplier, warehouse_id=shop.warehouse, expected_on=expected,
            lines=[line],
        )  # fmt: skip
        company.only(purchasing.submit_order, id=draft.id)
        made.purchases.append(draft.id)
    company.settle()
    return made


class Reaper:
    """Kills a process of a service at given moments, and keeps all running."""

    def __init__(self, running: Stack, moments: tuple[int, ...]) -> None:
        self._running, self._moments, self._chance = running, list(moments), Random(SEED)
        self._services = cycle(self._chance.sample(VICTIMS, k=len(VICTIMS)))
        self.killed: list[str] = []

    def __call__(self, passed: float) -> None:
        self._running.supervisor.look()
        if self._moments and passed >= self._moments[0]:
            self._moments.pop(0)
            service = next(self._services)
            alive = {name: pid for name, pid in self._running.supervisor.running().items() if name.startswith(service)}
            name = self._chance.choice(sorted(alive))
            os.kill(alive[name], signal.SIGKILL)
            self.killed.append(name)


def throng(
    there: Market, running: Stack, seconds: int, kills: tuple[int, ...], moves: list[Move], kinds: tuple[str, ...],
    look: Callable[[Client], dict[str, bool]],
) -> None:  # fmt: skip
    """Let the crowd in; in the end everything comes to rest and is proved."""
    reaper = Reaper(running, kills)
    crowd = Crowd(there.client, SEED, BEARABLE)
    crowd.run([*moves, *[watch(look, there.breaches)] * 2], seconds, kinds, reaper)
    sys.stdout.write(f"seed {SEED}: {dict(crowd.done)}, killed {reaper.killed}\n")
    assert crowd.failures == []
    assert there.breaches == []
    assert len(reaper.killed) == len(kills)
    assert all(crowd.done[kind] for kind in kinds)
    proof = audit.take(there.company.client, wait=LONGEST_DRAIN)
    assert not proof.broken, "\n".join(proof_lines(proof))
    assert all(look(there.company.client).values())
    assert there.company.troubles() == []


@pytest.mark.parametrize(("seconds", "kills"), LASTING)
def test_no_more_is_ever_reserved_than_there_is(running: Stack, seconds: int, kills: tuple[int, ...]):
    there = market(running, stock="100", limit=None)
    short: list[Decimal] = []

    def look(client: Client) -> dict[str, bool]:
        level = there.stock(client)
        short.append(level["backordered"])
        return {
            f"stock is below zero: {level}": level["on_hand"] >= 0 and level["reserved"] >= 0,
            f"more is reserved than there is: {level}": level["reserved"] <= level["on_hand"],
            f"more is promised than there is: {level}": level["available"] >= 0,
        }

    keepers: list[Move] = [*[there.hand_over] * 4, *[there.take_back] * 2, *[there.receive] * 2]
    buyers = [there.buyer_of("20") for _ in range(CLIENTS)]
    kinds = ("ordered", "cancelled", "handed over", "taken back", "received")
    throng(there, running, seconds, kills, [*buyers, *keepers], kinds, look)
    assert max(short) > 0, "there was always enough: no one could have been promised too much"


@pytest.mark.parametrize(("seconds", "kills"), LASTING)
def test_no_more_is_ever_owed_than_was_allowed(running: Stack, seconds: int, kills: tuple[int, ...]):
    there = market(running, stock="50000", limit="20000")

    def look(client: Client) -> dict[str, bool]:
        credit = there.credit(client)
        return {
            f"more is owed than the limit: {credit}": credit["exposure"] <= credit["limit"],
            f"open orders are below zero: {credit}": credit["open_orders"] >= 0,
        }

    others: list[Move] = [*[there.hand_over] * 4, *[there.pay] * 2]
    buyers = [there.buyer_of("100") for _ in range(CLIENTS)]
    throng(there, running, seconds, kills, [*buyers, *others], ("ordered", "cancelled", "handed over", "paid"), look)
    holds = there.company.client.do(finance.list_credit_holds, limit=1)["data"]
    assert holds, "everything fitted: no one could have been allowed too much"
