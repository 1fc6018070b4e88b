"""Keeping the read copies of customers and suppliers."""

from typing import Literal

from services.finance.parties.tables import Party
from shared.contracts import purchasing, sales
from shared.contracts.common import Terms
from shared.contracts.message import dump
from shared.runtime.registry import on
from shared.runtime.work import UnitOfWork


@on(sales.customer_registered)
@on(sales.customer_changed)
def keep_customer(work: UnitOfWork, event: sales.CustomerFact) -> None:
    """Replace the copy of a customer, unless a newer fact came first."""
    _keep(
        work,
        "customer",
        event.customer_id,
        code=event.code,
        name=event.name,
        currency=event.currency,
        terms=event.terms,
    )


@on(purchasing.supplier_registered)
@on(purchasing.supplier_changed)
def keep_supplier(work: UnitOfWork, event: purchasing.SupplierFact) -> None:
    """Replace the copy of a supplier, unless a newer fact came first."""
    _keep(
        work,
        "supplier",
        event.supplier_id,
        code=event.code,
        name=event.name,
        currency=event.currency,
        terms=event.terms,
    )


def _keep(
    work: UnitOfWork,
    kind: Literal["customer", "supplier"],
    id_: str,
    *,
    code: str,
    name: str,
    currency: str,
    terms: Terms,
) -> None:
    values = {"code": code, "name": name, "currency": currency, "terms": dump(terms)}
    work.keep_copy(Party, id_, kind=kind, **values)
