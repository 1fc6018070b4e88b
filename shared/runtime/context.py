"""Who asks, for which company, on which day, and as part of what: carried by every call and every event."""

from dataclasses import dataclass
from datetime import date
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a handler's transaction is done for.

    `currency` is the company's base currency, `time_zone` its zone; both are fixed when the company is opened, so
    they travel with each message instead of being kept by every service.
    """

    company: str
    currency: str
    business_date: date
    actor: str
    request_id: str
    correlation: str
    time_zone: str = "Asia/Shanghai"
    causation: str | None = None
    traceparent: str | None = None
    scopes: frozenset[str] = frozenset()

    def may(self, scope: str) -> bool:
        """Whether the person or machine behind this holds `scope`."""
        return scope in self.scopes

    def caused_by(self, event_id: str) -> "Context":
        """The context of what an event sets off: the same, one step further along."""
        return Context(
            company=self.company,
            currency=self.currency,
            business_date=self.business_date,
            actor=self.actor,
            request_id=self.request_id,
            correlation=self.correlation,
            time_zone=self.time_zone,
            causation=event_id,
            traceparent=self.traceparent,
        )

    def to_json(self) -> Json:
        """For the wire."""
        return {**vars(self), "business_date": self.business_date.isoformat(), "scopes": sorted(self.scopes)}

    @classmethod
    def from_json(cls, data: Json) -> "Context":
        """From the wire."""
        return cls(
            **{
                **data,
                "business_date": date.fromisoformat(data["business_date"]),
                "scopes": frozenset(data.get("scopes", ())),
            }
        )
