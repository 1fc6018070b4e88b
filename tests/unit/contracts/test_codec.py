"""The quick way through a schema takes only what marshmallow takes, and gives just what it gives."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.contracts import codec
from shared.contracts.common import Terms
from shared.contracts.fields import (
    COST,
    Amount,
    Code,
    Count,
    Id,
    Length,
    LongText,
    PositiveQuantity,
    Price,
    Quantity,
    Text,
)
from shared.contracts.message import dump, load, message, schema_class
from shared.kernel.errors import TooLarge


@message
class Part:
    quantity: PositiveQuantity
    value: Annotated[Amount, COST] | None = None


@message
class Whole:
    id: Id
    code: Code
    kind: Literal["a", "b"]
    name: Text
    note: LongText = ""
    count: Count = 0
    flag: bool = False
    on: date | None = None
    at: datetime | None = None
    price: Price = Decimal(0)
    change: Quantity = Decimal(0)
    parts: Annotated[list[Part], Length(0, 2)]
    terms: Terms | None = None


GOOD: dict[str, Any] = {
    "id": "0190b5a0-0000-7000-8000-000000000000",
    "code": "C-1",
    "kind": "a",
    "name": "名",
    "at": "2026-01-01T08:00:00+08:00",
    "on": "2026-01-31",
    "parts": [{"quantity": "1.5", "value": "12"}, {"quantity": "2"}],
    "terms": {"instalments": [{"share": "1", "days": 30}]},
}
odd = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=5),
    st.sampled_from(
        ["1.5", "-1.5", "0", "-0", "1e3", "1.", "NaN", "0.0000001", "1000000000", "a", "A b", "a\x00b", "a\n", "\ud800",
         "2026-02-30", "20260101", "2026-01-01T00:00:00", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+00:00",
         "0190B5A0-0000-7000-8000-000000000000", "0190b5a0000070008000000000000000", [], {}, [{}], "x" * 201]
    ),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*GOOD, "note", "count", "flag", "price", "change", "other"]), odd, max_size=4))
def test_both_ways_give_the_same_or_both_refuse(changes: dict[str, Any]) -> None:
    data = GOOD | changes
    by_schema, by_load = _outcome(schema_class(Whole)().load, data), _outcome(load, Whole, data)
    assert by_load == by_schema
    if isinstance(by_load, Whole):
        assert dump(by_load) == schema_class(Whole)().dump(by_load)


def _outcome(read: Callable[..., Any], *given_: Any) -> Any:
    """What was read, or what was said against it."""
    try:
        return read(*given_)
    except ValidationError as refusal:
        return refusal.messages


@pytest.mark.parametrize("value", ["10000000000000", "-10000000000000", "12345678901234.5"])
def test_a_number_that_no_reader_takes_in_is_not_written(value: str) -> None:
    most = Part(quantity=Decimal(1), value=Decimal("9999999999999.9999"))
    assert load(Part, dump(most)) == most
    with pytest.raises(TooLarge):
        dump(Part(quantity=Decimal(1), value=Decimal(value)))


def test_what_is_well_formed_takes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    decode = codec.decoder(schema_class(Whole)(), Whole)
    assert decode(GOOD) == Whole(
        id=GOOD["id"],
        code="C-1",
        kind="a",
        name="名",
        on=date(2026, 1, 31),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        parts=[Part(quantity=Decimal("1.5"), value=Decimal(12)), Part(quantity=Decimal(2))],
        terms=load(Terms, GOOD["terms"]),
    )


def test_readers_of_events_pass_over_what_a_newer_writer_added_however_deep() -> None:
    newer = GOOD | {"colour": "red", "parts": [{"quantity": "1", "lot": "L1"}]}
    assert load(Whole, newer, strict=False).parts == [Part(quantity=Decimal(1))]
    with pytest.raises(ValidationError) as refused:
        load(Whole, newer)
    assert refused.value.messages == {"colour": ["Unknown field."], "parts": {0: {"lot": ["Unknown field."]}}}
