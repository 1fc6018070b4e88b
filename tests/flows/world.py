"""What a flow test needs of a runtime, so that one suite runs on both."""

from datetime import date
from typing import Any, Protocol, TypeVar

from shared.contracts.operations import Operation
from shared.runtime.port import Problem

C = TypeVar("C")
R = TypeVar("R")


class World(Protocol):
    """A company that lives on some runtime."""

    on: date
    actor: str

    def do(self, operation: Operation[C, R], **fields: Any) -> R:
        """Call an operation that must succeed, and let everything it sets off come to rest."""
        ...

    def only(self, operation: Operation[C, R], **fields: Any) -> R:
        """Call an operation that must succeed, and wait for nothing."""
        ...

    def refused(self, operation: Operation[C, R], **fields: Any) -> Problem:
        """Call an operation that must be refused; why it was."""
        ...

    def settle(self) -> None:
        """Let what is under way come to rest."""
        ...

    def troubles(self) -> list[str]:
        """What is parked or dead, with its reason."""
        ...
