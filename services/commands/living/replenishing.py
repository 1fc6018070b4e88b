"""Looking through the day's wishes before they are ordered.

An alert says once what an item lacked at that moment. By the evening a cancelled order may have given it back, or more
may have been sold; who buys withdraws what is not needed any more and asks for what still is.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.commands.client import Json
from services.commands.living.office import Office, chunks
from services.commands.trade.supply import ItemSupply
from shared.contracts import inventory, purchasing

_LISTED = 100


@dataclass(frozen=True)
class Need:
    """What an item will have once all that is ordered came in and all who wait are served, and what is asked for."""

    minimum: Decimal
    maximum: Decimal
    coming: Decimal
    asked: Decimal

    @property
    def withdraw(self) -> bool:
        """Whether what is asked for is not needed, or so much that it would overfill the shelf by its whole range."""
        with_it = self.coming + self.asked
        return self.asked > 0 and (self.coming >= self.minimum or with_it > 2 * self.maximum - self.minimum)

    @property
    def more(self) -> Decimal:
        """How much to ask for beside what stays asked for: up to the maximum where it would stay below the minimum."""
        stays = Decimal(0) if self.withdraw else self.asked
        return self.maximum - self.coming - stays if self.coming + stays < self.minimum else Decimal(0)


def review(office: Office) -> None:
    """Withdraw and ask, item by item, in the order of the items' codes."""
    wishes: dict[str, list[Json]] = defaultdict(list)
    for wish in office.staff.purchaser.rows(purchasing.list_requisitions, status="open"):
        wishes[wish["item_id"]].append(wish)
    low = office.staff.planner.rows(inventory.list_stock_limits, low=True)
    concerned = wishes.keys() | {limit["item_id"] for limit in low}
    coming = dict(_coming(office, sorted(concerned)))
    for code, item in office.known.items.items():
        if item in coming:
            _settle(office, item, wishes[item], _need(office.known.supplies[code], coming[item], wishes[item]))


def _coming(office: Office, items: list[str]) -> Iterator[tuple[str, Decimal]]:
    for some in chunks(items, _LISTED):
        for stock in office.staff.planner.rows(inventory.list_stock, item_id=",".join(some)):
            yield stock["item_id"], _sum(stock)


def _sum(stock: Mapping[str, str]) -> Decimal:
    return Decimal(stock["available"]) - Decimal(stock["backordered"]) + Decimal(stock["inbound"])


def _need(given: ItemSupply, coming: Decimal, wishes: list[Json]) -> Need:
    asked = sum((Decimal(wish["quantity"]) for wish in wishes), Decimal(0))
    return Need(Decimal(given.minimum), Decimal(given.maximum), coming, asked)


def _settle(office: Office, item: str, wishes: list[Json], need: Need) -> None:
    purchaser = office.staff.purchaser
    if need.withdraw:
        for wish in wishes:
            purchaser.do(purchasing.cancel_requisition, id=wish["id"], key=office.key("withdraw", wish["id"]))
    if need.more > 0:
        purchaser.do(
            purchasing.request_purchase,
            item_id=item,
            quantity=need.more,
            warehouse_id=office.known.warehouse,
            key=office.key("request", office.today, item),
        )
