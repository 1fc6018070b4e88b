"""Answers: masked for who may not see a field, with ETag and what else goes into headers."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from shared.contracts.message import Json, visible_fields
from shared.contracts.operations import Operation
from shared.kernel.jsontext import json_bytes
from shared.runtime.port import Reply

JSON_TYPE = "application/json"
Mask = Mapping[str, Any]


def json_response(body: object, status: int = 200, content_type: str = JSON_TYPE) -> Response:
    """JSON as it goes out."""
    response = Response(json_bytes(body), status, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def answer(operation: Operation[Any, Any], reply: Reply, scopes: frozenset[str]) -> Response:
    """The answer of a call that succeeded, for a principal with these scopes."""
    body = masked(operation, reply.body or {}, scopes)
    response = json_response(body, operation.status)
    version = body.get("version")
    if isinstance(version, int) and not operation.listing:
        response.headers["ETag"] = f'"{version}"'
    return mark_replayed(response, reply.replayed)


def mark_replayed(response: Response, replayed: bool) -> Response:  # noqa: FBT001 - says what the name says
    """`response`, told to be an earlier answer where it is."""
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def masked(operation: Operation[Any, Any], body: Json, scopes: frozenset[str]) -> Json:
    """`body` without the fields that need a scope `see:…` the principal lacks; they are left out, not emptied."""
    if operation.listing:
        mask = _mask(operation.listing.item)
        return {**body, "data": [_without(row, mask, scopes) for row in body["data"]]} if mask else body
    kept: Json = _without(body, _mask(operation.response), scopes)
    return kept


_MASKS: dict[type[Any], Mask] = {}


def _mask(message: type[Any]) -> Mask:
    if message not in _MASKS:
        _MASKS[message] = visible_fields(message)
    return _MASKS[message]


def _without(value: Any, mask: Mask, scopes: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_without(each, mask, scopes) for each in value]
    if not mask or not isinstance(value, dict):
        return value
    kept = {}
    for name, inner in value.items():
        rule = mask.get(name)
        if rule is None or (isinstance(rule, str) and f"see:{rule}" in scopes):
            kept[name] = inner
        elif not isinstance(rule, str):
            kept[name] = _without(inner, rule, scopes)
    return kept
