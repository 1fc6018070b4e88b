"""Opening the company: its warehouse, settings, tax rate, carriers, suppliers, and the services it charges for."""

from decimal import Decimal

from services.commands.client import Json
from services.commands.living.office import Office
from services.commands.trade.codes import ServiceKind
from services.commands.trade.supply import Carrier, RateBand, carriers, suppliers
from shared.contracts import finance, inventory, logistics, purchasing, sales

TAX_CODE = "standard"
TAX_RATE = Decimal(0)
"""The file's prices name no tax, so none is added: what the books show is what the file shows."""
CREDIT_LIMIT = Decimal(25_000)
APPROVAL_LIMIT = Decimal(2_000)
PRICE_TOLERANCE = Decimal("0.02")
_STEP = Decimal(1)


def found(office: Office) -> None:
    """Open everything that is there before the first customer comes."""
    _warehouse(office)
    _settings(office)
    _services(office)
    for carrier in carriers():
        _carrier(office, carrier)
    _suppliers(office)
    office.wait()
    office.staff.salesperson.do(sales.change_settings, default_warehouse_id=office.known.warehouse)


def _warehouse(office: Office) -> None:
    view = office.staff.keeper.do(inventory.register_warehouse, code="MAIN", name="Main", country="United Kingdom")
    office.known.warehouse = view["id"]


def _settings(office: Office) -> None:
    people = office.staff
    people.bookkeeper.do(finance.set_tax_rate, tax_code=TAX_CODE, rate=TAX_RATE, valid_from=office.today)
    version = people.controller.do(finance.get_settings)["version"]
    people.controller.do(
        finance.change_settings,
        if_match=version,
        default_credit_limit=CREDIT_LIMIT,
        price_tolerance=PRICE_TOLERANCE,
    )
    people.planner.do(purchasing.change_settings, approval_limit=APPROVAL_LIMIT)


def _services(office: Office) -> None:
    for kind in ServiceKind:
        name = kind.value.replace("_", " ").capitalize()
        sku = kind.value.upper().replace("_", "-")
        view = office.staff.keeper.do(
            inventory.register_item, sku=sku, name=name, kind="service", tax_code=TAX_CODE, key=office.key("item", sku)
        )
        office.known.services[kind] = view["id"]


def _carrier(office: Office, carrier: Carrier) -> None:
    coordinator = office.staff.coordinator
    view = coordinator.do(logistics.register_carrier, code=carrier.code, name=carrier.name, mode="road")
    for card in _cards(carrier):
        coordinator.do(
            logistics.add_rate_card,
            carrier_id=view["id"],
            transit_days=carrier.days,
            valid_from=office.today,
            **card,
        )


def _cards(carrier: Carrier) -> list[Json]:
    """A card per band, and the last band once more without an end, at so much per further kg."""
    bands = [_card(band, Decimal(0), band.upto_kg) for band in carrier.bands]
    return [*bands, _card(carrier.bands[-1], carrier.per_kg, None)]


def _card(band: RateBand, per_kg: Decimal, most: Decimal | None) -> Json:
    return {
        "tariff": "first_and_further",
        "first_weight": band.upto_kg,
        "first_price": band.fee,
        "step": _STEP,
        "step_price": per_kg,
        "max_weight": most,
    }


def _suppliers(office: Office) -> None:
    purchaser = office.staff.purchaser
    for supplier in suppliers(office.seed):
        terms = {"instalments": [{"share": "1", "days": supplier.payment_days}]}
        view = purchaser.do(
            purchasing.register_supplier,
            code=supplier.code,
            name=supplier.name,
            terms=terms,
            key=office.key("supplier", supplier.code),
        )
        purchaser.do(purchasing.approve_supplier, id=view["id"])
        office.known.suppliers[supplier.code] = view["id"]
