"""Setting, withdrawing, listing and quoting prices."""

from services.sales.copies import lookup
from services.sales.customers.finding import customer_at
from services.sales.prices.pricing import PriceList, amount_at
from services.sales.prices.rules import Enquiry
from services.sales.prices.tables import PriceRow
from shared.contracts import sales as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page

_COLUMNS = {
    "id": PriceRow.id,
    "item_id": PriceRow.item_id,
    "currency": PriceRow.currency,
    "tier": PriceRow.tier,
    "customer_id": PriceRow.customer_id,
    "valid_from": PriceRow.valid_from,
    "withdrawn": PriceRow.withdrawn,
}


@handles(contract.set_price)
def set_price(work: UnitOfWork, command: contract.SetPrice) -> contract.PriceView:
    """Set a price, or replace the one with the same audience, quantity and first day."""
    _require_sense(work, command)
    wanted = _row(work, command)
    row = _like(work, wanted) or work.add(wanted)
    row.price, row.valid_to, row.withdrawn = command.price, command.valid_to, False
    work.session.flush()
    return _view(row)


@handles(contract.withdraw_price)
def withdraw_price(work: UnitOfWork, command: ById) -> contract.PriceView:
    """Let a price apply to no further order; those placed keep it."""
    row = work.get(PriceRow, lock=True, id=command.id)
    row.withdrawn = True
    work.session.flush()
    return _view(row)


@handles(contract.list_prices)
def list_prices(work: UnitOfWork, query: ListQuery) -> Page[contract.PriceView]:
    """The price list, a page at a time."""
    return page(work.session, work.select(PriceRow), query, _COLUMNS, _view)


@handles(contract.quote_price)
def quote_price(work: UnitOfWork, query: contract.QuotePrice) -> contract.PriceQuote:
    """What an item sells at by the price list."""
    lookup.usable(work, lookup.items(work, [query.item_id]).get(query.item_id), query.item_id, "/item_id")
    customer = customer_at(work, query.customer_id, "/customer_id") if query.customer_id else None
    currency = query.currency or (customer.currency if customer else work.currency)
    enquiry = Enquiry(
        item=query.item_id,
        quantity=query.quantity,
        currency=currency,
        on=query.on or work.business_date,
        customer=query.customer_id,
        tier=query.tier or (customer.tier if customer else None),
    )
    found = PriceList(work, [query.item_id], currency, query.customer_id).price(enquiry, "/item_id")
    return contract.PriceQuote(
        price_id=found.id,
        item_id=found.item,
        quantity=query.quantity,
        price=found.price,
        currency=currency,
        amount=amount_at(query.quantity, found.price, currency, "/quantity"),
    )


def _require_sense(work: UnitOfWork, command: contract.SetPrice) -> None:
    """Raises InvalidInput for an unknown item or customer, two audiences, or days that never come."""
    lookup.usable(work, lookup.items(work, [command.item_id]).get(command.item_id), command.item_id, "/item_id")
    if command.customer_id:
        customer_at(work, command.customer_id, "/customer_id")
        if command.tier:
            raise InvalidInput.at("/tier", "contradiction", "a price is for a customer or for a tier, not both")
    if command.valid_to and command.valid_to < (command.valid_from or work.business_date):
        raise InvalidInput.at("/valid_to", "contradiction", "the last day is before the first")


def _audience(command: contract.SetPrice) -> str:
    if command.customer_id:
        return f"customer {command.customer_id}"
    return f"tier {command.tier}" if command.tier else "all"


def _row(work: UnitOfWork, command: contract.SetPrice) -> PriceRow:
    return PriceRow(
        id=work.new_id(),
        item_id=command.item_id,
        currency=command.currency or work.currency,
        audience=_audience(command),
        tier=command.tier,
        customer_id=command.customer_id,
        min_quantity=command.min_quantity,
        valid_from=command.valid_from or work.business_date,
        valid_to=command.valid_to,
        price=command.price,
    )


def _like(work: UnitOfWork, wanted: PriceRow) -> PriceRow | None:
    """The row that stands for the same audience, quantity and first day already."""
    return work.find(
        PriceRow,
        lock=True,
        item_id=wanted.item_id,
        currency=wanted.currency,
        audience=wanted.audience,
        min_quantity=wanted.min_quantity,
        valid_from=wanted.valid_from,
    )


def _view(row: PriceRow) -> contract.PriceView:
    return contract.PriceView(
        id=row.id,
        version=row.version,
        item_id=row.item_id,
        currency=row.currency,
        price=row.price,
        tier=row.tier,
        customer_id=row.customer_id,
        min_quantity=row.min_quantity,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        withdrawn=row.withdrawn,
    )
