"""One JSON Schema per event version, as served under `/schemas/` and kept in git.

`python -m gateway.schemas docs/schemas` writes the files; a test holds them against the contracts.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gateway.asyncapi import ENVELOPE
from gateway.catalogue import published
from gateway.shapes import Shapes
from shared.contracts.examples import event_example
from shared.contracts.message import Json
from shared.contracts.operations import Contract, Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(contracts: Iterable[Contract]) -> dict[str, Json]:
    """By file name: the schema of each event's `data`, and of the envelope around it."""
    made = {f"{event.type}.json": _schema(event) for contract in contracts for event in contract.events.values()}
    return {"cloudevent.json": {"$schema": DIALECT, "$id": "/schemas/cloudevent.json", **ENVELOPE}, **made}


def _schema(event: Event[Any]) -> Json:
    shapes = Shapes("#/$defs/")
    top = shapes.schemas[shapes.ref(event.payload, "event")["$ref"].rpartition("/")[2]]
    defs = {name: schema for name, schema in sorted(shapes.schemas.items()) if schema is not top}
    return {
        "$schema": DIALECT,
        "$id": f"/schemas/{event.type}.json",
        "title": f"{event.zh} · {event.en}",
        **top,
        **({"$defs": defs} if defs else {}),
        "examples": [event_example(event)],
    }


def text(schema: Json) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> None:
    """Write all schemas into `folder`, and remove those of events that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    made = schemas(published())
    for stale in {path.name for path in folder.glob("*.json")} - made.keys():
        (folder / stale).unlink()
    for name, schema in made.items():
        (folder / name).write_text(text(schema), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
