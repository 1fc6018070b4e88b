"""Signing in and out, passwords, and who one is."""

from sqlalchemy import select, update

from gateway.identity.people import person_of
from gateway.identity.rules import SESSION_LASTS
from gateway.identity.secrets import (
    SESSION_PREFIX,
    fingerprint,
    hashed_password,
    is_outdated,
    is_password,
    new_token,
)
from gateway.identity.tables import Company, Grant, Person, Session
from shared.contracts import identity as contract
from shared.contracts.common import ById
from shared.contracts.message import Nothing
from shared.kernel.errors import DomainError, NotFound
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork


class WrongCredentials(DomainError):
    """Login and password do not belong together (401); which of them is wrong is not told."""

    code = "wrong_credentials"
    status = 401


@handles(contract.log_in)
def log_in(work: UnitOfWork, command: contract.LogIn) -> contract.SessionOpened:
    """Open a session. Takes as long for a login that no one has."""
    person = _proven(person_of(work, command.login.lower()), command.password)
    if person.password_hash and is_outdated(person.password_hash):
        _keep_password(work, person, command.password)
    token = new_token(SESSION_PREFIX)
    session = Session(
        id=work.new_id(), person_id=person.id, token_hash=fingerprint(token), expires_at=work.now + SESSION_LASTS
    )
    work.session.add(session)
    return contract.SessionOpened(id=session.id, login=person.login, token=token, expires_at=session.expires_at)


def _proven(person: Person | None, password: str) -> Person:
    matches = is_password(person.password_hash if person and person.active else None, password)
    if person is None or not matches:
        raise WrongCredentials("login and password do not belong together")
    return person


def _keep_password(work: UnitOfWork, person: Person, password: str) -> None:
    """By a statement of its own, so that the audit trail does not show hashes."""
    work.session.execute(update(Person).where(Person.id == person.id).values(password_hash=hashed_password(password)))


@handles(contract.log_out)
def log_out(work: UnitOfWork, command: ById) -> contract.SessionEnded:
    """End one of one's own sessions."""
    session = work.session.get(Session, command.id)
    person = work.session.get(Person, session.person_id) if session else None
    if session is None or person is None or person.login != work.context.actor:
        raise NotFound(f"you have no session {command.id}")
    session.ended_at = session.ended_at or work.now
    return contract.SessionEnded(id=session.id, ended_at=session.ended_at)


@handles(contract.change_password)
def change_password(work: UnitOfWork, command: contract.ChangePassword) -> Nothing:
    """Take a new password and end every session of the person: whoever stole one is out."""
    person = _proven(person_of(work, work.context.actor), command.current)
    _keep_password(work, person, command.new)
    person.password_set_at = work.now
    work.session.execute(
        update(Session).where(Session.person_id == person.id, Session.ended_at.is_(None)).values(ended_at=work.now)
    )
    return Nothing()


@handles(contract.who_am_i)
def who_am_i(work: UnitOfWork, _query: Nothing) -> contract.Me:
    """The caller, the company of this call, and what they may do in it."""
    person = person_of(work, work.context.actor)
    if person is None:
        raise NotFound(f"there is no person {work.context.actor}")
    return contract.Me(
        login=person.login,
        name=person.name,
        locale=person.locale,  # type: ignore[arg-type]  # what the contract let in
        company=work.company,
        currency=work.currency,
        time_zone=work.context.time_zone,
        scopes=sorted(scope for scope in work.context.scopes if ":" in scope),
        companies=_companies(work, person),
    )


def _companies(work: UnitOfWork, person: Person) -> list[contract.MyCompany]:
    found = work.session.execute(
        select(Company.code, Company.name, Grant.role)
        .join(Grant, Grant.company == Company.code)
        .where(Grant.person_id == person.id)
        .order_by(Company.code, Grant.role)
    ).all()
    names = {row.code: row.name for row in found}
    return [
        contract.MyCompany(code=code, name=name, roles=[row.role for row in found if row.code == code])
        for code, name in names.items()
    ]
