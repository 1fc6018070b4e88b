"""Requisitions into draft orders: each item to its best offer, merged by supplier, warehouse and currency."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from services.purchasing.copies.handlers import currency_rates
from services.purchasing.copies.tables import Item
from services.purchasing.orders.drafting import Draft, DraftLine, RequisitionLine, best_offer, draft_orders
from services.purchasing.orders.drafts import keep, new_draft
from services.purchasing.orders.making import NewLine, add_lines
from services.purchasing.orders.tables import PurchaseOrder
from services.purchasing.orders.views import order_views
from services.purchasing.requisitions.handlers import requisition_view
from services.purchasing.requisitions.tables import Requisition
from services.purchasing.settings.handlers import settings
from services.purchasing.sourcing.handlers import as_offer, standing_offers
from services.purchasing.sourcing.tables import ItemOffer
from services.purchasing.suppliers.handlers import supplier_named
from services.purchasing.suppliers.tables import Supplier
from shared.contracts import purchasing as contract
from shared.contracts.fields import MAX_LINES
from shared.kernel.errors import Conflict, InvalidInput
from shared.kernel.money import ZERO
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


@dataclass(frozen=True)
class _Basis:
    """What drafting needs to know of the things involved."""

    suppliers: Mapping[str, Supplier]
    items: Mapping[str, Item]
    offers: Mapping[str, Sequence[ItemOffer]]
    rates: Mapping[str, Decimal]
    tax_code: str | None

    def best(self, item: str, quantity: Decimal) -> ItemOffer | None:
        """The best offer for a quantity of an item, compared in base currency."""
        offers = {offer.supplier_id: offer for offer in self.offers.get(item, ())}
        best = best_offer([as_offer(offer, self.rates) for offer in offers.values()], quantity)
        return offers[best.supplier] if best else None


@handles(contract.order_requisitions)
def order_requisitions(work: UnitOfWork, command: contract.OrderRequisitions) -> contract.OrderedRequisitions:
    """Draft orders for open requisitions; those whose item no approved supplier offers stay open."""
    if command.supplier_id:
        supplier_named(work, command.supplier_id)
    on = command.order_on or work.business_date
    wanted = _open(work, command.requisition_ids)
    basis = _basis(work, wanted, command.supplier_id, on)
    orders: list[PurchaseOrder] = []
    for _, group in groupby(wanted, key=lambda each: each.warehouse_id):
        orders += _orders_for(work, list(group), basis, on)
    work.session.flush()
    left = sorted((each for each in wanted if each.status == "open"), key=lambda each: each.id)
    return contract.OrderedRequisitions(
        orders=order_views(work, orders), unserved=[requisition_view(each) for each in left]
    )


def _open(work: UnitOfWork, ids: Sequence[str] | None) -> Sequence[Requisition]:
    """The open requisitions, or those named, their rows locked; raises where one named is not open."""
    statement = work.select(Requisition).order_by(Requisition.id)
    if ids is None:
        found = work.locked(statement.where(Requisition.status == "open"))
    else:
        found = work.locked(statement.where(Requisition.id.in_(ids)))
        _require_open(ids, found)
    return sorted(found, key=lambda each: (each.warehouse_id, each.id))


def _require_open(ids: Sequence[str], found: Sequence[Requisition]) -> None:
    known = {each.id for each in found}
    for index, id_ in enumerate(ids):
        if id_ not in known:
            pointer = f"/requisition_ids/{index}"
            raise InvalidInput.at(pointer, "unknown_requisition", "there is no such requisition")
    for each in found:
        if each.status != "open":
            raise Conflict(f"requisition {each.number} is {each.status}", code="requisition_not_open")


def _basis(work: UnitOfWork, wanted: Sequence[Requisition], supplier_id: str | None, on: date) -> _Basis:
    item_ids = {each.item_id for each in wanted}
    offers = standing_offers(work, item_ids, supplier_id, approved_only=True)
    rates = currency_rates(work, {offer.currency for offer in offers}, on)
    usable = sorted((offer for offer in offers if offer.currency in rates), key=lambda offer: offer.item_id)
    supplier_ids = {offer.supplier_id for offer in usable}
    suppliers = work.rows(Supplier, id=supplier_ids)
    items = work.all(work.select(Item).where(Item.id.in_(item_ids), Item.archived.is_(False)))
    return _Basis(
        suppliers={supplier.id: supplier for supplier in suppliers},
        items={item.id: item for item in items},
        offers={item: list(group) for item, group in groupby(usable, key=lambda offer: offer.item_id)},
        rates=rates,
        tax_code=settings(work).default_tax_code,
    )


def _orders_for(work: UnitOfWork, wanted: Sequence[Requisition], basis: _Basis, on: date) -> Iterator[PurchaseOrder]:
    """The orders for requisitions of one warehouse, which are marked as ordered."""
    lines = [
        RequisitionLine(each.id, each.item_id, each.quantity, on) for each in wanted if each.item_id in basis.items
    ]
    chosen = _chosen(lines, basis)
    by_id = {each.id: each for each in wanted}
    for draft in draft_orders(lines, {item: as_offer(offer) for item, offer in chosen.items()}).drafts:
        for part in _of_allowed_length(draft):
            new = [_new_line(line, basis, chosen[line.item]) for line in part.lines]
            order = _keep(work, part, new, wanted[0].warehouse_id, basis.suppliers[part.supplier])
            for id_ in (id_ for line in part.lines for id_ in line.requisition_lines):
                by_id[id_].status, by_id[id_].order_id = "ordered", order.id
            yield order


def _of_allowed_length(draft: Draft) -> Iterator[Draft]:
    for start in range(0, len(draft.lines), MAX_LINES):
        yield replace(draft, lines=draft.lines[start : start + MAX_LINES])


def _chosen(lines: Sequence[RequisitionLine], basis: _Basis) -> Mapping[str, ItemOffer]:
    """The offer to take for all that is wanted of each item, where there is one."""
    wanted: dict[str, Decimal] = {}
    for line in lines:
        wanted[line.item] = wanted.get(line.item, ZERO) + line.quantity
    return {item: offer for item, quantity in wanted.items() if (offer := basis.best(item, quantity))}


def _keep(
    work: UnitOfWork, draft: Draft, lines: Sequence[NewLine], warehouse_id: str, supplier: Supplier
) -> PurchaseOrder:
    order = new_draft(
        work,
        supplier,
        warehouse_id,
        order_on=draft.order_on,
        expected_on=max(line.expected_on for line in lines),
        currency=draft.currency,
    )
    add_lines(work, order, lines)
    keep(work, order)
    return order


def _new_line(line: DraftLine, basis: _Basis, offer: ItemOffer) -> NewLine:
    item = basis.items[line.item]
    return NewLine(
        item_id=item.id,
        unit=item.base_unit,
        unit_quantity=line.quantity,
        unit_price=line.price,
        quantity=line.quantity,
        price=line.price,
        net=line.amount,
        tax_code=basis.tax_code or item.tax_code,
        over_tolerance=offer.over_tolerance,
        under_tolerance=offer.under_tolerance,
        expected_on=line.expected_on,
    )
