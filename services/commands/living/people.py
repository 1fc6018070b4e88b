"""Who works in the company: one account per job, with the scopes of that job and no other's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from services.commands.client import Client, Json, Refused
from services.commands.trade.buckets import CURRENCY
from shared.contracts import identity
from shared.contracts.operations import Operation

_READ = tuple(f"{service}:read" for service in ("purchasing", "sales", "inventory", "logistics", "finance"))
JOBS: dict[str, tuple[str, ...]] = {
    "salesperson": ("sales:read", "sales:write", "sales:price", "inventory:read"),
    "keeper": ("inventory:read", "inventory:write"),
    "planner": ("inventory:read", "inventory:adjust", "purchasing:read", "purchasing:approve", "see:cost"),
    "purchaser": ("purchasing:read", "purchasing:write", "inventory:read", "see:cost"),
    "coordinator": ("logistics:read", "logistics:write"),
    "bookkeeper": ("finance:read", "finance:write", "see:cost"),
    "controller": ("finance:read", "finance:post", "finance:credit", "inventory:open", "see:cost"),
    "operator": (*_READ, "system:read", "see:cost", "see:personal"),
}
"""The maker of an order or invoice is never who approves it: purchaser and planner, bookkeeper and controller."""
_DATED = "business-date:set"
Entrance = Callable[[str | None], Client]
"""Gives the administrator's client in a company, or in the first one they have."""


class CompanyInUse(Exception):
    """The company has traded already; a replay begins with a new one."""


@dataclass
class Diary:
    """The day the company is living."""

    day: date


class Person(Protocol):
    """Someone who does a job through the gateway; each call bears the day of the diary. Raises Refused."""

    def do(self, operation: Operation[Any, Any], *, key: str | None = None, **fields: Any) -> Json:
        """Carry out one operation."""
        ...

    def rows(self, operation: Operation[Any, Any], **filters: Any) -> Iterator[Json]:
        """Read a whole list."""
        ...


class Clerk:
    """A person at a gateway."""

    def __init__(self, client: Client, diary: Diary) -> None:
        self.client, self._diary = client, diary

    def do(
        self, operation: Operation[Any, Any], *, key: str | None = None, if_match: int | None = None, **fields: Any
    ) -> Json:
        """Carry out one operation on the diary's day."""
        return self.client.do(operation, dated=self._diary.day, key=key, if_match=if_match, **fields)

    def rows(self, operation: Operation[Any, Any], **filters: Any) -> Iterator[Json]:
        """Every row of a list."""
        return self.client.rows(operation, **filters)


@dataclass(frozen=True)
class Staff:
    """The people of the company by their jobs."""

    salesperson: Person
    keeper: Person
    planner: Person
    purchaser: Person
    coordinator: Person
    bookkeeper: Person
    controller: Person
    operator: Person


def open_company(enter: Entrance, code: str, name: str) -> Client:
    """Register the company and return its administrator; raises CompanyInUse where the code is taken.

    They take the role `system` there too, so that the company can be looked at and audited by the same login.
    """
    try:
        enter(None).do(identity.register_company, code=code, name=name, currency=CURRENCY, time_zone="Europe/London")
    except Refused as no:
        if no.code != "exists":
            raise
        raise CompanyInUse(f"company {code} is there already; name another by --company") from no
    admin = enter(code)
    login = admin.do(identity.who_am_i)["login"]
    (person,) = admin.rows(identity.list_people, login=login)
    admin.do(identity.grant_role, id=person["id"], role="system")
    return admin


def employ(admin: Client, code: str, diary: Diary) -> Staff:
    """Give every job an account with a key of its own in the company that `admin` administers."""
    return Staff(
        **{job: Clerk(_account(admin, f"{job}.{code.lower()}", scopes), diary) for job, scopes in JOBS.items()}
    )


def _account(admin: Client, login: str, scopes: tuple[str, ...]) -> Client:
    """A machine of role `system`, its key narrowed to the job's scopes."""
    admin.do(
        identity.register_person,
        login=login,
        name=f"Replay: {login}",
        kind="machine",
        locale="en",
        roles=["system"],
        rate_limit="off",
    )
    return admin.with_token(_secret(admin, login, sorted({*scopes, _DATED})))


def _secret(admin: Client, owner: str, scopes: list[str]) -> str:
    """A new key's secret. It is told once: where that answer was lost on the way, there is another key."""
    while True:
        key = admin.do(identity.create_api_key, name="replay", owner=owner, days=2, scopes=scopes)
        if secret := key.get("secret"):
            return str(secret)
