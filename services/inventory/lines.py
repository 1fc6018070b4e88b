"""A document's lines in a command: matched with what they name, and every fault said with its pointer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from shared.kernel.errors import DomainError, Fault, InvalidInput

Given = TypeVar("Given")
Key = TypeVar("Key")
Row = TypeVar("Row")


def matched(
    given: Sequence[Given], rows: Mapping[Key, Row], key: Callable[[Given], Key], field: str
) -> list[tuple[str, Given, Row]]:
    """Each given line with its pointer and the row it names by `field`.

    Raises InvalidInput with every fault: `unknown_line`, or `duplicate_line` where a row is named twice.
    """
    faults: list[Fault] = []
    seen: set[Key] = set()
    for at, line in enumerate(given):
        pointer, named = f"/lines/{at}/{field}", key(line)
        if named not in rows:
            faults.append(Fault(pointer, "unknown_line", f"this document has no line {named}"))
        elif named in seen:
            faults.append(Fault(pointer, "duplicate_line", f"line {named} is named twice"))
        seen.add(named)
    refuse(faults)
    return [(f"/lines/{at}", line, rows[key(line)]) for at, line in enumerate(given)]


def refuse(faults: Sequence[Fault]) -> None:
    """Raise InvalidInput with these faults, if there are any; its code is the first one's."""
    if faults:
        raise InvalidInput(faults[0].message, code=faults[0].code, faults=faults)


@contextmanager
def pointed(pointer: str) -> Iterator[None]:
    """Let a refusal by a rule, which knows no documents, say at which line it is."""
    try:
        yield
    except DomainError as error:
        error.faults = tuple(
            Fault(pointer + fault.pointer, fault.code, fault.message)
            for fault in error.faults or [Fault("", error.code, error.detail)]
        )
        raise
