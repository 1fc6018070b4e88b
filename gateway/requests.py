"""Reading a request: headers, path, query and body, strictly, each fault with a pointer where there is one."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from flask import Request
from marshmallow import ValidationError, fields

from gateway.refusals import Refused, refuse, refuse_at
from shared.contracts.listing import list_query
from shared.contracts.message import Json, schema_class
from shared.contracts.operations import Operation
from shared.runtime.port import Problem
from shared.runtime.problems import invalid

DEEPEST = 20
"""Levels of nesting in a body; no contract has nearly as many."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}")
LONGEST_KEY = 200
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")
_ETAG = re.compile(r'"(?P<version>[0-9]{1,9})"')
_JSON_TYPES = ("application/json", "application/merge-patch+json")


def request_id(request: Request) -> str | None:
    """The client's X-Request-Id, where it sent one that is fit to be kept."""
    given = request.headers.get("X-Request-Id", "")
    return given if _REQUEST_ID.fullmatch(given) else None


def idempotency_key(request: Request, operation: Operation[Any, Any]) -> str | None:
    """The Idempotency-Key; raises Refused where it is required and absent, or malformed."""
    if operation.key == "none":
        return None
    key = given_key(request)
    if key is None and operation.key == "required":
        raise refuse(400, "key_required", "this operation moves stock or money: send an Idempotency-Key header")
    return key


def given_key(request: Request) -> str | None:
    """The Idempotency-Key, where there is one; raises Refused where it is malformed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise refuse(400, "invalid_header", f"an Idempotency-Key is 1 to {LONGEST_KEY} visible ASCII characters")
    return key


def if_match(request: Request, operation: Operation[Any, Any]) -> int | None:
    """The version the client has seen, from If-Match; `*` means any."""
    given = request.headers.get("If-Match")
    if given is None:
        if operation.if_match:
            raise refuse(428, "precondition_required", "send If-Match with the ETag of the version you have seen")
        return None
    if given.strip() == "*":
        return None
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise refuse(400, "invalid_header", 'If-Match holds one strong ETag, such as "3"')
    return int(found["version"])


def named_day(request: Request) -> date | None:
    """The business date the client names in Huotong-Business-Date."""
    given = request.headers.get("Huotong-Business-Date")
    if given is None:
        return None
    try:
        return date.fromisoformat(given) if len(given) == 10 else _no_day()
    except ValueError:
        _no_day()


def _no_day() -> NoReturn:
    raise refuse(400, "invalid_header", "Huotong-Business-Date is a day such as 2026-01-31")


def payload_of(request: Request, operation: Operation[Any, Any], path: Mapping[str, str], largest_body: int) -> Json:
    """What is asked: path, query and body together, valid by the operation's contract; raises Refused."""
    if operation.listing:
        asked = {**_query(request), **path}
        list_query(operation.listing, asked)
        return dict(asked)
    parts = {name: _typed(operation, name, text) for name, text in path.items()}
    if operation.method == "GET":
        return checked(operation, parts | _query_fields(request, operation))
    refuse_query(request)
    body = body_of(request, largest_body)
    for name in parts.keys() & body.keys():
        raise refuse_at(422, "unknown_field", f"/{name}", "stands in the path, not in the body")
    return checked(operation, body | parts)


def refuse_query(request: Request) -> None:
    """For operations without one; raises Refused."""
    for name in request.args:
        raise refuse_at(400, "unknown_parameter", f"/{name}", "this operation takes no query parameters")


def _query(request: Request) -> dict[str, str]:
    for name, values in request.args.lists():
        if len(values) > 1:
            raise refuse_at(400, "repeated_parameter", f"/{name}", "given more than once")
    return request.args.to_dict()


def _query_fields(request: Request, operation: Operation[Any, Any]) -> Json:
    """A query's own parameters, typed by its request's fields."""
    asked = _query(request)
    known = _fields(operation).keys() - set(operation.path_parameters)
    for name in asked.keys() - known:
        raise refuse_at(400, "unknown_parameter", f"/{name}", "not a parameter of this operation")
    return {name: _typed(operation, name, text) for name, text in asked.items()}


def _fields(operation: Operation[Any, Any]) -> Mapping[str, Any]:
    return schema_class(operation.request)._declared_fields  # noqa: SLF001 - marshmallow's own way to ask a class


def _typed(operation: Operation[Any, Any], name: str, text: str) -> Any:
    """Text of a path or query as the JSON value that the field reads."""
    field = _fields(operation).get(name)
    if isinstance(field, fields.Integer) and re.fullmatch("-?[0-9]{1,18}", text):
        return int(text)
    if isinstance(field, fields.Boolean) and text in ("true", "false"):
        return text == "true"
    return text.split(",") if isinstance(field, fields.List) else text


def checked(operation: Operation[Any, Any], payload: Json) -> Json:
    """`payload`, if it is valid by the operation's contract; raises Refused with a pointer per fault."""
    try:
        operation.read(payload)
    except ValidationError as error:
        problem = invalid(error)
        status = 400 if operation.method == "GET" else 422
        raise Refused(
            Problem(code=problem.code, status=status, detail=problem.detail, errors=problem.errors)
        ) from error
    return payload


def body_of(request: Request, largest: int) -> Json:
    """The body as a JSON object; an empty body is an empty object."""
    raw = _read(request, largest)
    if not raw:
        return {}
    if request.mimetype not in _JSON_TYPES:
        raise refuse(415, "unsupported_media_type", "send the body as application/json")
    data = parsed(raw)
    if not isinstance(data, dict):
        raise refuse_at(400, "malformed_json", "", "the body must be a JSON object")
    return data


def _read(request: Request, largest: int) -> bytes:
    """The body, refused by its told length, and read no further than it may go where none is told."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise refuse(415, "unsupported_encoding", "send the body as it is, not compressed")
    read, size = [], request.content_length or 0
    try:
        while size <= largest and (chunk := request.stream.read(largest + 1)):
            read.append(chunk)
            size = sum(map(len, read))
    except (OSError, ValueError) as error:
        raise refuse(400, "body_cut_off", "the body did not come to its end, in time or at all") from error
    if size > largest:
        raise refuse(413, "body_too_large", f"a body has at most {largest} bytes")
    return b"".join(read)


def parsed(raw: bytes) -> Any:
    """JSON without what JSON does not have or readers disagree on: NaN, repeated names, lone surrogates, depth."""
    try:
        data = json.loads(raw.decode(), parse_constant=_no_constant, object_pairs_hook=_no_repetition)
        if b"\\u" in raw:  # only so can there be half a surrogate pair
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        told = str(error) if isinstance(error, _Unfit | json.JSONDecodeError) else "not JSON text in UTF-8"
        raise refuse(400, "malformed_json", told) from error
    if _depth(data) > DEEPEST:
        raise refuse(400, "malformed_json", f"nested more than {DEEPEST} levels deep")
    return data


class _Unfit(ValueError):
    """JSON that is refused though Python would read it."""


def _no_constant(name: str) -> NoReturn:
    raise _Unfit(f"{name} is no JSON number")


def _no_repetition(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unfit("a name is repeated in one object")
    return found


def _depth(data: Any) -> int:
    depth, level = 0, [data]
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return depth
