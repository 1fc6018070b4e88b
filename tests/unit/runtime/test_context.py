"""Who asks goes along with everything that follows."""

from dataclasses import fields, replace
from datetime import date

from shared.runtime.context import Context


def test_what_an_event_sets_off_is_done_in_the_same_context_but_with_no_ones_rights() -> None:
    asked = Context(
        company="ACME", currency="EUR", business_date=date(2026, 1, 5), actor="ann", request_id="r1", correlation="c1",
        time_zone="Europe/Berlin", causation="e0", traceparent="00-1", scopes=frozenset({"sales:write"}),
    )  # fmt: skip
    follows = asked.caused_by("e1")
    assert follows == replace(asked, causation="e1", scopes=frozenset())
    assert all(getattr(asked, each.name) != each.default for each in fields(Context)), "a field is not tried"
