"""Process managers: a long-running business process as a table of steps with stored state, deadlines and compensation.

    FULFILMENT = Process(
        "order_fulfilment",
        Step("stock", undo=release_stock),
        Step("credit", undo=release_credit),
        Step("confirm", after=("stock", "credit"), do=confirm),
        Step("payment", after=("confirm",), within_days=30),
    )

A step without `do` waits for an answer from outside (`done`); one with it runs as soon as all steps before it are done.
The caller holds a lock on the aggregate the process belongs to, so that two answers never meet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, cast

from shared.kernel.errors import NotYet
from shared.runtime.work import UnitOfWork
from shared.storage.backbone import ProcessRow
from shared.storage.matching import matching
from shared.storage.rows import rows_of
from shared.storage.session import Session

Action = Callable[[UnitOfWork, str], None]
StepState = Literal["waiting", "done", "undone"]
Status = Literal["running", "completed", "abandoned"]


@dataclass(frozen=True)
class Step:
    """One step: what must be done before it, what it does, what takes it back, and how long it may take."""

    name: str
    after: tuple[str, ...] = ()
    do: Action | None = None
    undo: Action | None = None
    within_days: int | None = None


@dataclass(frozen=True)
class Standing:
    """Where one process stands."""

    key: str
    status: Status
    steps: dict[str, StepState]

    def waits_for(self, process: "Process") -> list[str]:
        """The steps whose turn it is."""
        return [step.name for step in process.steps if process.is_next(step, self.steps)]


class Process:
    """A kind of process; `key` is the id of the aggregate an instance belongs to."""

    def __init__(self, name: str, *steps: Step) -> None:
        self.name, self.steps = name, steps
        known: set[str] = set()
        for step in steps:
            if not known.issuperset(step.after):
                raise ValueError(f"{name}: {step.name} comes after a step that is not before it")
            known.add(step.name)

    def start(self, work: UnitOfWork, key: str) -> None:
        """Begin: every step waits, and those that wait for nothing are done at once."""
        steps: dict[str, StepState] = {step.name: "waiting" for step in self.steps}
        standing = ProcessRow(
            company=work.company, process=self.name, key=key, steps={**steps}, status="running",
            due_on=self._due(work, steps), changed_at=work.now,
        )  # fmt: skip
        work.session.add(standing)
        self._go_on(work, standing, steps)

    def done(self, work: UnitOfWork, key: str, *names: str) -> None:
        """Note that these steps are done, and do what can be done next; a step done before changes nothing."""
        standing = self._row(work, key)
        steps = _steps(standing)
        fresh = [name for name in names if steps[name] == "waiting"]
        if standing.status == "running" and fresh:
            steps.update(dict.fromkeys(fresh, "done"))
            self._go_on(work, standing, steps)

    def abandon(self, work: UnitOfWork, key: str) -> None:
        """Give up: what is done and can be taken back is, last first; the rest will not happen."""
        standing = self._row(work, key)
        if standing.status != "running":
            return
        steps = _steps(standing)
        for step in reversed(self.steps):
            if steps[step.name] == "done" and step.undo:
                step.undo(work, key)
                steps[step.name] = "undone"
        self._keep(work, standing, steps, "abandoned")

    def standing(self, work: UnitOfWork, key: str) -> Standing:
        """Where the process of `key` stands; raises NotYet where none was started."""
        row = self._row(work, key)
        return Standing(key, cast("Status", row.status), _steps(row))

    def read_along(self, session: Session, company: str, aggregates: Sequence[Any]) -> None:
        """Read where the instances of these aggregates stand, for `Foreseen`."""
        wanted = {"company": company, "process": self.name, "key": [each.id for each in aggregates]}
        statement, values = matching(ProcessRow.__kind__, wanted, (), lock=False)
        session.found(ProcessRow.__kind__, statement, values, wanted=wanted, fresh=True)

    def overdue(self, work: UnitOfWork, most: int = 1000) -> list[Standing]:
        """The running processes with a step that should have been done before the business date."""
        found = work.session.execute(
            rows_of(ProcessRow)
            .where(ProcessRow.company == work.company, ProcessRow.process == self.name)
            .where(ProcessRow.status == "running", ProcessRow.due_on < work.business_date)
            .order_by(ProcessRow.due_on, ProcessRow.key)
            .limit(most)
        )
        return [Standing(row.key, row.status, row.steps) for row in found]

    @staticmethod
    def is_next(step: Step, steps: dict[str, StepState]) -> bool:
        """Whether it is this step's turn."""
        return steps[step.name] == "waiting" and all(steps[name] == "done" for name in step.after)

    def _row(self, work: UnitOfWork, key: str) -> ProcessRow:
        """The row of an instance; in hand it is as it is stored, for who has it holds the lock on its aggregate."""
        row = work.session.get(ProcessRow, work.company, self.name, key)
        if row is None:
            raise NotYet(key)
        return row

    def _go_on(self, work: UnitOfWork, standing: ProcessRow, steps: dict[str, StepState]) -> None:
        """Do what can be done; a step only comes after earlier ones, so one pass finds all."""
        for step in self.steps:
            if step.do and self.is_next(step, steps):
                step.do(work, standing.key)
                steps[step.name] = "done"
        completed = all(state == "done" for state in steps.values())
        self._keep(work, standing, steps, "completed" if completed else "running")

    def _keep(self, work: UnitOfWork, standing: ProcessRow, steps: dict[str, StepState], status: Status) -> None:
        standing.steps, standing.status, standing.changed_at = {**steps}, status, work.now
        standing.due_on = self._due(work, steps) if status == "running" else None

    def _due(self, work: UnitOfWork, steps: dict[str, StepState]) -> Any:
        limits = [step.within_days for step in self.steps if step.within_days and self.is_next(step, steps)]
        return work.business_date + timedelta(days=min(limits)) if limits else None


def _steps(row: ProcessRow) -> dict[str, StepState]:
    return cast("dict[str, StepState]", dict(row.steps))
