"""The port both runtimes implement: a call to a service and its reply."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.runtime.context import Context

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Call:
    """A command or query on its way to a service, already allowed by the gateway."""

    operation: str
    payload: Json
    context: Context
    key: str | None = None
    if_match: int | None = None

    def to_json(self) -> Json:
        """For the wire."""
        return {
            "operation": self.operation,
            "payload": self.payload,
            "context": self.context.to_json(),
            "key": self.key,
            "if_match": self.if_match,
        }

    @classmethod
    def from_json(cls, data: Json) -> "Call":
        """From the wire."""
        return cls(**{**data, "context": Context.from_json(data["context"])})


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a call had no effect. `awaits` names the thing not heard of yet, where that is the reason."""

    code: str
    status: int
    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    awaits: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came of a call: a body, or a problem; `replayed` when the answer is that of an earlier same call."""

    body: Json | None = None
    problem: Problem | None = None
    replayed: bool = False

    def to_json(self) -> Json:
        """For the wire."""
        return {
            "body": self.body,
            "problem": vars(self.problem) if self.problem else None,
            "replayed": self.replayed,
        }

    @classmethod
    def from_json(cls, data: Json) -> "Reply":
        """From the wire."""
        problem = data["problem"]
        return cls(body=data["body"], problem=Problem(**problem) if problem else None, replayed=data["replayed"])


class Port(Protocol):
    """What the gateway needs of a runtime."""

    def call(self, service: str, call: Call) -> Reply:
        """Carry out `call` at `service`; a fault of the transport is a Problem with status 503 or 504."""
        ...

    def readiness(self) -> dict[str, str]:
        """Per part: `ready`, or what is missing."""
        ...
