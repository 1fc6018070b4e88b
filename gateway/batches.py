"""Many of one thing at once: `<path>:batch` beside every operation that makes one thing of a collection.

Each row is a command of its own, with its own transaction and answer; of the batch itself nothing is kept. Row n has
the Idempotency-Key `<key>:<n>`, so the same batch again repeats nothing and finishes what was cut off.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from flask import Request, Response

from gateway import requests
from gateway.answers import json_response, mark_replayed, masked
from gateway.problems import problem_document
from gateway.refusals import Refused, refuse
from shared.contracts.fields import Length
from shared.contracts.message import Json, load, message
from shared.contracts.operations import Operation
from shared.runtime.port import Problem, Reply

SUFFIX = ":batch"
MOST_ROWS = 500
LONGEST_KEY = requests.LONGEST_KEY - len(f":{MOST_ROWS - 1}")
_NOT_TRIED = Reply(
    problem=Problem(code="not_tried", status=503, detail="the service was lost before this row; send the batch again")
)


@message
class Batch:
    """Rows, each of them what the operation alone would be asked."""

    rows: Annotated[list[Json], Length(1, MOST_ROWS)]


def is_batched(operation: Operation[Any, Any]) -> bool:
    """Whether many can be made at once: it makes one thing of a collection, and by its key never makes it twice."""
    makes = operation.method == "POST" and operation.status == 201 and not operation.path_parameters
    return makes and operation.key != "none"


def batch_key(request: Request) -> str:
    """The key that those of the rows are made of; raises Refused where it is absent or leaves them no room."""
    key = requests.given_key(request)
    if key is None:
        raise refuse(400, "key_required", "a batch may be cut off: send an Idempotency-Key, to finish it by the same")
    if len(key) > LONGEST_KEY:
        raise refuse(400, "invalid_header", f"the Idempotency-Key of a batch has at most {LONGEST_KEY} characters")
    return key


def rows_of(request: Request, largest_body: int) -> list[Json]:
    """The rows of the body, each still to be checked; raises Refused or ValidationError."""
    requests.refuse_query(request)
    return load(Batch, requests.body_of(request, largest_body)).rows


def replies(rows: Sequence[Json], ask: Callable[[int, Json], Reply]) -> Iterator[Reply]:
    """What came of each row; once the service is lost the rest is not tried, so that no one waits for every row."""
    lost = False
    for index, row in enumerate(rows):
        reply = _NOT_TRIED if lost else _reply(ask, index, row)
        lost = reply.problem is not None and reply.problem.status in (503, 504)
        yield reply


def _reply(ask: Callable[[int, Json], Reply], index: int, row: Json) -> Reply:
    try:
        return ask(index, row)
    except Refused as refused:
        return Reply(problem=refused.problem)


def batch_answer(operation: Operation[Any, Any], given: Sequence[Reply], scopes: frozenset[str]) -> Response:
    """Every row's own status with its body or problem, in their order; replayed when every success among them is."""
    succeeded = [reply for reply in given if reply.problem is None]
    results = [{"index": index, **_result(operation, index, reply, scopes)} for index, reply in enumerate(given)]
    body = {"results": results, "succeeded": len(succeeded), "failed": len(given) - len(succeeded)}
    return mark_replayed(json_response(body), bool(succeeded) and all(reply.replayed for reply in succeeded))


def _result(operation: Operation[Any, Any], index: int, reply: Reply, scopes: frozenset[str]) -> Json:
    if reply.problem:
        problem = _below(reply.problem, f"/rows/{index}")
        return {"status": problem.status, "problem": problem_document(problem)}
    result = {"status": operation.status, "body": masked(operation, reply.body or {}, scopes)}
    return {**result, "replayed": True} if reply.replayed else result


def _below(problem: Problem, row: str) -> Problem:
    errors = [{**fault, "pointer": f"{row}{fault['pointer']}"} for fault in problem.errors]
    return replace(problem, errors=errors)
