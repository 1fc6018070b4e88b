"""OpenAPI of the batches: each made from what the document says of the operation itself."""

from typing import Any

from gateway.batches import LONGEST_KEY, MOST_ROWS
from shared.contracts.message import Json
from shared.contracts.operations import Operation

_ABOUT = f"""Many at once: 1 to {MOST_ROWS} rows, each a command with a transaction of its own. Row n has the \
Idempotency-Key `<key>:<n>`: the same batch again repeats nothing and finishes what was cut off. The answer is 200 \
(207 is WebDAV's) whatever came of the rows; each has its own status. It counts as one request."""
_OF_ONE = ("IdempotencyKey", "IdempotencyKeyRequired", "IfMatch", "IfMatchRequired")
_OF_A_ROW = ("409", "412", "428")
BATCH_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The rows' keys are made of it; they hold for seven days.",
    "schema": {"type": "string", "maxLength": LONGEST_KEY, "pattern": rf"^[\x21-\x7e]{{1,{LONGEST_KEY}}}$"},
}
"""The component parameter `BatchKey`."""
_NUMBER: Json = {"type": "integer", "minimum": 0}


def batch_of(operation: Operation[Any, Any], one: Json, problem: Json) -> Json:
    """The batch of `operation`, which is documented as `one`; `problem` is the reference to a problem's schema."""
    return {
        **one,
        "operationId": f"{one['operationId']}.batch",
        "summary": f"{one['summary']}: many at once",
        "description": f"{one['description']} {_ABOUT}",
        "x-title-zh": f"{one['x-title-zh']}（批量）",
        "parameters": [*_parameters(one), {"$ref": "#/components/parameters/BatchKey"}],
        "requestBody": _request_body(one),
        "responses": _responses(one, str(operation.status), problem),
    }


def _parameters(one: Json) -> list[Json]:
    return [each for each in one["parameters"] if each.get("$ref", "").rpartition("/")[2] not in _OF_ONE]


def _request_body(one: Json) -> Json:
    row = one["requestBody"]["content"]["application/json"]
    rows = {"type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": row["schema"]}
    schema = {"type": "object", "properties": {"rows": rows}, "required": ["rows"], "additionalProperties": False}
    return _json(schema, {"rows": [row["example"]]}) | {"required": True}


def _responses(one: Json, success: str, problem: Json) -> Json:
    made = one["responses"][success]
    row = made["content"]["application/json"]
    results = {"type": "array", "items": {"oneOf": [_made(row["schema"], int(success)), _refused(problem)]}}
    properties = {"results": results, "succeeded": _NUMBER, "failed": _NUMBER}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    example = {"results": [{"index": 0, "status": int(success), "body": row["example"]}], "succeeded": 1, "failed": 0}
    headers = {name: header for name, header in made["headers"].items() if name != "ETag"}
    answer = {"description": "What came of each row", "headers": headers, **_json(schema, example)}
    others = {status: each for status, each in one["responses"].items() if status not in {success, *_OF_A_ROW}}
    return {"200": answer, **others}


def _made(body: Json, status: int) -> Json:
    properties = {"index": _NUMBER, "status": {"const": status}, "body": body, "replayed": {"const": True}}
    return {"type": "object", "properties": properties, "required": ["index", "status", "body"]}


def _refused(problem: Json) -> Json:
    properties = {"index": _NUMBER, "status": {"type": "integer", "minimum": 400}, "problem": problem}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _json(schema: Json, example: Json) -> Json:
    return {"content": {"application/json": {"schema": schema, "example": example}}}
