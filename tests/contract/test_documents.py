"""OpenAPI, AsyncAPI, JSON Schemas and the table of roles: sound, complete, and the same in git as made anew."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway.asyncapi import asyncapi, envelope_example
from gateway.batches import SUFFIX, is_batched
from gateway.catalogue import published
from gateway.compatibility import breaks
from gateway.identity.roles import ROLES
from gateway.openapi import openapi
from gateway.roles_table import roles_table
from gateway.schemas import schemas, text
from gateway.shapes import Shapes
from shared.contracts.examples import event_example, example_of
from shared.contracts.message import load
from shared.contracts.operations import Event, Operation

ROOT = Path(__file__).parents[2]
IN_GIT = ROOT / "docs" / "schemas"
RELEASED = IN_GIT / "released"
CONTRACTS = published()
OPERATIONS = [operation for contract in CONTRACTS for operation in contract.operations.values()]
BATCHED = [operation for operation in OPERATIONS if is_batched(operation)]
EVENTS = [event for contract in CONTRACTS for event in contract.events.values()]
API = openapi(CONTRACTS)
PROBLEM_STATUSES = {"400", "401", "403", "404", "429", "500", "503"}


def named(thing: Operation[Any, Any] | Event[Any]) -> str:
    return f"{thing.service}.{thing.name}"


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in node.values()))
    return set().union(*(references(inner) for inner in node)) if isinstance(node, list) else set()


def resolve(document: dict[str, Any], reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def against(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator of a schema of the API document, whose references lead into that document."""
    return Draft202012Validator(
        {**schema, "components": API["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


# ---- OpenAPI


def test_every_operation_is_in_the_document_once():
    found = [operation["operationId"] for path in API["paths"].values() for operation in path.values()]
    assert sorted(found) == sorted([*map(named, OPERATIONS), *(f"{named(operation)}.batch" for operation in BATCHED)])


@pytest.mark.parametrize("document", [API, asyncapi(CONTRACTS)], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document: dict[str, Any]):
    found = references(document)
    assert found
    for reference in found:
        assert resolve(document, reference)


def test_every_component_schema_is_a_json_schema():
    for schema in API["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_an_operation_is_described_whole(operation: Operation[Any, Any]):
    made = API["paths"][operation.path][operation.method.lower()]
    assert made["summary"]
    assert made["x-title-zh"]
    assert made["responses"].keys() >= PROBLEM_STATUSES | {str(operation.status)}
    in_path = {each["name"] for each in made["parameters"] if each.get("in") == "path"}
    assert in_path == set(operation.path_parameters)
    headers = {each["$ref"].rpartition("/")[2] for each in made["parameters"] if "$ref" in each}
    assert ("IdempotencyKeyRequired" in headers) == (operation.key == "required")
    assert ("IfMatchRequired" in headers) == operation.if_match


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_examples_fit_their_schemas_and_contracts(operation: Operation[Any, Any]):
    made = API["paths"][operation.path][operation.method.lower()]
    answer = made["responses"][str(operation.status)]["content"]["application/json"]
    assert list(against(answer["schema"]).iter_errors(answer["example"])) == []
    if operation.writes:
        body = made["requestBody"]["content"]["application/json"]
        assert list(against(body["schema"]).iter_errors(body["example"])) == []
        load(operation.request, example_of(operation.request))


@pytest.mark.parametrize("operation", BATCHED, ids=named)
def test_a_batch_is_described_by_its_rows(operation: Operation[Any, Any]):
    one, batch = API["paths"][operation.path]["post"], API["paths"][operation.path + SUFFIX]["post"]
    assert (batch["x-scope"], batch["tags"]) == (one["x-scope"], one["tags"])
    body, row = (made["requestBody"]["content"]["application/json"] for made in (batch, one))
    assert body["schema"]["properties"]["rows"]["items"] == row["schema"]
    answer = batch["responses"]["200"]["content"]["application/json"]
    for each in (body, answer):
        Draft202012Validator.check_schema(each["schema"])
        assert list(against(each["schema"]).iter_errors(each["example"])) == []
    headers = {each["$ref"].rpartition("/")[2] for each in batch["parameters"] if "$ref" in each}
    assert "BatchKey" in headers
    assert not headers & {"IdempotencyKey", "IdempotencyKeyRequired", "IfMatch", "IfMatchRequired"}


def test_what_makes_one_thing_of_a_collection_makes_many():
    names = {named(operation) for operation in BATCHED}
    assert {"sales.register_customer", "sales.place_order", "inventory.register_item"} <= names
    assert not {"identity.log_in", "sales.cancel_order", "sales.list_orders"} & names


def test_a_request_allows_nothing_beside_its_fields_and_an_answer_may_lack_what_is_masked():
    customer = resolve(API, "#/components/schemas/sales.CustomerView")
    assert "name" not in customer["required"]
    assert "tier" in customer["required"]
    assert customer["properties"]["name"]["x-visible-to"] == "see:personal"
    assert resolve(API, "#/components/schemas/sales.RegisterCustomer")["additionalProperties"] is False


def test_amounts_and_quantities_are_strings_with_a_pattern():
    shapes = Shapes("#/")
    shapes.ref(next(event for event in EVENTS if event.name == "order_placed").payload, "event")
    line = shapes.schemas["sales.PlacedLine"]["properties"]
    assert line["quantity"] == {"type": "string", "pattern": line["quantity"]["pattern"], "x-decimals": 6}
    accepts = re.compile(line["quantity"]["pattern"]).search
    assert [text for text in ("1", "0.000001", "0", "-1", "1.1234567", "1e3", "") if accepts(text)] == ["1", "0.000001"]


# ---- events


@pytest.mark.parametrize("event", EVENTS, ids=named)
def test_an_event_and_its_envelope_fit_their_schemas(event: Event[Any]):
    files = schemas(CONTRACTS)
    data = event_example(event)
    Draft202012Validator.check_schema(files[f"{event.type}.json"])
    assert list(Draft202012Validator(files[f"{event.type}.json"]).iter_errors(data)) == []
    assert list(Draft202012Validator(files["cloudevent.json"]).iter_errors(envelope_example(event))) == []
    assert event.write(event.read(data)).keys() == data.keys()


def test_every_event_is_a_channel_told_by_its_service():
    document = asyncapi(CONTRACTS)
    assert document["asyncapi"] == "3.0.0"
    assert document["channels"].keys() == {event.type for event in EVENTS}
    for event in EVENTS:
        channel = document["channels"][event.type]
        assert channel["address"] == event.routing_key
        assert channel["bindings"]["amqp"]["exchange"]["name"] == f"{event.service}.events"


def test_the_schemas_in_git_are_those_of_the_contracts():
    """`python -m gateway.schemas docs/schemas` brings them up to date."""
    made = {name: text(schema) for name, schema in schemas(CONTRACTS).items()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in IN_GIT.glob("*.json")}
    assert kept.keys() == made.keys()
    assert [name for name in made if kept[name] != made[name]] == []


def test_a_released_schema_only_gained_something():
    made = schemas(CONTRACTS)
    for released in RELEASED.glob("*.json"):
        assert breaks(json.loads(released.read_text(encoding="utf-8")), made[released.name]) == []


BEFORE: dict[str, Any] = {
    "properties": {
        "a": {"type": "string"},
        "b": {"type": "array", "items": {"properties": {"c": {"type": "integer"}}}},
    },
    "required": ["a"],
}


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (BEFORE, []),
        ({**BEFORE, "properties": {**BEFORE["properties"], "new": {"type": "string"}}}, []),
        ({**BEFORE, "description": "in better words", "required": ["a", "b"]}, []),
        ({**BEFORE, "properties": {"a": {"type": "string"}}}, ["/b: removed"]),
        ({**BEFORE, "required": []}, ["/a: no longer certain"]),
        (
            {**BEFORE, "properties": {**BEFORE["properties"], "a": {"type": ["string", "null"]}}},
            ["/a: type was 'string', is ['string', 'null']"],
        ),
        (
            {**BEFORE, "properties": {**BEFORE["properties"], "b": {"type": "array", "items": {"properties": {}}}}},
            ["/b/items/c: removed"],
        ),
    ],
)
def test_what_would_break_a_reader_is_seen(after: dict[str, Any], found: list[str]):
    assert breaks(BEFORE, after) == found


# ---- roles


def test_the_table_of_roles_in_git_is_that_of_the_contracts():
    """`python -m gateway.roles_table docs/roles.md` brings it up to date."""
    assert (ROOT / "docs" / "roles.md").read_text(encoding="utf-8") == roles_table(CONTRACTS)
    assert len(ROLES) == 9
