"""Only what can be kept and handled counts as an event; anything else is named as undecodable."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.runtime.cloudevents import Envelope, Undecodable
from shared.runtime.context import Context

ID = "01a2038e-dd12-7202-bd3d-6d07ae660186"
CONTEXT = Context(
    company="ACME", currency="CNY", business_date=date(2026, 1, 5), actor="ann", request_id="r1", correlation="c1"
)
ENVELOPE = Envelope(ID, "huotong.sales.order_placed.v1", ID, 3, ID, datetime(2026, 1, 5, tzinfo=UTC), CONTEXT, {"a": 1})


def test_what_is_written_is_read_again():
    assert Envelope.from_text(ENVELOPE.to_text()) == ENVELOPE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "no uuid"),
        ("factid", 7),
        ("type", "t" * 121),
        ("subject", "nul \0"),
        ("subject", None),
        ("company", "c" * 17),
        ("actor", ["ann"]),
        ("correlationid", "c" * 65),
        ("sequence", "many"),
        ("specversion", "0.3"),
    ],
)
def test_a_field_no_database_would_keep_is_undecodable(name: str, value: Any):
    with pytest.raises(Undecodable):
        Envelope.from_text(json.dumps({**json.loads(ENVELOPE.to_text()), name: value}))


@pytest.mark.parametrize("body", ["", "{", "[]", "7", "null", '"text"', "[" * 100_000])
def test_what_is_no_json_object_is_undecodable(body: str):
    with pytest.raises(Undecodable):
        Envelope.from_text(body)
