"""API keys: scoped, expiring, revocable, shown once."""

from collections.abc import Sequence
from datetime import timedelta

from gateway.identity.people import person_of
from gateway.identity.roles import ADMIN, scopes_of
from gateway.identity.secrets import KEY_PREFIX, fingerprint, new_token
from gateway.identity.tables import ApiKey, Grant, Person
from shared.contracts import identity as contract
from shared.contracts.common import ById
from shared.contracts.operations import ListQuery, Page
from shared.kernel.errors import Forbidden, InvalidInput, NotFound
from shared.runtime.registry import handles
from shared.runtime.work import UnitOfWork
from shared.storage.paging import page_with
from shared.storage.rows import rows_of

_COLUMNS = {"id": ApiKey.id, "owner": Person.login}


@handles(contract.create_api_key)
def create_api_key(work: UnitOfWork, command: contract.CreateApiKey) -> contract.ApiKeyCreated:
    """Make a key for oneself or, as an administrator, for a machine; it can do no more than its owner."""
    owner = _owner(work, command.owner or work.context.actor)
    _require_held(work, owner, command.scopes)
    secret = new_token(KEY_PREFIX)
    key = work.add(
        ApiKey(
            id=work.new_id(),
            owner_id=owner.id,
            name=command.name,
            scopes=sorted(set(command.scopes)),
            secret_hash=fingerprint(secret),
            ending=secret[-4:],
            expires_at=work.now + timedelta(days=command.days),
        )
    )
    return contract.ApiKeyCreated(
        id=key.id, name=key.name, owner=owner.login, scopes=key.scopes, secret=secret, expires_at=key.expires_at
    )


def _owner(work: UnitOfWork, login: str) -> Person:
    owner = person_of(work, login)
    if login != work.context.actor:
        if not work.context.may(ADMIN):
            raise Forbidden("only an administrator makes keys for others")
        if owner is not None and owner.kind != "machine":
            raise Forbidden("people make their own keys")
    if owner is None:
        raise NotFound(f"there is no person or machine {login}")
    return owner


def _require_held(work: UnitOfWork, owner: Person, scopes: Sequence[str]) -> None:
    roles = {grant.role for grant in work.all(work.select(Grant).where(Grant.person_id == owner.id))}
    held = scopes_of(roles)
    for index, scope in enumerate(scopes):
        if scope not in held:
            raise InvalidInput.at(f"/scopes/{index}", "scope_not_held", f"{owner.login} does not hold {scope} here")


@handles(contract.list_api_keys)
def list_api_keys(work: UnitOfWork, query: ListQuery) -> Page[contract.ApiKeyView]:
    """One's own keys in this company; an administrator sees everyone's."""
    keys = work.select(ApiKey).join(Person, Person.id == ApiKey.owner_id)
    if not work.context.may(ADMIN):
        keys = keys.where(Person.login == work.context.actor)
    return page_with(work.session, keys, query, _COLUMNS, lambda found: _views(work, found))


@handles(contract.revoke_api_key)
def revoke_api_key(work: UnitOfWork, command: ById) -> contract.ApiKeyView:
    """Revoke a key for good."""
    key = work.get(ApiKey, id=command.id)
    view = _views(work, [key])[0]
    if view.owner != work.context.actor and not work.context.may(ADMIN):
        raise NotFound(f"you have no key {command.id}")
    key.revoked_at = key.revoked_at or work.now
    return _views(work, [key])[0]


def _views(work: UnitOfWork, keys: Sequence[ApiKey]) -> list[contract.ApiKeyView]:
    ids = [key.owner_id for key in keys]
    logins = {person.id: person.login for person in work.session.rows(rows_of(Person).where(Person.id.in_(ids)))}
    same = ("id", "name", "scopes", "ending", "expires_at", "revoked_at")
    return [
        contract.ApiKeyView(owner=logins[key.owner_id], **{name: getattr(key, name) for name in same}) for key in keys
    ]
