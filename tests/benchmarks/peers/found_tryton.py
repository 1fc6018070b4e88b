"""Sets up the same small company in Tryton: run by the peers' own Python, inside Tryton's environment.

    python found_tryton.py DATABASE_URI ITEMS CUSTOMERS

Prints, as JSON, the ids a client needs to sell.
"""

import datetime as dt
import json
import sys
from decimal import Decimal
from typing import Any

from proteus import Model, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company

STOCK = 5_000_000.0
PRICE, COST, RATE = Decimal(20), Decimal(5), Decimal("0.13")


def main() -> None:
    """Open the company."""
    uri, items, customers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    config.set_trytond(uri)
    create_company()
    company = get_company()
    today = dt.date.today()  # noqa: DTZ011 - Tryton's own day is the local one too
    set_fiscalyear_invoice_sequences(create_fiscalyear(company, today)).click("create_period")
    create_chart(company)
    term = create_payment_term()
    term.save()
    products, tax = _products(items)
    _stock(products)
    print(
        json.dumps(
            {
                "products": [product.id for product in products],
                "unit": products[0].default_uom.id,
                "tax": tax.id,
                "term": term.id,
                "parties": [_customer(number) for number in range(customers)],
            }
        )
    )


def _products(count: int) -> tuple[list[Any], Any]:
    accounts = get_accounts(get_company())
    tax = create_tax(RATE)
    tax.save()
    category = Model.get("product.category")(name="Goods", accounting=True)
    category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
    category.customer_taxes.append(tax)
    category.save()
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    return [_product(number, category, unit) for number in range(count)], tax


def _product(number: int, category: Any, unit: Any) -> Any:
    template = Model.get("product.template")(name=f"Item {number}", type="goods", salable=True)
    template.default_uom, template.account_category = unit, category
    template.list_price = PRICE
    template.cost_price_method = "average"
    template.save()
    (product,) = template.products
    return product


def _stock(products: list[Any]) -> None:
    """Received from a supplier, so that there is a cost."""
    location = Model.get("stock.location")
    (supplier,) = location.find([("code", "=", "SUP")])
    (storage,) = location.find([("code", "=", "STO")])
    Move = Model.get("stock.move")  # noqa: N806
    moves = []
    for product in products:
        move = Move(product=product, quantity=STOCK, from_location=supplier, to_location=storage)
        move.unit_price, move.currency = COST, get_company().currency
        move.save()
        moves.append(move)
    Move.click(moves, "do")


def _customer(number: int) -> dict[str, int]:
    party = Model.get("party.party")(name=f"Customer {number}")
    party.save()
    return {"id": party.id, "address": party.addresses[0].id}


if __name__ == "__main__":
    main()
