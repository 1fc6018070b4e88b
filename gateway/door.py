"""The way of every request through the gateway: who, may they, what, ask the service, answer."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, g, request

from gateway import batches, requests
from gateway.addresses import counted_as
from gateway.answers import answer
from gateway.authentication import Authentication, Membership, Principal
from gateway.identity.attempts import LoginGuard
from gateway.limits import RateLimits
from gateway.refusals import Refused, refuse
from gateway.settings import GatewaySettings
from gateway.waiting import Patience
from shared.contracts import identity
from shared.contracts.message import Json
from shared.contracts.operations import PUBLIC, Operation
from shared.kernel.clocks import Clock, business_today
from shared.runtime.context import Context
from shared.runtime.port import Call, Port, Reply

NOBODY = Membership(company="", currency="", time_zone="UTC", scopes=frozenset({PUBLIC}))
BUSINESS_DATE_SCOPE = "business-date:set"


class Door:
    """Makes the view of each operation; all of them go the same way."""

    def __init__(
        self,
        port: Port,
        authentication: Authentication,
        guard: LoginGuard,
        clock: Clock,
        settings: GatewaySettings,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._port, self._authentication, self._guard = port, authentication, guard
        self._clock, self._settings, self._sleep = clock, settings, sleep
        self._limits = RateLimits()

    def view(self, operation: Operation[Any, Any]) -> Callable[..., Response]:
        """The Flask view of `operation`."""

        def carry_out(**path: str) -> Response:
            g.operation = f"{operation.service}.{operation.name}"
            principal, membership = self._admit(operation)
            key = requests.idempotency_key(request, operation)
            version = requests.if_match(request, operation)
            day = self._day(membership)
            payload = requests.payload_of(request, operation, path, self._settings.largest_body)
            context = self._context(principal, membership, day)
            call = Call(operation=operation.name, payload=payload, context=context, key=key, if_match=version)
            reply = self._ask(operation, call, self._patience())
            if reply.problem:
                raise Refused(reply.problem)
            return answer(operation, reply, membership.scopes)

        return carry_out

    def batch_view(self, operation: Operation[Any, Any]) -> Callable[[], Response]:
        """The Flask view of many of `operation` at once."""

        def carry_out() -> Response:
            g.operation = f"{operation.service}.{operation.name}.batch"
            principal, membership = self._admit(operation)
            key = batches.batch_key(request)
            context = self._context(principal, membership, self._day(membership))
            rows = batches.rows_of(request, self._settings.largest_body)
            patience = self._patience()

            def ask(index: int, row: Json) -> Reply:
                payload = requests.checked(operation, row)
                call = Call(operation=operation.name, payload=payload, context=context, key=f"{key}:{index}")
                return self._ask(operation, call, patience)

            return batches.batch_answer(operation, list(batches.replies(rows, ask)), membership.scopes)

        return carry_out

    def _admit(self, operation: Operation[Any, Any]) -> tuple[Principal | None, Membership]:
        """Who asks and where; raises Refused where they are unknown, too fast, or may not."""
        if operation.scope == PUBLIC:
            self._count_address()
            return None, NOBODY
        principal = self._principal()
        g.principal, g.locale = principal.login, principal.locale
        self._count(f"principal:{principal.login}", principal.rate_limit or self._settings.limit)
        membership = principal.member_of(request.headers.get("Huotong-Company"))
        if operation.scope not in membership.scopes:
            raise refuse(403, "scope_missing", f"this needs the scope {operation.scope} in {membership.company}")
        return principal, membership

    def _principal(self) -> Principal:
        """Whoever is not known is counted by address, so that tokens are not guessed at leisure."""
        try:
            return self._authentication.principal(request.headers.get("Authorization"))
        except Refused:
            self._count_address()
            raise

    def _count_address(self) -> None:
        self._count(f"address:{counted_as(request.remote_addr)}", self._settings.limit_by_address)

    def _count(self, who: str, limit: str) -> None:
        g.standing = self._limits.count(who, limit)

    def _day(self, membership: Membership) -> date:
        """The business date: today in the company's time zone, or another for who may name one."""
        today = business_today(self._clock.now(), membership.time_zone)
        named = requests.named_day(request) or today
        if named != today and BUSINESS_DATE_SCOPE not in membership.scopes:
            detail = f"another business date than today, {today}, needs the scope {BUSINESS_DATE_SCOPE}"
            raise refuse(403, "scope_missing", detail)
        return named

    def _context(self, principal: Principal | None, membership: Membership, day: date) -> Context:
        return Context(
            company=membership.company,
            currency=membership.currency,
            time_zone=membership.time_zone,
            business_date=day,
            actor=principal.login if principal else "anonymous",
            request_id=g.request_id,
            correlation=g.request_id,
            traceparent=g.traceparent,
            scopes=membership.scopes,
        )

    def _patience(self) -> Patience:
        return Patience(self._clock, self._settings.young, self._sleep)

    def _ask(self, operation: Operation[Any, Any], call: Call, patience: Patience) -> Reply:
        def judge() -> Reply:
            return self._port.call(operation.service, call)

        if login := _proved(operation, call.payload, call.context.actor):
            return self._guard.attempt(login, counted_as(request.remote_addr), judge)
        return patience.ask(judge)


def _proved(operation: Operation[Any, Any], payload: Json, actor: str) -> str | None:
    """The login whose password this operation proves, so that guessing it is slowed down."""
    if operation is identity.log_in:
        return str(payload["login"])
    return actor if operation is identity.change_password else None
