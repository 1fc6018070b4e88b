"""Binding: which function handles which operation, and which functions listen to which event."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import MetaData

from shared.contracts.operations import Contract, Event, Operation
from shared.runtime.foresight import Foreseen
from shared.runtime.system import SYSTEM_HANDLERS
from shared.runtime.work import CommandHandler, EventHandler, UnitOfWork
from shared.storage.rows import Row as Base

C = TypeVar("C")
R = TypeVar("R")
E = TypeVar("E")


def handles(
    operation: Operation[C, R], *, together: Callable[[UnitOfWork, Sequence[C]], None] | None = None
) -> Callable[[Callable[[UnitOfWork, C], R]], Callable[[UnitOfWork, C], R]]:
    """Bind a function to the operation it carries out.

    Calls of a command with `together` that wait at the same time share a transaction; it then reads at once what
    commands of one company look up. Such a command looks up and decides first, and makes and changes rows after that.
    """

    def bind(function: Callable[[UnitOfWork, C], R]) -> Callable[[UnitOfWork, C], R]:
        _BOUND.append((function, operation, together))
        return function

    return bind


def on(
    event: Event[E], *foreseen: Foreseen
) -> Callable[[Callable[[UnitOfWork, E], None]], Callable[[UnitOfWork, E], None]]:
    """Let a function listen to an event; several of one service run in one transaction, in the index's order.

    What it can be foreseen to lock and read is read for a batch of events at once.
    """

    def bind(function: Callable[[UnitOfWork, E], None]) -> Callable[[UnitOfWork, E], None]:
        _LISTENING.append((function, event, foreseen))
        return function

    return bind


ReadAhead = Callable[[UnitOfWork, Sequence[Any]], None]
"""Looks up what several commands of one company look up."""
_BOUND: list[tuple[CommandHandler, Operation[Any, Any], ReadAhead | None]] = []
_LISTENING: list[tuple[EventHandler, Event[Any], tuple[Foreseen, ...]]] = []


@dataclass(frozen=True)
class Subscription:
    """An event a service listens to, and what it does with it."""

    event: Event[Any]
    handlers: tuple[EventHandler, ...]
    foreseen: tuple[Foreseen, ...] = ()

    def queue(self, service: str) -> str:
        """The explicit, stable queue name: `inventory.on.sales.order_placed`."""
        suffix = "" if self.event.version == 1 else f".v{self.event.version}"
        return f"{service}.on.{self.event.service}.{self.event.name}{suffix}"


@dataclass(frozen=True)
class Service:
    """One service: its contract, its tables and the handlers of its capabilities."""

    contract: Contract
    metadata: MetaData
    home: str
    operations: dict[str, tuple[Operation[Any, Any], CommandHandler]] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    together: dict[str, ReadAhead] = field(default_factory=dict)
    """What reads ahead for each command whose calls may share a transaction."""

    @property
    def name(self) -> str:
        """The service's name, as in paths, exchanges and queues."""
        return self.contract.service

    @classmethod
    def of(cls, contract: Contract, base: type[Base], capabilities: Iterable[ModuleType]) -> "Service":
        """The service made of these capability modules, over the tables of `base` and with migrations beside it.

        Raises LookupError where an operation has no handler, or one whose calls go together no key.
        """
        from_modules = {module.__name__ for module in capabilities}
        service = cls(contract, base.metadata, base.__module__)
        for function, operation, together in _BOUND:
            if function.__module__ in from_modules:
                service._bind(operation, function)
                if together:
                    service._gather(operation, together)
        for listener, event, foreseen in _LISTENING:
            if listener.__module__ in from_modules:
                service._listen(event, listener, foreseen)
        for name, handler in SYSTEM_HANDLERS.items():
            service._bind(contract.operations[name], handler)
        missing = contract.operations.keys() - service.operations.keys()
        if missing:
            raise LookupError(f"{contract.service} has no handler for {', '.join(sorted(missing))}")
        return service

    def _bind(self, operation: Operation[Any, Any], function: CommandHandler) -> None:
        if operation.name in self.operations or operation.service != self.name:
            raise LookupError(f"{operation.service}.{operation.name} cannot be bound (again) in {self.name}")
        self.operations[operation.name] = (operation, function)

    def _gather(self, operation: Operation[Any, Any], read_ahead: ReadAhead) -> None:
        """Only with a key is it safe to begin again what another call of a group made fail."""
        if operation.key != "required":
            raise LookupError(f"{operation.service}.{operation.name} has to require a key for its calls to go together")
        self.together[operation.name] = read_ahead

    def _listen(self, event: Event[Any], listener: EventHandler, foreseen: tuple[Foreseen, ...]) -> None:
        known = self.subscriptions.get(event.type, Subscription(event, ()))
        self.subscriptions[event.type] = Subscription(event, (*known.handlers, listener), (*known.foreseen, *foreseen))
