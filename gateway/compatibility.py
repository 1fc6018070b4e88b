"""Whether a schema only gained something: a change inside an event's version may add optional fields, no more."""

from collections.abc import Iterator
from typing import Any

from shared.contracts.message import Json

_WORDS_ONLY = {"description", "title", "examples", "$id", "$schema", "properties", "required", "$defs"}


def breaks(old: Json, new: Json, at: str = "") -> list[str]:
    """What a reader of `old` could not bear in `new`, each with its pointer."""
    return [*_fields(old, new, at), *_constraints(old, new, at), *_inner(old, new, at)]


def _fields(old: Json, new: Json, at: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    yield from (f"{at}/{name}: removed" for name in before if name not in after)
    lost = set(old.get("required", ())) - set(new.get("required", ()))
    yield from (f"{at}/{name}: no longer certain" for name in sorted(lost & after.keys()))


def _constraints(old: Json, new: Json, at: str) -> Iterator[str]:
    """Any other keyword is what readers rely on; also a wider range may surprise them."""
    for word in sorted((old.keys() | new.keys()) - _WORDS_ONLY):
        before, after = old.get(word), new.get(word)
        if before != after and not (isinstance(before, dict) and isinstance(after, dict)):
            yield f"{at}: {word} was {before!r}, is {after!r}"


def _inner(old: Json, new: Json, at: str) -> Iterator[str]:
    for word in ("properties", "$defs"):
        before, after = old.get(word, {}), new.get(word, {})
        prefix = at if word == "properties" else f"{at}/$defs"
        for name in before.keys() & after.keys():
            yield from breaks(before[name], after[name], f"{prefix}/{name}")
    items: Any = old.get("items")
    if isinstance(items, dict) and isinstance(new.get("items"), dict):
        yield from breaks(items, new["items"], f"{at}/items")
