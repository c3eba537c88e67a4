"""JSON of the identity server, read with suspicion: members of the kind they must be, or Unusable."""

from collections.abc import Mapping

from ue_sim.identity.errors import Unusable
from valkit.tokens.strictjson import read_object


def json_object(body: bytes, what: str) -> Mapping[str, object]:
    """Read an object; Unusable names what it should have been."""
    try:
        return read_object(body)
    except ValueError:
        raise Unusable(f"the {what} is not a JSON object") from None


def text(members: Mapping[str, object], name: str, what: str) -> str:
    """Take a text that must be there and not be empty."""
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise Unusable(f"the {what} has no {name}")
    return value


def optional_text(members: Mapping[str, object], name: str, what: str) -> str | None:
    """Take a text that may be absent."""
    return text(members, name, what) if members.get(name) is not None else None


def number(members: Mapping[str, object], name: str, what: str) -> float:
    """Take a number, not negative, that can be a time or a duration."""
    value = members.get(name)
    if type(value) not in {int, float} or not 0 <= float(str(value)) <= 2**53:
        raise Unusable(f"the {what} has no {name} that is a number of seconds")
    return float(str(value))
