"""Facts on the wire: CloudEvents 1.0, structured JSON, with Huotong's extensions."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from shared.contracts.operations import Event
from shared.kernel.jsontext import json_text, json_value
from shared.runtime.context import Context

CONTENT_TYPE = "application/cloudevents+json"
Json = dict[str, Any]
E = TypeVar("E")


class Undecodable(Exception):
    """A message that is no CloudEvent of ours; it goes to the dead letters as it came."""


@dataclass(frozen=True)
class Envelope:
    """One fact as it travels. `fact` is the same for two versions of one event, so that none counts it twice."""

    id: str
    type: str
    subject: str
    sequence: int
    fact: str
    time: datetime
    context: Context
    data: Json

    @property
    def source(self) -> str:
        """The service that tells it."""
        return self.type.split(".")[1]

    @property
    def routing_key(self) -> str:
        """The key on its service's exchange: `order_placed.v1`."""
        return ".".join(self.type.split(".")[2:])

    def to_text(self) -> str:
        """The structured JSON form."""
        return self._text

    @cached_property
    def _text(self) -> str:
        """Written once, though the outbox and each way of delivery ask for it."""
        context = self.context
        extensions = {
            "company": context.company,
            "basecurrency": context.currency,
            "timezone": context.time_zone,
            "businessdate": context.business_date.isoformat(),
            "actor": context.actor,
            "requestid": context.request_id,
            "correlationid": context.correlation,
            "causationid": context.causation,
            "traceparent": context.traceparent,
        }
        body = {
            "specversion": "1.0",
            "id": self.id,
            "type": self.type,
            "source": f"/huotong/{self.source}",
            "subject": self.subject,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "sequence": str(self.sequence),
            "factid": self.fact,
            **{name: value for name, value in extensions.items() if value is not None},
            "data": self.data,
        }
        return json_text(body)

    def read(self, event: Event[E]) -> E:
        """What it says as the payload of its event, read once for all who take it in here: no one changes a message."""
        found = self._payloads.get(event.type)
        if found is None:
            found = self._payloads[event.type] = event.read(self.data)
        payload: E = found
        return payload

    @cached_property
    def _payloads(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_text(cls, text: str | bytes) -> "Envelope":
        """Read the structured form; raises Undecodable naming what is missing or wrong."""
        try:
            body = json_value(text)
            if body["specversion"] != "1.0":
                raise Undecodable(f"CloudEvents {body['specversion']} is not understood")
            return cls(
                type=_short(body, "type", 120),
                id=str(UUID(body["id"])),
                subject=_short(body, "subject", 64),
                sequence=int(body["sequence"]),
                fact=str(UUID(body["factid"])),
                time=datetime.fromisoformat(body["time"]),
                context=_context(body),
                data=body["data"],
            )
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise Undecodable(f"not a CloudEvent of Huotong: {type(error).__name__}: {error}") from error


def _short(body: Json, name: str, most: int) -> str:
    """A text that fits where it is kept: what does not must be told apart before a database refuses it."""
    value = body[name]
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise ValueError(f"{name} is no text of at most {most} characters")
    return value


def _context(body: Json) -> Context:
    return Context(
        company=_short(body, "company", 16),
        currency=body["basecurrency"],
        time_zone=body["timezone"],
        business_date=date.fromisoformat(body["businessdate"]),
        actor=_short(body, "actor", 64),
        request_id=_short(body, "requestid", 64),
        correlation=_short(body, "correlationid", 64),
        causation=body.get("causationid"),
        traceparent=body.get("traceparent"),
    )
