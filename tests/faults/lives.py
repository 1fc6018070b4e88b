"""Whole lives of orders, placed through the gateway one after another by a few people, until they are told to stop.

Each write bears a key of its own, and is asked again under it for as long as a fault may last.
"""

import threading
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from services.commands.client import Client, Login
from services.commands.patience import Patience
from shared.contracts import finance, identity, inventory, logistics, purchasing, sales
from shared.contracts.operations import ListQuery, Operation, Page
from tests.flows.distributed import PASSWORD, DistributedCompany, founded
from tests.flows.gateways import Gateway
from tests.flows.shop import Shop

T = TypeVar("T")
GROSS = Decimal("56.50")
_BOUGHT, _COST, _TAX = "10", "50", "6.50"
_EVERY = 3
"""One life in so many also buys from the supplier, and one employs someone."""
_LIFE_SECONDS = 300.0


def dogged() -> Patience:
    """A client's that outlasts every fault of these tests."""
    return Patience(seconds=_LIFE_SECONDS, longest=1)


class Lives:
    """A company of its own and the people who trade in it."""

    def __init__(self, gateway: Gateway, people: int = 2) -> None:
        self.company: DistributedCompany = founded(gateway, dogged)
        admin = Login(gateway.admin.login, gateway.admin.password, self.company.client.company)
        self._admin = Client.log_in(gateway.url, admin, patience=dogged)
        self._shop = Shop(self.company)
        self._items = [self._shop.item(sku, stock="100000", value="500000") for sku in ("A", "B")]
        self._stopping, self._counting = threading.Event(), threading.Lock()
        self._people = [threading.Thread(target=self._work, daemon=True) for _ in range(people)]
        self._fault: Exception | None = None
        self.begun = self.ended = self.bought = 0

    @property
    def items(self) -> list[str]:
        """The ids of the two items of every order."""
        return list(self._items)

    @property
    def code(self) -> str:
        """The company's code."""
        return str(self.company.client.company)

    def start(self) -> None:
        """Begin to trade."""
        for person in self._people:
            person.start()

    def stop(self) -> None:
        """Begin no further life."""
        self._stopping.set()

    @property
    def done(self) -> bool:
        """Whether every life begun has ended; raises what one of them failed with."""
        self.check()
        return not any(person.is_alive() for person in self._people)

    def check(self) -> None:
        """Raise what a life failed with."""
        if self._fault:
            raise self._fault

    def accounts(self) -> tuple[int, int, Decimal, Decimal]:
        """Orders completed, invoices, what is invoiced in all, and what of it is open."""
        completed = self.company.client.rows(sales.list_orders, status="completed")
        invoices = [Decimal(each["gross"]) for each in self.company.client.rows(finance.list_invoices)]
        open_ = self._shop.open_receivables()
        return sum(1 for _ in completed), len(invoices), sum(invoices, Decimal(0)), sum(open_, Decimal(0))

    def expected(self) -> tuple[int, int, Decimal, Decimal]:
        """The same by what these people did: each life once, and nothing else."""
        return self.ended, self.ended, self.ended * GROSS, Decimal(0)

    def _work(self) -> None:
        while not self._stopping.is_set() and not self._fault:
            with self._counting:
                self.begun += 1
                number = self.begun
            try:
                self._live(number)
            except Exception as fault:  # noqa: BLE001 - told to the test
                self._fault = fault
                return
            with self._counting:
                self.ended += 1

    def _live(self, number: int) -> None:
        do = self.company.only
        if number % _EVERY == 1:
            self._employ(number)
        first, second = self._items
        order = self._shop.order((first, "2", "20"), (second, "1", "10"), wait=False, reference=f"life {number}")
        pick = self._first(inventory.list_picks, order_id=order)
        do(inventory.hand_over, id=pick.id, lines=[])
        invoice = self._first(finance.list_invoices, order_id=order)
        do(finance.receive_payment, customer_id=self._shop.customer, amount=str(invoice.gross))
        shipment = self._first(logistics.list_shipments, order_id=order, status="shipped")
        do(logistics.confirm_delivery, id=shipment.id)
        if number % _EVERY == 0:
            self._buy(number)
        self._seen(partial(self._has_status, order, "completed"), f"order {number} completed")

    def _buy(self, number: int) -> None:
        do, shop = self.company.only, self._shop
        line = {"item_id": self._items[0], "quantity": _BOUGHT, "price": "5"}
        draft = do(
            purchasing.draft_order, supplier_id=shop.supplier, warehouse_id=shop.warehouse,
            expected_on=self.company.on, lines=[line],
        )  # fmt: skip
        do(purchasing.submit_order, id=draft.id)
        self._first(inventory.list_inbound, purchase_order_id=draft.id)
        do(inventory.receive_goods, purchase_order_id=draft.id, lines=[])
        self._first(finance.list_purchase_positions, purchase_order_id=draft.id)
        invoiced = {"line": 1, "quantity": _BOUGHT, "net": _COST, "tax": _TAX}
        do(
            finance.record_supplier_invoice, supplier_id=shop.supplier, supplier_number=f"I-{number}",
            purchase_order_id=draft.id, lines=[invoiced],
        )  # fmt: skip
        with self._counting:
            self.bought += 1

    def _employ(self, number: int) -> None:
        login = f"hand{number}.{self.code.lower()}"
        self._admin.do(identity.register_person, login=login, name=login, password=PASSWORD, roles=["salesperson"])

    def _has_status(self, order: str, status: str) -> bool:
        return self._shop.order_view(order).status == status

    def _first(self, listed: Operation[ListQuery, Page[T]], **filters: Any) -> T:
        """The first row of a list, once there is one."""

        def found() -> Iterable[T]:
            return self.company.only(listed, **filters).data

        (row, *_) = self._seen(found, f"{listed.name} {filters}")
        return row

    def _seen(self, look: Callable[[], T], what: str) -> T:
        """The first true thing a look finds."""
        patience = dogged()
        while not (found := look()):
            if patience.over:
                raise TimeoutError(f"not seen: {what}")
            patience.pause()
        return found
