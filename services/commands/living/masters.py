"""The cards a company opens as customers and items appear, and the stock new items begin with."""

from collections.abc import Sequence
from decimal import Decimal

from services.commands.living.buying import launch
from services.commands.living.founding import TAX_CODE
from services.commands.living.office import Office, chunks
from services.commands.living.stocking import opening as opening_limits
from services.commands.living.stocking import set_limits
from services.commands.trade.moves import NewItem, Party
from services.commands.trade.supply import ItemSupply, supply
from shared.contracts import finance, inventory, purchasing, sales

NET_DAYS = 30


def open_cards(office: Office, parties: Sequence[Party], items: Sequence[NewItem], *, opening: bool) -> None:
    """Register who and what is new; `opening` items are taken over with their stock, later ones are bought in."""
    for party in parties:
        _customer(office, party)
    supplies = [_item(office, item) for item in items]
    if not parties and not items:
        return
    office.wait()
    for party in parties:
        if party.walk_in:
            office.staff.controller.do(finance.set_credit_limit, customer_id=office.known.customers[party.key])
    for each in supplies:
        _offer(office, each)
    _stock(office, supplies, opening=opening)


def _customer(office: Office, party: Party) -> None:
    name = f"Walk-in customers, {party.country}" if party.walk_in else f"Customer {party.key}"
    days = 0 if party.walk_in else NET_DAYS
    view = office.staff.salesperson.do(
        sales.register_customer,
        code=party.key,
        name=name,
        country=party.country,
        terms={"instalments": [{"share": "1", "days": days}]},
        key=office.key("customer", party.key),
    )
    office.known.customers[party.key] = view["id"]
    office.known.codes[view["id"]] = party.key


def _item(office: Office, item: NewItem) -> ItemSupply:
    given = opening_limits(supply(office.seed, item), item)
    view = office.staff.keeper.do(
        inventory.register_item,
        sku=item.code,
        name=item.name,
        weight=given.weight_kg,
        volume=given.volume_m3,
        tax_code=TAX_CODE,
        key=office.key("item", item.code),
    )
    office.known.items[item.code] = view["id"]
    office.known.supplies[item.code] = given
    return given


def _offer(office: Office, given: ItemSupply) -> None:
    office.staff.purchaser.do(
        purchasing.offer_item,
        supplier_id=office.known.suppliers[given.supplier],
        item_id=office.known.items[given.item],
        price_breaks=[{"min_quantity": "0", "price": given.unit_cost}],
        moq=Decimal(given.order_minimum),
        pack_size=Decimal(given.pack),
        lead_time_days=given.lead_days,
        preferred=True,
        key=office.key("offer", given.item),
    )


def _stock(office: Office, supplies: Sequence[ItemSupply], *, opening: bool) -> None:
    """First the goods, then the limits: an item without stock would ask for a purchase at once."""
    if opening:
        _open_stock(office, supplies)
    else:
        launch(office, supplies)
    set_limits(office, supplies, "new")
    office.wait()


def _open_stock(office: Office, supplies: Sequence[ItemSupply]) -> None:
    for nth, some in enumerate(chunks(supplies)):
        lines = [
            {"item_id": office.known.items[each.item], "quantity": Decimal(each.maximum), "value": _worth(each)}
            for each in some
        ]
        office.staff.controller.do(
            inventory.open_stock,
            warehouse_id=office.known.warehouse,
            lines=lines,
            opened_on=office.today,
            key=office.key("opening", nth),
        )
        office.booked.opened_stock += sum((_worth(each) for each in some), Decimal(0))


def _worth(given: ItemSupply) -> Decimal:
    return given.unit_cost * given.maximum
