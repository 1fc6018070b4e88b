"""Offering items, withdrawing offers, and finding the offers that count."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from services.purchasing.copies.handlers import items_to_buy
from services.purchasing.orders.drafting import Offer, PriceBreak
from services.purchasing.sourcing.tables import ItemOffer
from services.purchasing.suppliers.handlers import supplier_named
from services.purchasing.suppliers.tables import Supplier
from shared.contracts import purchasing as contract
from shared.contracts.common import DatedById
from shared.contracts.message import dump, load
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict, InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import Columns, page

_COLUMNS: Columns = {
    "id": ItemOffer.id,
    "supplier_id": ItemOffer.supplier_id,
    "item_id": ItemOffer.item_id,
    "preferred": ItemOffer.preferred,
    "withdrawn": ItemOffer.withdrawn_on.is_not(None),
}


@handles(contract.offer_item)
def offer_item(work: UnitOfWork, command: contract.OfferItem) -> contract.OfferView:
    """Note what a supplier asks for an item, in place of what it asked before."""
    _check(command)
    supplier = supplier_named(work, command.supplier_id, lock=True)
    items_to_buy(work, [("/item_id", command.item_id)])
    _withdraw_standing(work, command)
    offer = work.add(
        ItemOffer(
            id=work.new_id(),
            supplier_id=command.supplier_id,
            item_id=command.item_id,
            price_breaks=[dump(each) for each in sorted(command.price_breaks, key=lambda each: each.min_quantity)],
            currency=command.currency or supplier.currency,
            moq=command.moq,
            pack_size=command.pack_size,
            lead_time_days=command.lead_time_days,
            over_tolerance=command.over_tolerance,
            under_tolerance=command.under_tolerance,
            preferred=command.preferred,
            capacity=command.capacity,
            offered_on=work.business_date,
        )
    )
    return _view(offer)


@handles(contract.withdraw_offer)
def withdraw_offer(work: UnitOfWork, command: DatedById) -> contract.OfferView:
    """End an offer; orders made by it keep its prices."""
    offer = work.get(ItemOffer, lock=True, id=command.id)
    if offer.withdrawn_on is not None:
        raise Conflict(f"the offer was withdrawn on {offer.withdrawn_on}", code="withdrawn")
    offer.withdrawn_on = command.on or work.business_date
    return _view(offer)


@handles(contract.list_offers)
def list_offers(work: UnitOfWork, query: ListQuery) -> Page[contract.OfferView]:
    """Offers, a page at a time."""
    return page(work.session, work.select(ItemOffer), query, _COLUMNS, _view)


def standing_offers(
    work: UnitOfWork, item_ids: Iterable[str], supplier_id: str | None = None, *, approved_only: bool = False
) -> Sequence[ItemOffer]:
    """The offers that stand for these items: of one supplier, or of all; of approved suppliers only, if asked so."""
    statement = work.select(ItemOffer).where(ItemOffer.item_id.in_(set(item_ids)), ItemOffer.withdrawn_on.is_(None))
    if supplier_id:
        statement = statement.where(ItemOffer.supplier_id == supplier_id)
    if approved_only:
        statement = statement.join(Supplier, Supplier.id == ItemOffer.supplier_id).where(Supplier.state == "approved")
    return work.all(statement)


def as_offer(offer: ItemOffer, rates: Mapping[str, Decimal] | None = None) -> Offer:
    """The offer for the rules; with `rates`, its prices in base currency so that offers can be compared."""
    rate = rates[offer.currency] if rates else Decimal(1)
    breaks = [load(contract.PriceBreak, each) for each in offer.price_breaks]
    return Offer(
        supplier=offer.supplier_id,
        item=offer.item_id,
        currency=offer.currency,
        breaks=tuple(PriceBreak(each.min_quantity, each.price * rate) for each in breaks),
        lead_time=offer.lead_time_days,
        moq=offer.moq,
        pack_size=offer.pack_size,
        preferred=offer.preferred,
    )


def _check(command: contract.OfferItem) -> None:
    seen: set[Decimal] = set()
    for index, each in enumerate(command.price_breaks):
        if each.min_quantity in seen:
            pointer = f"/price_breaks/{index}/min_quantity"
            raise InvalidInput.at(pointer, "duplicate_break", f"two prices from {each.min_quantity} on")
        seen.add(each.min_quantity)
    if command.under_tolerance > 1:
        raise InvalidInput.at("/under_tolerance", "tolerance_too_large", "no more than everything can be missing")


def _withdraw_standing(work: UnitOfWork, command: contract.OfferItem) -> None:
    """The supplier's row is locked, so that two offers for one item follow each other."""
    work.changed(
        work.change(ItemOffer)
        .where(
            ItemOffer.supplier_id == command.supplier_id,
            ItemOffer.item_id == command.item_id,
            ItemOffer.withdrawn_on.is_(None),
        )
        .values(withdrawn_on=work.business_date)
    )


def _view(offer: ItemOffer) -> contract.OfferView:
    return contract.OfferView(
        id=offer.id,
        supplier_id=offer.supplier_id,
        item_id=offer.item_id,
        price_breaks=[load(contract.PriceBreakView, each) for each in offer.price_breaks],
        currency=offer.currency,
        moq=offer.moq,
        pack_size=offer.pack_size,
        lead_time_days=offer.lead_time_days,
        over_tolerance=offer.over_tolerance,
        under_tolerance=offer.under_tolerance,
        preferred=offer.preferred,
        capacity=offer.capacity,
        offered_on=offer.offered_on,
        withdrawn_on=offer.withdrawn_on,
    )
