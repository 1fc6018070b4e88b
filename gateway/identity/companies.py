"""Companies of the group."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.identity.people import person_of
from gateway.identity.tables import Company, Grant
from shared.contracts import identity as contract
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import InvalidInput
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork, unique
from shared.storage.paging import page
from shared.storage.rows import rows_of


@handles(contract.register_company)
def register_company(work: UnitOfWork, command: contract.RegisterCompany) -> contract.CompanyView:
    """Register a company; whoever does so administers it."""
    unique(work.session.get(Company, command.code), f"company {command.code}")
    _require_zone(command.time_zone)
    company = Company(
        code=command.code, name=command.name, currency=command.currency, time_zone=command.time_zone
    )  # fmt: skip
    work.session.add(company)
    if founder := person_of(work, work.context.actor):
        grant = Grant(id=work.new_id(), person_id=founder.id, role="admin")
        grant.company = company.code
        work.session.add(grant)
    return _view(company)


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput.at("/time_zone", "unknown_time_zone", f"there is no time zone {name}") from None


@handles(contract.list_companies)
def list_companies(work: UnitOfWork, query: ListQuery) -> Page[contract.CompanyView]:
    """The companies of this installation."""
    return page(work.session, rows_of(Company), query, {"code": Company.code, "id": Company.code}, _view)


def _view(company: Company) -> contract.CompanyView:
    return contract.CompanyView(
        code=company.code, name=company.name, currency=company.currency, time_zone=company.time_zone
    )
