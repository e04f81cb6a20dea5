"""JSON written by functions in C alone: `json.dumps` asks classes that learners' code could change."""

from __future__ import annotations

from json import encoder
from typing import Any


def _refuse(thing: object) -> None:
    raise TypeError(f"no JSON: {type(thing).__name__}")


_in_c: Any = vars(encoder)["c_make_encoder"]
_encode = _in_c(None, _refuse, encoder.encode_basestring_ascii, None, ": ", ", ", False, False, True)


def encoded(thing: object) -> bytes:
    """Return plain data as JSON, in ASCII and without a line's end."""
    return "".join(_encode(thing, 0)).encode()
