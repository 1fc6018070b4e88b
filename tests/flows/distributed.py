"""A company under test on the distributed runtime: every service a process of its own, calls over HTTP."""

import secrets
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar

from services.commands.audit import subscribers
from services.commands.client import Client, Json, Login, Refused, steadfast
from services.commands.installation import DOMAINS
from services.commands.living.rest import Rest
from services.commands.patience import Patience
from shared.contracts import identity
from shared.contracts.message import load
from shared.contracts.operations import Operation, Page
from shared.runtime.port import Problem
from tests.company import TODAY, _json
from tests.flows.gateways import Gateway

C = TypeVar("C")
R = TypeVar("R")
PASSWORD = "correct horse battery"


class DistributedCompany:
    """A fresh company at a running gateway, with the same people a company on the embedded runtime has."""

    def __init__(self, gateway: Gateway, people: dict[str, Client]) -> None:
        self.on, self.actor, self._people = TODAY, "tester", people
        self._gateway = gateway
        flows = {service.name: service.contract.operations["get_flow"] for service in DOMAINS}
        self._rest = Rest(people["tester"], flows, subscribers(DOMAINS))

    @property
    def client(self) -> Client:
        """Who acts now."""
        return self._people[self.actor]

    def do(self, operation: Operation[C, R], **fields: Any) -> R:
        """Call an operation that must succeed, and let everything it sets off come to rest."""
        answer = self.only(operation, **fields)
        self.settle()
        return answer

    def only(self, operation: Operation[C, R], *, if_match: int | None = None, **fields: Any) -> R:
        """Call an operation that must succeed, and wait for nothing."""
        body = self.client.do(operation, dated=self.on, if_match=if_match, **_json(fields))
        if operation.listing:
            rows = [load(operation.listing.item, row) for row in body["data"]]
            page: Any = Page(data=rows, has_more=body["has_more"], next_cursor=body["next_cursor"])
            return page  # type: ignore[no-any-return]
        return load(operation.response, body)

    def refused(self, operation: Operation[C, R], **fields: Any) -> Problem:
        """Call an operation that must be refused; why it was."""
        try:
            self.only(operation, **fields)
        except Refused as refusal:
            return _problem(refusal.problem)
        raise AssertionError(f"{operation.name} was accepted")

    def settle(self) -> None:
        """Let what is under way come to rest."""
        self._rest.wait()

    def troubles(self) -> list[str]:
        """What is parked or dead, with its reason."""
        lists = (service.contract.operations for service in DOMAINS)
        stuck = chain.from_iterable(
            chain(
                self._people["tester"].rows(operations["list_parked"]),
                self._people["tester"].rows(operations["list_dead_letters"]),
            )
            for operations in lists
        )
        return [f"{row['type']}: {row.get('error') or row.get('awaits')}" for row in stuck]


def founded(gateway: Gateway, patience: Callable[[], Patience] = steadfast) -> DistributedCompany:
    """A new company whose people may do everything, so that a test can act as any two of them."""
    code = f"T{secrets.token_hex(4).upper()}"
    admin = gateway.enter(None)
    admin.do(identity.register_company, code=code, name=f"Test {code}", currency="CNY", time_zone="Asia/Shanghai")
    there = gateway.enter(code)
    people = {}
    for actor in ("tester", "buyer", "chief"):
        login = f"{actor}.{code.lower()}"
        there.do(
            identity.register_person, login=login, name=actor, password=PASSWORD, roles=["system"], rate_limit="off"
        )
        people[actor] = Client.log_in(gateway.url, Login(login, PASSWORD, code), patience=patience)
    return DistributedCompany(gateway, people)


def _problem(body: Json) -> Problem:
    errors = body.get("errors", [])
    return Problem(code=body["code"], status=body["status"], detail=body.get("detail", ""), errors=errors)
