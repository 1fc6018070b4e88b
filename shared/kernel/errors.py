"""Errors in the domain's words. Each has a stable code; the gateway turns it into problem+json in one place."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where (JSON pointer), which stable code, and a sentence for a person."""

    pointer: str
    code: str
    message: str


class DomainError(Exception):
    """Something the caller asked for cannot be done; nothing was written.

    Subclasses or instances give `code` (stable, snake_case) and `status` (the HTTP status it maps to).
    """

    code = "refused"
    status = 409

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        status: int | None = None,
        faults: Iterable[Fault] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.status = status or self.status
        self.faults = tuple(faults)


class InvalidInput(DomainError):
    """The input breaks a rule of its contract or of the domain (422), with a pointer per fault."""

    code = "invalid_input"
    status = 422

    @classmethod
    def at(cls, pointer: str, code: str, message: str) -> "InvalidInput":
        """An error with one fault at `pointer`, whose code is also the error's own."""
        return cls(message, code=code, faults=[Fault(pointer, code, message)])


class TooLarge(DomainError):
    """A number grows beyond what is written and read of its kind (422)."""

    code = "too_large"
    status = 422


class NotFound(DomainError):
    """The thing named does not exist in this company (404)."""

    code = "not_found"
    status = 404


class Conflict(DomainError):
    """The thing is in a state that does not allow this (409)."""

    code = "conflict"
    status = 409


class StaleVersion(DomainError):
    """If-Match names a version that is no longer the current one (412)."""

    code = "stale_version"
    status = 412


class Forbidden(DomainError):
    """The principal may not do this (403)."""

    code = "forbidden"
    status = 403


class NotYet(Exception):
    """An event or command needs a fact that has not arrived yet; it is parked until `subject` is known.

    `subject` is the aggregate id (or any other stable name) whose arrival wakes what is parked.
    """

    def __init__(self, subject: str) -> None:
        super().__init__(f"waiting for {subject}")
        self.subject = subject
