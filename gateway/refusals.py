"""Refusing a request: raised anywhere in the gateway, answered as problem+json in one place (`problems.py`)."""

from collections.abc import Mapping

from shared.runtime.port import Problem


class Refused(Exception):
    """A request goes no further; `headers` go with the answer."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem, self.headers = problem, dict(headers or {})


def refuse(status: int, code: str, detail: str, **headers: str) -> Refused:
    """A refusal with no pointers; `Retry_After="1"` becomes a header."""
    return Refused(
        Problem(code=code, status=status, detail=detail),
        {name.replace("_", "-"): value for name, value in headers.items()},
    )


def refuse_at(status: int, code: str, pointer: str, message: str) -> Refused:
    """A refusal that points at one fault."""
    fault = {"pointer": pointer, "code": code, "message": message}
    return Refused(Problem(code=code, status=status, detail=message, errors=[fault]))
