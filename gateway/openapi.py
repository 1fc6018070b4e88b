"""OpenAPI 3.1 of every operation, made from the contracts."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from gateway.batch_documents import BATCH_KEY, batch_of
from gateway.batches import SUFFIX, is_batched
from gateway.problems import TITLES
from gateway.shapes import Shapes, declared
from shared.contracts.examples import example_of
from shared.contracts.listing import MOST_ROWS, filter_parameters
from shared.contracts.message import Json
from shared.contracts.operations import PUBLIC, SESSION, SIGNED_IN, Contract, FilterKind, Listing, Operation

PREFIX = "#/components/schemas/"
_FILTERS: dict[FilterKind, Json] = {
    "code": {"type": "string"},
    "text": {"type": "string"},
    "id": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "number": {"type": "string", "pattern": r"^-?[0-9]{1,13}(\.[0-9]{1,4})?$"},
    "flag": {"type": "string", "enum": ["true", "false"]},
}
_ABOUT = """One door to purchasing, sales, inventory, logistics, finance and identity.

Sign in by `POST /v1/identity/sessions` or use an API key; either goes into `Authorization: Bearer`.
Amounts and quantities are decimal numbers in strings. Send an `Idempotency-Key` with what you may have to send again.
What makes one thing of a collection makes many at `<path>:batch`; each row is answered for itself.
"""


def openapi(contracts: Iterable[Contract]) -> Json:
    """The whole document."""
    shapes, paths, tags = Shapes(PREFIX), dict[str, Json](), []
    for contract in contracts:
        tags.append({"name": contract.service, "description": f"{contract.zh} · {contract.en}"})
        for operation in contract.operations.values():
            one = paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, shapes)
            if is_batched(operation):
                paths[operation.path + SUFFIX] = {"post": batch_of(operation, one, {"$ref": f"{PREFIX}Problem"})}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "Huotong 货通", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": tags,
        "security": [{"bearer": []}],
        "paths": paths,
        "components": _components(shapes),
    }


def _components(shapes: Shapes) -> Json:
    return {
        "schemas": {"Problem": _PROBLEM, **shapes.schemas},
        "parameters": _PARAMETERS,
        "headers": _HEADERS,
        "responses": {_response_name(status): _problem_response(status) for status in TITLES},
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "A session's token, or an API key (`ht_…`)."}
        },
    }


def _operation(operation: Operation[Any, Any], shapes: Shapes) -> Json:
    made: Json = {
        "operationId": f"{operation.service}.{operation.name}",
        "tags": [operation.service],
        "summary": operation.en,
        "description": _description(operation),
        "x-title-zh": operation.zh,
        "x-scope": operation.scope,
        "parameters": [*_path(operation), *_query(operation), *_header_refs(operation)],
        "responses": _responses(operation, shapes),
    }
    if operation.errors:
        made["x-problem-codes"] = list(operation.errors)
    if operation.writes:
        made["requestBody"] = _request_body(operation, shapes)
    if operation.scope == PUBLIC:
        made["security"] = []
    return made


def _description(operation: Operation[Any, Any]) -> str:
    needs = {PUBLIC: "Open to anyone.", SIGNED_IN: "For whoever is known.", SESSION: "For people at a session."}
    scope = needs.get(operation.scope, f"Needs the scope `{operation.scope}`.")
    codes = f" Problems of its own: {', '.join(f'`{code}`' for code in operation.errors)}." if operation.errors else ""
    return f"{operation.zh}. {scope}{codes}"


def _path(operation: Operation[Any, Any]) -> list[Json]:
    fields = {} if operation.listing else declared(operation.request)
    shapes = Shapes(PREFIX)
    example = {} if operation.listing else example_of(operation.request)
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": shapes.field(fields[name], "request") if name in fields else {"type": "string"},
            **({"example": example[name]} if name in example else {}),
        }
        for name in operation.path_parameters
    ]


def _query(operation: Operation[Any, Any]) -> list[Json]:
    if operation.listing:
        return _list_query(operation.listing, operation.path_parameters)
    if operation.writes:
        return []
    shapes, fields = Shapes(PREFIX), declared(operation.request)
    return [
        {
            "name": name,
            "in": "query",
            "required": spec.required,
            "schema": shapes.field(spec, "request"),
            **_commas(spec),
        }
        for name, spec in fields.items()
        if name not in operation.path_parameters
    ]


def _commas(spec: object) -> Json:
    return {"style": "form", "explode": False} if type(spec).__name__ == "List" else {}


def _list_query(listing: Listing, in_path: Iterable[str]) -> list[Json]:
    names = {name.removeprefix("-") for name in listing.sorts}
    sorts = sorted(names | {f"-{name}" for name in names})
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": 50}
    return [
        _parameter("limit", limit, "Rows of a page at most."),
        _parameter("cursor", {"type": "string"}, "`next_cursor` of the page before."),
        _parameter("sort", {"type": "string", "enum": sorts, "default": listing.sorts[0]}, "`-` before it descends."),
        *(
            _parameter(name, _FILTERS[kind], _filter_note(name))
            for name, kind in filter_parameters(listing)
            if name not in set(in_path)
        ),
    ]


def _parameter(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _filter_note(name: str) -> str:
    return "A bound." if name.endswith("]") else "One value or several, separated by commas."


def _header_refs(operation: Operation[Any, Any]) -> list[Json]:
    names = ["RequestId", "Traceparent", "AcceptLanguage"]
    if operation.scope != PUBLIC:
        names += ["Company", "BusinessDate"]
    if operation.key != "none":
        names.append("IdempotencyKeyRequired" if operation.key == "required" else "IdempotencyKey")
    if operation.writes:
        names.append("IfMatchRequired" if operation.if_match else "IfMatch")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _request_body(operation: Operation[Any, Any], shapes: Shapes) -> Json:
    without = operation.path_parameters
    example = {name: value for name, value in example_of(operation.request).items() if name not in without}
    needed = any(spec.required for name, spec in declared(operation.request).items() if name not in without)
    schema = shapes.ref(operation.request, "request", without)
    return {"required": needed, "content": {"application/json": {"schema": schema, "example": example}}}


def _responses(operation: Operation[Any, Any], shapes: Shapes) -> Json:
    headers = ["X-Request-Id", "RateLimit-Policy", "RateLimit"]
    if operation.key != "none":
        headers.append("Idempotent-Replayed")
    if not operation.listing and "version" in declared(operation.response):
        headers.append("ETag")
    success = {
        "description": HTTPStatus(operation.status).phrase,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {"application/json": _answer(operation, shapes)},
    }
    problems = {
        str(status): {"$ref": f"#/components/responses/{_response_name(status)}"} for status in _statuses(operation)
    }
    return {str(operation.status): success, **problems}


def _answer(operation: Operation[Any, Any], shapes: Shapes) -> Json:
    if not operation.listing:
        return {"schema": shapes.ref(operation.response, "answer"), "example": example_of(operation.response)}
    item = operation.listing.item
    properties: Json = {
        "data": {"type": "array", "items": shapes.ref(item, "answer")},
        "has_more": {"type": "boolean"},
        "next_cursor": {"type": ["string", "null"]},
    }
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"schema": schema, "example": {"data": [example_of(item)], "has_more": False, "next_cursor": None}}


def _statuses(operation: Operation[Any, Any]) -> list[int]:
    """Every status an operation may be refused with."""
    found = {400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503, 504}
    if not operation.writes:
        found -= {409, 412, 413, 415, 428}
    if not operation.if_match:
        found -= {428}
    return sorted(found)


def _response_name(status: int) -> str:
    return HTTPStatus(status).name.title().replace("_", "")


def _problem_response(status: int) -> Json:
    zh, en = TITLES[status]
    example = {
        "type": "urn:huotong:problem:invalid_input",
        "title": en,
        "status": status,
        "detail": "what went wrong, in a sentence",
        "code": "invalid_input",
        "request_id": "019ca7ab-1234-7abc-8def-0123456789ab",
        "errors": [{"pointer": "/lines/0/quantity", "code": "invalid", "message": "must be greater than 0"}],
    }
    content = {"application/problem+json": {"schema": {"$ref": f"{PREFIX}Problem"}, "example": example}}
    return {"description": f"{en} · {zh}", "content": content}


def _text(most: int, pattern: str | None = None) -> Json:
    return {"type": "string", "maxLength": most, **({"pattern": pattern} if pattern else {})}


def _header(name: str, description: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


_KEY = _text(200, r"^[\x21-\x7e]{1,200}$")
_KEY_NOTE = "The same key and body again give the first answer again, for seven days; another body is refused."
_ETAG = _text(11, r'^"[0-9]{1,9}"$')
_PARAMETERS: Json = {
    "RequestId": _header(
        "X-Request-Id",
        "Kept and echoed where it is 1 to 64 letters, digits, `.`, `_` or `-`; one is made else.",
        {"type": "string"},
    ),
    "Traceparent": _header("traceparent", "W3C trace context, continued.", {"type": "string"}),
    "AcceptLanguage": _header("Accept-Language", "`zh` or `en`, for the titles of problems.", {"type": "string"}),
    "Company": _header("Huotong-Company", "The company; one's first where absent.", _text(16)),
    "BusinessDate": _header(
        "Huotong-Business-Date",
        "The day documents bear; today where absent. Another needs the scope `business-date:set`.",
        {"type": "string", "format": "date"},
    ),
    "IdempotencyKey": _header("Idempotency-Key", _KEY_NOTE, _KEY),
    "BatchKey": BATCH_KEY,
    "IdempotencyKeyRequired": _header("Idempotency-Key", _KEY_NOTE, _KEY, required=True),
    "IfMatch": _header("If-Match", "The ETag of the version you have seen.", _ETAG),
    "IfMatchRequired": _header("If-Match", "The ETag of the version you have seen.", _ETAG, required=True),
}
_HEADERS: Json = {
    "X-Request-Id": {"schema": {"type": "string"}},
    "ETag": {"schema": {"type": "string"}, "description": "The version, for If-Match."},
    "Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}},
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": 'Quota and window: `"default";q=6000;w=60`.'},
    "RateLimit": {
        "schema": {"type": "string"},
        "description": 'What is left, and until when: `"default";r=5999;t=42`.',
    },
}
_PROBLEM: Json = {
    "type": "object",
    "description": "Why a request had no effect (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable, for programs."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "message")},
                "required": ["pointer", "code", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
}
