"""Field types that settings and scenarios share; each says what it expected when it does not get it."""

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from valkit.settings.document import WrittenFloat, WrittenInt

T = TypeVar("T")

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_DURATION = re.compile(rf"(?:{_AMOUNT.pattern})+", re.ASCII)
_WORDS = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}


def duration(value: object) -> float:
    """Seconds of `500ms`, `30s`, `10m`, `1h30m`, `7d`; ValueError for anything else.

    A number from Python code is in seconds. One written in YAML without its unit could be read two ways: only 0 is
    clear.
    """
    match value:
        case bool() | WrittenInt() | WrittenFloat() if value or isinstance(value, bool):
            pass
        case int() | float():
            return float(value)
        case str() if _DURATION.fullmatch(value):
            return sum(float(amount) * _UNITS[unit] for amount, unit in _AMOUNT.findall(value))
    raise ValueError("is not a duration (expected one with its unit, such as 500ms, 30s, 10m or 1h)")


def yes_or_no(value: object) -> bool:
    """Truth of `yes`, `no`, `true`, `false`, `on`, `off`. ValueError for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise ValueError("is neither yes nor no (expected yes or no)")


def written_as(parse: Callable[[str], T], example: str) -> PlainValidator:
    """Make the validator of a field that one text spells, from its parser and an example for faults.

    `Annotated[Hop, written_as(Hop.parse, "udp:127.0.0.1:5060")]`; the parser raises ValueError.
    """

    def validate(value: object) -> T:
        try:
            return parse(str(value))
        except ValueError:
            raise ValueError(f"cannot be read (expected something like {example})") from None

    return PlainValidator(validate, json_schema_input_type=Annotated[str, Field(examples=[example])])


Duration = Annotated[
    float,
    BeforeValidator(duration),
    WithJsonSchema({"title": "duration", "type": "string", "pattern": rf"^({_AMOUNT.pattern})+$|^0$"}),
]
"""Seconds, written with a unit."""


def _https(text: str) -> str:
    if not text.startswith("https://"):
        raise ValueError(text)
    return text


HttpsUrl = Annotated[str, written_as(_https, "https://idms.home.example/jwks")]
"""An address that is asked over verified TLS."""

_ORIGIN = re.compile(r"https://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)


def _origin(text: str) -> str:
    found = _ORIGIN.fullmatch(text)
    if found is None or int(found["port"] or 0) > 65_535:
        raise ValueError(text)
    return text


HttpsOrigin = Annotated[str, written_as(_origin, "https://idms.home.example:8443")]
"""Where a server is reached, without a path and without a slash at the end: paths are written behind it."""

YesNo = Annotated[
    bool, BeforeValidator(yes_or_no), WithJsonSchema({"enum": ["yes", "no", "true", "false", "on", "off", True, False]})
]
"""A truth value, written `yes` or `no` (YAML 1.2 reads these as text, and so do all other fields)."""
