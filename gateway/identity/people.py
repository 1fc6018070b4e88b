"""People, machines and the roles they have in a company."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from gateway.identity.roles import ROLES
from gateway.identity.secrets import hashed_password
from gateway.identity.tables import Grant, Person
from shared.contracts import identity as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork, unique
from shared.storage.paging import page_with
from shared.storage.rows import rows_of

_COLUMNS = {"id": Person.id, "login": Person.login, "kind": Person.kind, "active": Person.active}


def person_of(work: UnitOfWork, login: str) -> Person | None:
    """The person or machine with this login."""
    return next(iter(work.session.rows(rows_of(Person).where(Person.login == login))), None)


@handles(contract.register_person)
def register_person(work: UnitOfWork, command: contract.RegisterPerson) -> contract.PersonView:
    """Register a person with a password, or a machine without one."""
    unique(person_of(work, command.login), f"login {command.login}")
    if (command.password is None) != (command.kind == "machine"):
        raise InvalidInput.at("/password", "invalid", "a person needs a password, a machine has none")
    person = Person(
        id=work.new_id(),
        login=command.login,
        name=command.name,
        kind=command.kind,
        locale=command.locale,
        password_hash=hashed_password(command.password) if command.password else None,
        password_set_at=work.now if command.password else None,
        rate_limit=command.rate_limit,
    )
    work.session.add(person)
    work.session.flush()
    for index, role in enumerate(command.roles or []):
        _grant(work, person, role, f"/roles/{index}")
    return _view(work, person)


@handles(contract.change_person)
def change_person(work: UnitOfWork, command: contract.ChangePerson) -> contract.PersonView:
    """Change what is given, unless the person also works where the caller is no administrator."""
    person = _get(work, command.id)
    if work.if_match is not None and work.if_match != person.version:
        raise StaleVersion(f"the version is {person.version}, not {work.if_match}")
    _require_own(work, person)
    for name in ("name", "locale", "active", "rate_limit"):
        given = getattr(command, name)
        if given is not None:
            setattr(person, name, given)
    work.session.flush()
    return _view(work, person)


def _require_own(work: UnitOfWork, person: Person) -> None:
    """Raises Forbidden where the person has roles in a company that the caller does not administer."""
    administered = select(Grant.company).join(Person).where(Person.login == work.context.actor, Grant.role == "admin")
    foreign = select(Grant.company).where(
        Grant.person_id == person.id, Grant.company != work.company, Grant.company.not_in(administered)
    )
    if work.session.scalars(foreign.limit(1)).first():
        raise Forbidden(f"{person.login} also has roles in a company that you do not administer")


@handles(contract.get_person)
def get_person(work: UnitOfWork, query: ById) -> contract.PersonView:
    """One person or machine."""
    return _view(work, _get(work, query.id))


@handles(contract.list_people)
def list_people(work: UnitOfWork, query: ListQuery) -> Page[contract.PersonView]:
    """People and machines of the installation, with their roles in this company."""
    return page_with(work.session, rows_of(Person), query, _COLUMNS, lambda people: _views(work, people))


@handles(contract.grant_role)
def grant_role(work: UnitOfWork, command: contract.RoleOf) -> contract.PersonView:
    """Give a role; one they have already stays."""
    person = _get(work, command.id)
    if work.find(Grant, person_id=person.id, role=command.role) is None:
        _grant(work, person, command.role, "/role")
    return _view(work, person)


@handles(contract.revoke_role)
def revoke_role(work: UnitOfWork, command: contract.RoleOf) -> contract.PersonView:
    """Take a role; it holds for the very next request."""
    person = _get(work, command.id)
    work.session.delete(work.get(Grant, person_id=person.id, role=command.role))
    work.session.flush()
    return _view(work, person)


def _grant(work: UnitOfWork, person: Person, role: str, pointer: str) -> None:
    if role not in ROLES:
        raise InvalidInput.at(pointer, "unknown_role", f"must be one of {', '.join(ROLES)}")
    work.add(Grant(id=work.new_id(), person_id=person.id, role=role))
    work.session.flush()


def _get(work: UnitOfWork, id_: str) -> Person:
    person = work.session.get(Person, id_)
    if person is None:
        raise NotFound(f"there is no person {id_}")
    return person


def _view(work: UnitOfWork, person: Person) -> contract.PersonView:
    return _views(work, [person])[0]


def _views(work: UnitOfWork, people: Sequence[Person]) -> list[contract.PersonView]:
    grants = work.all(work.select(Grant).where(Grant.person_id.in_([person.id for person in people])))
    return [_shown(person, (grant.role for grant in grants if grant.person_id == person.id)) for person in people]


def _shown(person: Person, roles: Iterable[str]) -> contract.PersonView:
    same = ("id", "version", "login", "name", "kind", "locale", "active", "rate_limit")
    return contract.PersonView(**{name: getattr(person, name) for name in same}, roles=sorted(roles))
