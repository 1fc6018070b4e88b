"""A company whose people write down what they would do, and are answered what a test has prepared."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from services.commands.client import Json, Refused
from services.commands.living.known import PlacedOrder
from services.commands.living.office import Office
from services.commands.living.people import JOBS, Diary, Staff
from services.commands.living.rest import Rest
from services.commands.trade.buckets import Rule, Verdict
from services.commands.trade.moves import OrderRef, Party, Portion
from shared.contracts.operations import Operation

DAY = date(2024, 3, 6)
AT = datetime(2024, 3, 6, 10, 0)  # noqa: DTZ001 - the layout has local time, no zone
PARTY = Party("17850", "United Kingdom", walk_in=False)


@dataclass
class Doing:
    """One thing someone did."""

    job: str
    operation: str
    fields: Json
    key: str | None


@dataclass
class Recorder:
    """Everything done so far; `answers` by operation are given one after another, the last one again and again."""

    done: list[Doing] = field(default_factory=list)
    answers: dict[str, list[Json | Refused]] = field(default_factory=dict)
    lists: dict[str, list[Json]] = field(default_factory=dict)
    waits: int = 0

    def answer(self, operation: str, *answers: Json | Refused) -> None:
        """Prepare what an operation answers."""
        self.answers[operation] = list(answers)

    def of(self, operation: str) -> list[Json]:
        """The fields an operation was called with, call by call."""
        return [doing.fields for doing in self.done if doing.operation == operation]

    def by(self, operation: str) -> set[str]:
        """Whose job an operation was."""
        return {doing.job for doing in self.done if doing.operation == operation}


@dataclass
class Writer:
    """A person who writes down."""

    job: str
    recorder: Recorder

    def do(self, operation: Operation[Any, Any], *, key: str | None = None, **fields: Any) -> Json:
        """Note the call and give the next answer."""
        assert operation.scope in (*JOBS[self.job], "business-date:set"), f"{operation.name} is not {self.job}'s job"
        self.recorder.done.append(Doing(self.job, operation.name, fields, key))
        answers = self.recorder.answers.get(operation.name, [{"id": f"{operation.name}-id"}])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Refused):
            raise answer
        return answer

    def rows(self, operation: Operation[Any, Any], **filters: Any) -> Iterator[Json]:
        """Note the question and give the rows."""
        assert operation.scope in JOBS[self.job], f"{operation.name} is not {self.job}'s to read"
        self.recorder.done.append(Doing(self.job, operation.name, filters, None))
        return iter(self.recorder.lists.get(operation.name, ()))


class Resting(Rest):
    """A company that is always at rest."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def wait(self) -> None:
        """Note that someone waited."""
        self._recorder.waits += 1


def refusal(operation: str, code: str) -> Refused:
    """What the gateway says no with."""
    return Refused(operation, {"status": 409, "code": code, "detail": "no"})


def open_office(recorder: Recorder) -> Office:
    """A company that knows one customer, two items, and one order of them."""
    staff = Staff(**{job: Writer(job, recorder) for job in JOBS})
    office = Office("TEST", 1, staff, Diary(DAY), Resting(recorder))
    office.known.warehouse = "main"
    office.known.customers = {PARTY.key: "customer-1"}
    office.known.codes = {"customer-1": PARTY.key}
    office.known.items = {"A": "item-a", "B": "item-b"}
    office.known.orders = {"600001": PlacedOrder("order-1", (1, 2), 2)}
    office.outcomes.begin(Verdict(row, Rule.GOODS, Decimal(10)) for row in range(1, 10))
    return office


def order(at: datetime = AT, invoice: str = "600001") -> OrderRef:
    """The order the company knows."""
    return OrderRef(invoice, 1, at)


def portion(row: int, sold_row: int, quantity: str = "2", price: str = "5", credited: str = "5") -> Portion:
    """Goods that come back."""
    return Portion(row, sold_row, "A", Decimal(quantity), Decimal(price), Decimal(credited))
