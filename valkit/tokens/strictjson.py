"""JSON read strictly: no member twice (RFC 7515 4, RFC 7519 4), no NaN, nothing after it, a bounded depth.

Two readers that take different ones of two members with one name can be made to see two different tokens.
"""

from json import JSONDecoder
from typing import NoReturn


def read_object(data: bytes) -> dict[str, object]:
    """Read a JSON object in UTF-8; ValueError says what it is instead."""
    text = data.decode().strip(" \t\r\n")
    try:
        value, end = _DECODER.raw_decode(text)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    if end != len(text):
        raise ValueError("goes on after its end")
    if type(value) is not dict:
        raise ValueError("is not a JSON object")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("names a member twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"holds {name}, which is not JSON")


_DECODER = JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)
