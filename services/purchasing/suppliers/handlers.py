"""Registering, changing, approving and finding suppliers."""

from typing import cast

from services.purchasing.suppliers.tables import Supplier
from shared.contracts import purchasing as contract
from shared.contracts.common import ById, Terms, net
from shared.contracts.message import dump, load
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Conflict, InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork, unique
from shared.storage.paging import page

DEFAULT_TERMS = net(days=30)
_COLUMNS = {"id": Supplier.id, "code": Supplier.code, "state": Supplier.state, "currency": Supplier.currency}


@handles(contract.register_supplier)
def register_supplier(work: UnitOfWork, command: contract.RegisterSupplier) -> contract.SupplierView:
    """Register a supplier, a prospect for now; its code cannot be given twice."""
    unique(work.find(Supplier, code=command.code), f"supplier {command.code}")
    supplier = work.add(
        Supplier(
            id=work.new_id(),
            code=command.code,
            name=command.name,
            currency=command.currency or work.currency,
            terms=dump(command.terms or DEFAULT_TERMS),
            contacts=[dump(contact) for contact in command.contacts],
            certificates=[dump(certificate) for certificate in command.certificates],
        )
    )
    work.session.flush()
    work.emit(contract.supplier_registered, _fact(supplier))
    return _view(work, supplier)


@handles(contract.change_supplier)
def change_supplier(work: UnitOfWork, command: contract.ChangeSupplier) -> contract.SupplierView:
    """Change what is given of a supplier; orders already made keep what they were made with."""
    supplier = work.get(Supplier, lock=True, id=command.id)
    work.expect_version(supplier)
    supplier.name = command.name or supplier.name
    if command.terms:
        supplier.terms = dump(command.terms)
    if command.contacts is not None:
        supplier.contacts = [dump(contact) for contact in command.contacts]
    if command.certificates is not None:
        supplier.certificates = [dump(certificate) for certificate in command.certificates]
    if command.archived is not None and command.archived != (supplier.state == "archived"):
        supplier.state, supplier.reason = "archived" if command.archived else "prospect", None
    return _changed(work, supplier)


@handles(contract.approve_supplier)
def approve_supplier(work: UnitOfWork, command: ById) -> contract.SupplierView:
    """Let orders to a supplier be approved, for the first time or again."""
    return _moved(work, command.id, ("prospect", "suspended", "blocked"), "approved", None)


@handles(contract.suspend_supplier)
def suspend_supplier(work: UnitOfWork, command: contract.Reasoned) -> contract.SupplierView:
    """Stop buying from a supplier for a time; what is ordered may still come."""
    return _moved(work, command.id, ("approved",), "suspended", command.reason)


@handles(contract.block_supplier)
def block_supplier(work: UnitOfWork, command: contract.Reasoned) -> contract.SupplierView:
    """Stop buying from a supplier for good; what is ordered may still come."""
    return _moved(work, command.id, ("prospect", "approved", "suspended"), "blocked", command.reason)


@handles(contract.get_supplier)
def get_supplier(work: UnitOfWork, query: ById) -> contract.SupplierView:
    """One supplier."""
    return _view(work, work.get(Supplier, id=query.id))


@handles(contract.list_suppliers)
def list_suppliers(work: UnitOfWork, query: ListQuery) -> Page[contract.SupplierView]:
    """Suppliers, a page at a time."""
    return page(work.session, work.select(Supplier), query, _COLUMNS, lambda supplier: _view(work, supplier))


def supplier_named(work: UnitOfWork, id_: str, *, lock: bool = False) -> Supplier:
    """The supplier a command names; raises InvalidInput where there is none or it is archived."""
    supplier = work.find(Supplier, lock=lock, id=id_)
    if supplier is None:
        raise InvalidInput.at("/supplier_id", "unknown_supplier", "there is no such supplier")
    if supplier.state == "archived":
        raise InvalidInput.at("/supplier_id", "archived", f"supplier {supplier.code} is archived")
    return supplier


def _moved(
    work: UnitOfWork, id_: str, before: tuple[str, ...], after: contract.SupplierState, reason: str | None
) -> contract.SupplierView:
    supplier = work.get(Supplier, lock=True, id=id_)
    if supplier.state not in before:
        raise Conflict(f"supplier {supplier.code} is {supplier.state}", code="supplier_state")
    supplier.state, supplier.reason = after, reason
    return _changed(work, supplier)


def _changed(work: UnitOfWork, supplier: Supplier) -> contract.SupplierView:
    work.session.flush()
    work.emit(contract.supplier_changed, _fact(supplier))
    return _view(work, supplier)


def _view(work: UnitOfWork, supplier: Supplier) -> contract.SupplierView:
    return contract.SupplierView(
        id=supplier.id,
        version=supplier.version,
        code=supplier.code,
        name=supplier.name,
        currency=supplier.currency,
        terms=load(Terms, supplier.terms),
        state=cast("contract.SupplierState", supplier.state),
        reason=supplier.reason,
        contacts=[load(contract.Contact, contact) for contact in supplier.contacts],
        certificates=[_held(work, load(contract.Certificate, each)) for each in supplier.certificates],
    )


def _held(work: UnitOfWork, certificate: contract.Certificate) -> contract.HeldCertificate:
    return contract.HeldCertificate(
        name=certificate.name,
        reference=certificate.reference,
        expires_on=certificate.expires_on,
        expired=certificate.expires_on < work.business_date,
    )


def _fact(supplier: Supplier) -> contract.SupplierFact:
    return contract.SupplierFact(
        supplier_id=supplier.id,
        code=supplier.code,
        name=supplier.name,
        currency=supplier.currency,
        terms=load(Terms, supplier.terms),
        state=cast("contract.SupplierState", supplier.state),
    )
