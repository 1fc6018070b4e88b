"""JSON as services write and read it among themselves: compact, UTF-8, by a library several times as fast as `json`.

What comes from outside is read by the gateway with `json`, which can be told what it must not accept.
"""

import json
from contextlib import suppress
from typing import Any

import orjson

_PLAIN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def json_text(value: object) -> str:
    """`value` as JSON text; raises TypeError for what has no form in JSON."""
    return json_bytes(value).decode()


def json_bytes(value: object) -> bytes:
    """`value` as JSON in UTF-8; raises TypeError for what has no form in JSON, ValueError where UTF-8 has none."""
    with suppress(TypeError):
        return orjson.dumps(value, option=_PLAIN)
    # Numbers beyond 64 bits, keys that are no texts and texts that are no Unicode are beyond orjson.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def json_value(text: str | bytes | bytearray | memoryview) -> Any:
    """The value of a JSON text; raises ValueError where it is none."""
    return orjson.loads(text)
