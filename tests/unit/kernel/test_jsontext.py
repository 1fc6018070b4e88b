"""JSON among services: what `json` writes and reads, only quicker."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.jsontext import json_bytes, json_text, json_value

_PLAIN = st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.recursive(
    _PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=20
)


@given(_VALUES)
def test_what_is_written_is_what_json_writes(value: object) -> None:
    assert json.loads(json_bytes(value)) == json.loads(json.dumps(value))


def test_it_is_compact_and_in_plain_words() -> None:
    assert json_text({"名": ["货通", 1], "b": None}) == '{"名":["货通",1],"b":null}'


@given(_VALUES.filter(lambda value: not _has_long_number(value)))
def test_what_is_read_is_what_was_written(value: object) -> None:
    assert json_value(json_bytes(value)) == json_value(json_text(value)) == value


def test_what_has_no_form_in_json_is_refused() -> None:
    @dataclass
    class Thing:
        name: str = "a"

    for value in (Thing(), date(2026, 1, 1), Decimal(1), {1, 2}):
        with pytest.raises(TypeError):
            json_bytes(value)
    with pytest.raises(ValueError, match="surrogates not allowed"):
        json_bytes("\ud800")


@pytest.mark.parametrize("text", ["", "{", "NaN", "[1,]", b"\xff", "'a'", "[" * 5000])
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="line 1"):
        json_value(text)


def _has_long_number(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_long_number, value.values()))
    if isinstance(value, list):
        return any(map(_has_long_number, value))
    return isinstance(value, int) and not -(2**63) <= value < 2**64
