"""The first company, its administrator and a login per role, for a new installation, the demo and tests."""

from collections.abc import Mapping
from typing import Any

from gateway.identity.roles import ADMIN, ROLES
from shared.contracts import identity
from shared.contracts.operations import SESSION, Operation
from shared.kernel.clocks import business_today
from shared.runtime.context import Context
from shared.runtime.dispatch import Dispatcher
from shared.runtime.port import Call, Json, Reply

ACTOR = "bootstrap"


class BootstrapFailed(Exception):
    """What should have been made at first run was refused."""


def bootstrap(dispatcher: Dispatcher, company: identity.RegisterCompany, passwords: Mapping[str, str]) -> None:
    """Make `company` and, for each role in `passwords`, a login named like it that has the role there.

    What is there already stays as it is, passwords included. `system` has no rate limit.
    """
    _make(dispatcher, company.code, identity.register_company, vars(company))
    for role, password in passwords.items():
        person = _person(dispatcher, company.code, role) or _register(dispatcher, company.code, role, password)
        if role not in person["roles"]:
            _call(dispatcher, company.code, identity.grant_role, {"id": person["id"], "role": role})


def api_key(dispatcher: Dispatcher, company: str, login: str, days: int = 366) -> str:
    """A new API key with all that `login` may do in `company`, for the installation's own jobs."""
    person = _person(dispatcher, company, login)
    if person is None:
        raise BootstrapFailed(f"there is no {login}")
    scopes = sorted(frozenset().union(*(ROLES[role] for role in person["roles"])))
    asked = {"name": f"{login} of this installation", "scopes": scopes, "days": days}
    return str(_call(dispatcher, company, identity.create_api_key, asked, actor=login)["secret"])


def _register(dispatcher: Dispatcher, company: str, role: str, password: str) -> Json:
    limit = {"rate_limit": "off"} if role == "system" else {}
    asked = {"login": role, "name": role.replace("_", " "), "password": password, **limit}
    return _call(dispatcher, company, identity.register_person, asked)


def _person(dispatcher: Dispatcher, company: str, login: str) -> Json | None:
    found = _call(dispatcher, company, identity.list_people, {"login": login})["data"]
    return found[0] if found else None


def _make(dispatcher: Dispatcher, company: str, operation: Operation[Any, Any], payload: Json) -> None:
    reply = _ask(dispatcher, company, operation, payload)
    if reply.problem and reply.problem.code != "exists":
        raise BootstrapFailed(reply.problem.detail)


def _call(
    dispatcher: Dispatcher, company: str, operation: Operation[Any, Any], payload: Json, actor: str = ACTOR
) -> Json:
    reply = _ask(dispatcher, company, operation, payload, actor)
    if reply.problem or reply.body is None:
        raise BootstrapFailed(f"{operation.name}: {reply.problem}")
    return reply.body


def _ask(
    dispatcher: Dispatcher, company: str, operation: Operation[Any, Any], payload: Json, actor: str = ACTOR
) -> Reply:
    context = Context(
        company=company,
        currency="",
        time_zone="UTC",
        business_date=business_today(dispatcher.clock.now(), "UTC"),
        actor=actor,
        request_id=dispatcher.ids.new(dispatcher.clock.now()),
        correlation=ACTOR,
        scopes=frozenset({ADMIN, SESSION}),
    )
    return dispatcher.call(Call(operation=operation.name, payload=payload, context=context))
