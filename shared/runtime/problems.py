"""From errors to problems: the one place where what went wrong gets its code, status and pointers."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError

from shared.kernel.errors import DomainError, NotYet
from shared.runtime.port import Problem

_CODES = {"Missing data for required field.": "missing", "Unknown field.": "unknown_field"}


def problem_of(error: Exception) -> Problem | None:
    """The problem an expected error stands for; None for one nobody expected."""
    if isinstance(error, DomainError):
        faults = [vars(fault) for fault in error.faults]
        return Problem(code=error.code, status=error.status, detail=error.detail, errors=faults)
    if isinstance(error, ValidationError):
        return invalid(error)
    if isinstance(error, NotYet):
        detail = f"{error.subject} is not known here"
        return Problem(code="unknown_reference", status=422, detail=detail, awaits=error.subject)
    if isinstance(error, IntegrityError):
        return Problem(code="conflict", status=409, detail="this contradicts what is stored already")
    return None


def invalid(error: ValidationError) -> Problem:
    """Every fault of an input with its JSON pointer."""
    errors = [
        {"pointer": pointer, "code": _CODES.get(message, "invalid"), "message": message}
        for pointer, message in _faults(error.messages_dict, "")
    ]
    return Problem(code="invalid_input", status=422, detail="the input does not fit its contract", errors=errors)


def _faults(messages: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            here = pointer if name == "_schema" else f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
            yield from _faults(inner, here)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _faults(inner, pointer)
    else:
        yield pointer, str(messages)
