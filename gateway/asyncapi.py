"""AsyncAPI 3 of every event, made from the contracts."""

from collections.abc import Iterable
from typing import Any

from gateway.shapes import Shapes, described
from shared.contracts.examples import event_example
from shared.contracts.message import Json
from shared.contracts.operations import Contract, Event

CONTENT_TYPE = "application/cloudevents+json"
_ABOUT = """Facts the services tell, as CloudEvents 1.0 in structured JSON, on one topic exchange per service.

Bind a durable queue of your own to `<service>.events`. Delivery is at least once and in no order: count each `factid`
once, and replace a copy only by a greater `sequence` of the same `subject`. A `.vN` only ever gains optional fields.
"""


def asyncapi(contracts: Iterable[Contract]) -> Json:
    """The whole document."""
    shapes = Shapes("#/components/schemas/")
    events = [event for contract in contracts for event in contract.events.values()]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Huotong 货通: events", "version": "1", "description": _ABOUT},
        "defaultContentType": CONTENT_TYPE,
        "channels": {event.type: _channel(event) for event in events},
        "operations": {f"tell.{event.type}": _told(event) for event in events},
        "components": {
            "messages": {event.type: _message(event, shapes) for event in events},
            "schemas": {"CloudEvent": ENVELOPE, **shapes.schemas},
        },
    }


def _channel(event: Event[Any]) -> Json:
    exchange = {"name": f"{event.service}.events", "type": "topic", "durable": True, "autoDelete": False}
    return {
        "address": event.routing_key,
        "title": f"{event.zh} · {event.en}",
        "messages": {event.type: {"$ref": f"#/components/messages/{event.type}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _told(event: Event[Any]) -> Json:
    channel = f"#/channels/{event.type}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": described(event.payload),
        "messages": [{"$ref": f"{channel}/messages/{event.type}"}],
    }


def _message(event: Event[Any], shapes: Shapes) -> Json:
    of_this = {"properties": {"type": {"const": event.type}, "data": shapes.ref(event.payload, "event")}}
    return {
        "name": event.type,
        "title": f"{event.zh} · {event.en}",
        "summary": described(event.payload),
        "contentType": CONTENT_TYPE,
        "payload": {"allOf": [{"$ref": "#/components/schemas/CloudEvent"}, of_this]},
        "examples": [{"name": "example", "payload": envelope_example(event)}],
    }


def envelope_example(event: Event[Any]) -> Json:
    """A whole CloudEvent of this kind."""
    data = event_example(event)
    return {
        **_EXAMPLE,
        "type": event.type,
        "source": f"/huotong/{event.service}",
        "subject": str(data[event.subject]),
        "data": data,
    }


_EXAMPLE: Json = {
    "specversion": "1.0",
    "id": "019ca7ab-1234-7abc-8def-0123456789ab",
    "time": "2026-03-02T09:30:00+00:00",
    "datacontenttype": "application/json",
    "sequence": "1",
    "factid": "019ca7ab-1234-7abc-8def-0123456789ab",
    "company": "acme",
    "basecurrency": "CNY",
    "timezone": "Asia/Shanghai",
    "businessdate": "2026-03-02",
    "actor": "wang.li",
    "requestid": "019ca7ab-1234-7abc-8def-0123456789ac",
    "correlationid": "019ca7ab-1234-7abc-8def-0123456789ac",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
_TEXT: Json = {"type": "string", "minLength": 1}
_UUID: Json = {"type": "string", "format": "uuid"}
ENVELOPE: Json = {
    "type": "object",
    "description": "CloudEvents 1.0 with Huotong's extensions.",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _UUID,
        "type": {**_TEXT, "pattern": r"^huotong\.[a-z]+\.[a-z_]+\.v[0-9]+$"},
        "source": {**_TEXT, "description": "The service that tells it."},
        "subject": {**_TEXT, "description": "The id of the thing it is about."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "Of the subject: 1, 2, 3, …"},
        "factid": {**_UUID, "description": "The same for two versions of one event."},
        "company": _TEXT,
        "basecurrency": _TEXT,
        "timezone": _TEXT,
        "businessdate": {"type": "string", "format": "date"},
        "actor": _TEXT,
        "requestid": _TEXT,
        "correlationid": _TEXT,
        "causationid": {**_TEXT, "description": "The event that led to it."},
        "traceparent": {**_TEXT, "description": "W3C trace context."},
        "data": {"type": "object"},
    },
    "required": [
        "specversion", "id", "type", "source", "subject", "time", "datacontenttype", "sequence", "factid", "company",
        "basecurrency", "timezone", "businessdate", "actor", "requestid", "correlationid", "data",
    ],
}  # fmt: skip
