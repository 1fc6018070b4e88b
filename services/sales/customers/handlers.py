"""Registering, changing and finding customers."""

from services.sales.customers.tables import Customer
from shared.contracts import sales as contract
from shared.contracts.common import Address, ById, Terms, net
from shared.contracts.message import dump, load
from shared.contracts.operations import ListQuery, Page
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork, unique
from shared.storage.paging import page

DEFAULT_TERMS = net(days=30)
_COLUMNS = {
    "id": Customer.id,
    "code": Customer.code,
    "tier": Customer.tier,
    "country": Customer.country,
    "archived": Customer.archived,
}


@handles(contract.register_customer)
def register_customer(work: UnitOfWork, command: contract.RegisterCustomer) -> contract.CustomerView:
    """Register a customer; its code is the company's own and cannot be given twice."""
    unique(work.find(Customer, code=command.code), f"customer {command.code}")
    customer = work.add(
        Customer(
            id=work.new_id(),
            code=command.code,
            name=command.name,
            tier=command.tier,
            currency=command.currency or work.currency,
            country=command.country,
            address=dump(command.address) if command.address else None,
            tax_id=command.tax_id,
            terms=dump(command.terms or DEFAULT_TERMS),
        )
    )
    work.session.flush()
    work.emit(contract.customer_registered, _fact(customer))
    return _view(customer)


@handles(contract.change_customer)
def change_customer(work: UnitOfWork, command: contract.ChangeCustomer) -> contract.CustomerView:
    """Change what is given of a customer; orders already placed keep what they were placed with."""
    customer = work.get(Customer, lock=True, id=command.id)
    work.expect_version(customer)
    if command.terms:
        customer.terms = dump(command.terms)
    if command.address:
        customer.address = dump(command.address)
    for name in ("name", "tier", "country", "tax_id", "archived"):
        given = getattr(command, name)
        if given is not None:
            setattr(customer, name, given)
    work.session.flush()
    work.emit(contract.customer_changed, _fact(customer))
    return _view(customer)


@handles(contract.get_customer)
def get_customer(work: UnitOfWork, query: ById) -> contract.CustomerView:
    """One customer."""
    return _view(work.get(Customer, id=query.id))


@handles(contract.list_customers)
def list_customers(work: UnitOfWork, query: ListQuery) -> Page[contract.CustomerView]:
    """Customers, a page at a time."""
    return page(work.session, work.select(Customer), query, _COLUMNS, _view)


def _view(customer: Customer) -> contract.CustomerView:
    return contract.CustomerView(
        id=customer.id,
        version=customer.version,
        code=customer.code,
        name=customer.name,
        tier=customer.tier,
        currency=customer.currency,
        country=customer.country,
        address=load(Address, customer.address) if customer.address else None,
        tax_id=customer.tax_id,
        terms=load(Terms, customer.terms),
        archived=customer.archived,
    )


def _fact(customer: Customer) -> contract.CustomerFact:
    return contract.CustomerFact(
        customer_id=customer.id,
        code=customer.code,
        name=customer.name,
        tier=customer.tier,
        currency=customer.currency,
        country=customer.country,
        terms=load(Terms, customer.terms),
        archived=customer.archived,
    )
