"""A company on SQLite files that dies and is started again, and people who ask once more when no answer comes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gateway.identity.roles import SCOPES
from services.commands.client import Refused
from services.commands.installation import DOMAINS
from services.commands.simulating.courier import Courier
from services.commands.simulating.faults import Faults
from services.commands.simulating.ids import CausedIds, born_of
from services.commands.simulating.moves import Json, Made
from services.commands.simulating.names import resolved
from services.commands.simulating.runtime import SimulatedRuntime
from services.commands.simulating.storage import Doing, FaultyDatabase, Killed
from shared.contracts.fields import decimal_text
from shared.contracts.operations import Operation
from shared.kernel.clocks import SetClock
from shared.runtime.context import Context
from shared.runtime.port import Call, Reply

CODE, CURRENCY = "sim", "CNY"
_OPENS = time(1, 0, tzinfo=UTC)
_CALL = timedelta(milliseconds=7)
_JUMPS = (timedelta(seconds=1), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=26))
_PAGE = 1000


class Broken(Exception):
    """Something that may never be: an error inside, or another answer to the same request."""


class Company:
    """One company, its files in a folder of its own."""

    def __init__(self, folder: Path, seed: int, first_day: date, faults: Faults) -> None:
        self.seed, self.first_day, self.faults = seed, first_day, faults
        self.today = first_day
        self.clock = SetClock(datetime.combine(first_day, _OPENS))
        self.courier, self.deaths = Courier(faults), 0
        self._folder, self._ids, self._doing = folder, CausedIds(seed), Doing()
        self.runtime = self._start()

    # Time

    def begin_day(self, day: int) -> None:
        """The next morning: what was late comes, and the clock is set right."""
        self.today = self.first_day + timedelta(days=day)
        self.clock.advance(datetime.combine(self.today, _OPENS) - self.clock.now())
        self.runtime.bring(self.courier.begin_day())

    def let_clock_jump(self, at: str) -> None:
        """The wall clock may jump now, forwards or back; the day people write on their documents does not."""
        if draw := self.faults.strikes("clock jumped", at):
            self.clock.advance(draw.choice(_JUMPS) * draw.choice((1, -1)))

    # What people do and see

    def make(self, made: Made) -> str:
        """Make a move, once more with the same key as long as no answer comes; `ok` or the code of the refusal."""
        move = made.move
        fields = resolved(move.fields, self)
        call = self._call(move.operation, fields, actor=move.who, key=made.key, if_match=move.if_match, made=made)
        reply = self._persist(move.operation.service, call)
        if reply.problem is None:
            return "ok"
        if reply.problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Broken(f"{move.what}: {reply.problem.code}: {reply.problem.detail}")
        return _code(reply)

    def do(self, operation: Operation[Any, Any], **fields: Any) -> Json:
        """The answer of a query; raises Refused. It is how the proof reads the company."""
        return self._look(operation, fields)

    def rows(self, operation: Operation[Any, Any], /, **filters: Any) -> list[Json]:
        """All rows of a list, in the order of their ids."""
        page = self._look(operation, {**filters, "limit": _PAGE})
        if page["has_more"]:
            raise Broken(f"{operation.name} has more than {_PAGE} rows")
        return sorted(page["data"], key=lambda row: str(row["id"]))

    def _look(self, operation: Operation[Any, Any], fields: Mapping[str, Any]) -> Json:
        given = {name: str(value) for name, value in fields.items() if value is not None}
        reply = self.runtime.call(operation.service, self._call(operation, given))
        if reply.problem:
            raise Refused(operation.name, vars(reply.problem))
        assert reply.body is not None  # noqa: S101 - a reply without a problem has a body
        return reply.body

    def settle(self) -> None:
        """Until nothing moves, but what is a day late."""
        while not self._outlive(self.runtime.settle):
            pass

    def deliver(self, most: int | None = None) -> None:
        """Let some deliveries happen, or all that are due."""
        self._outlive(lambda: self.runtime.deliver(most))

    # Dying

    def _outlive(self, work: Any) -> bool:
        """Whether it went through; where a process died of it, it runs again."""
        try:
            work()
        except Killed as death:
            self._revive(death)
            return False
        return True

    def _persist(self, service: str, call: Call) -> Reply:
        """Ask until there is an answer. An answer that was lost must come again just as it was."""
        lost: Reply | None = None
        while True:
            reply = self._attempt(service, call)
            if reply is None or (reply.problem and reply.problem.status == HTTPStatus.SERVICE_UNAVAILABLE):
                continue
            if lost is None and self.faults.strikes("answer lost", f"{call.operation} {call.key}"):
                lost = reply
                continue
            if lost and lost.body is not None and (reply.body != lost.body or not reply.replayed):
                raise Broken(f"{call.operation} {call.key}: another answer to the same request: {reply} after {lost}")
            return reply

    def _attempt(self, service: str, call: Call) -> Reply | None:
        """One try; none where the process died over it."""
        self.clock.advance(_CALL)
        self._doing.what = f"{call.operation} {call.key}"
        at = self.faults.time("answering", self._doing.what)
        try:
            reply = self.runtime.call(service, call)
            if self.faults.strikes("process killed before acknowledging", at):
                raise Killed(None)
            if self.faults.strikes("service killed before acknowledging", at):
                raise Killed(service)
        except Killed as death:
            self._revive(death)
            return None
        return reply

    def _revive(self, death: Killed) -> None:
        """Start again what died, from its files."""
        self.deaths += 1
        self._doing.what = f"after death {self.deaths}"
        if death.service is None:
            self.close()
            self.runtime = self._start()
            return
        (service,) = (each for each in DOMAINS if each.name == death.service)
        self._databases[service.name].engine.dispose()
        self._databases[service.name] = self._open(service.name)
        self.runtime.restart(service, self._databases[service.name])

    def _start(self) -> SimulatedRuntime:
        self._databases = {service.name: self._open(service.name) for service in DOMAINS}
        return SimulatedRuntime(
            DOMAINS, self._databases, self.clock, self._ids, courier=self.courier, faults=self.faults, doing=self._doing
        )

    def _open(self, name: str) -> FaultyDatabase:
        return FaultyDatabase(name, self._folder, self.faults, self._doing, self._ids)

    @property
    def databases(self) -> Mapping[str, FaultyDatabase]:
        """Each service's database."""
        return self._databases

    def close(self) -> None:
        """Leave the files alone."""
        for database in self._databases.values():
            database.engine.dispose()

    def _call(
        self,
        operation: Operation[Any, Any],
        fields: Mapping[str, Any],
        *,
        actor: str = "reader",
        key: str | None = None,
        if_match: int | None = None,
        made: Made | None = None,
    ) -> Call:
        context = Context(
            company=CODE,
            currency=CURRENCY,
            business_date=self.today,
            actor=actor,
            request_id=self._request(made),
            correlation=key or "reading",
            scopes=SCOPES,
        )
        return Call(operation=operation.name, payload=_plain(dict(fields)), context=context, key=key, if_match=if_match)

    def _request(self, made: Made | None) -> str:
        """The id of a request; those made later on the calendar are greater, whatever the wall clock says."""
        if made is None:
            return "reading"
        at = datetime.combine(self.first_day + timedelta(days=made.day), _OPENS)
        at += timedelta(minutes=10 * made.round, seconds=made.nth)
        return born_of(self.seed, f"{made.day}.{made.round}.{made.nth}", int(at.timestamp() * 1000))


def _code(reply: Reply) -> str:
    """The code of a problem; of an invalid input, those of its fields."""
    assert reply.problem is not None  # noqa: S101 - only asked of refusals
    within = sorted({error["code"] for error in reply.problem.errors})
    return "+".join(within) if within else reply.problem.code


def _plain(value: Any) -> Any:
    """A value as a client would write it."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value
