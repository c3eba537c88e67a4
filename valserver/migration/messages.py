"""What VAL servers and gateways say to each other about migrations, as JSON: steps 3 to 10 of figure 5.X.5-2.

Every member is named here and nothing else is taken, so no access token travels in it (the figure's NOTE), nor anything
of a domain's topology: names of domains and users, and what became of it.
"""

import json
import re
from enum import Enum

from attrs import asdict, fields, frozen

from valkit.tokens.strictjson import read_object

LARGEST = 8 * 1024
"""Bytes of a message."""
LATEST = 2**53
MOST_SERVICES = 64

_is_id = re.compile(r"[A-Za-z0-9-]{8,64}").fullmatch
_is_name = re.compile(r"[!-~]{1,255}").fullmatch


class NoMessage(ValueError):
    """It cannot be read; the text says why."""


class Act(Enum):
    """What is asked for."""

    MIGRATE = "migrate"
    """The partner asks the primary: may this user be served there?"""
    END = "end"
    """Either tells the other: the user is not served in the partner domain any more."""


@frozen
class Message:
    """One request. `asked_at` and `id` order the attempts of one user at one partner: a later one overtakes."""

    act: Act
    id: str
    asked_at: int
    """Milliseconds since 1970 at which the partner server began this attempt."""
    home_domain: str
    home_user: str
    """The VAL user ID in the primary system."""
    partner_domain: str
    partner_user: str
    """The VAL user ID that the partner system gave."""
    val_service_ids: tuple[str, ...] = ()
    user_profile: int = 0
    by: str = ""
    """Who ends it: the domain, for `end`."""

    @property
    def order(self) -> tuple[int, str]:
        """Tells earlier attempts from later ones."""
        return self.asked_at, self.id

    @property
    def source(self) -> str:
        """The domain that it comes from."""
        return self.partner_domain if self.act is Act.MIGRATE else self.by

    @property
    def target(self) -> str:
        """The domain that it goes to."""
        return self.home_domain if self.source == self.partner_domain else self.partner_domain


class Result(Enum):
    """What became of a request."""

    MIGRATED = "migrated"
    REFUSED = "refused"
    ENDED = "ended"


@frozen
class Outcome:
    """The answer; `cause` says in one word why it is refused."""

    result: Result
    cause: str = ""


def encoded(message: Message) -> bytes:
    """Write a message."""
    said = asdict(
        message, value_serializer=lambda _inst, _field, value: value.value if isinstance(value, Enum) else value
    )
    return json.dumps(said).encode()


def decoded(data: bytes) -> Message:
    """Read a message. NoMessage."""
    said = _members(data, {field.name for field in fields(Message)})
    names = ("home_domain", "home_user", "partner_domain", "partner_user")
    if not all(_named(said[name]) for name in names) or said["home_domain"] == said["partner_domain"]:
        raise NoMessage("domains and users are names, and the domains two")
    message = Message(
        act=_act(said["act"]),
        id=_checked(said["id"], _is_id(str(said["id"])), "id"),
        asked_at=_number(said["asked_at"], LATEST, "asked_at"),
        val_service_ids=_services(said["val_service_ids"]),
        user_profile=_number(said["user_profile"], 255, "user_profile"),
        by=_checked(said["by"], isinstance(said["by"], str), "by"),
        **{name: str(said[name]) for name in names},
    )
    ends = {message.home_domain, message.partner_domain} if message.act is Act.END else {""}
    if message.by not in ends:
        raise NoMessage("by names who ends it, and nobody where it begins")
    return message


def outcome_said(outcome: Outcome) -> dict[str, str]:
    """Give the members of an answer."""
    return {"result": outcome.result.value, "cause": outcome.cause}


def outcome_decoded(data: bytes) -> Outcome:
    """Read an answer. NoMessage."""
    said = _members(data, {"result", "cause"})
    try:
        result = Result(said["result"])
    except ValueError:
        raise NoMessage("there is no such result") from None
    return Outcome(result, _checked(said["cause"], re.fullmatch("[a-z_]{0,40}", str(said["cause"])), "cause"))


def _members(data: bytes, names: set[str]) -> dict[str, object]:
    if len(data) > LARGEST:
        raise NoMessage(f"it has more than {LARGEST} bytes")
    try:
        said = read_object(data)
    except ValueError as error:
        raise NoMessage(f"it is no JSON object: {error}") from None
    if said.keys() != names:
        raise NoMessage(f"its members are not {', '.join(sorted(names))}")
    return said


def _act(value: object) -> Act:
    try:
        return Act(value)
    except ValueError:
        raise NoMessage("there is no such act") from None


def _named(value: object) -> bool:
    return isinstance(value, str) and _is_name(value) is not None


def _checked(value: object, good: object, name: str) -> str:
    if not isinstance(value, str) or not good:
        raise NoMessage(f"{name} is not written as it must be")
    return value


def _number(value: object, most: int, name: str) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise NoMessage(f"{name} is no number from 0 to {most}")
    return value


def _services(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_SERVICES or not all(_named(each) for each in value):
        raise NoMessage(f"val_service_ids is no list of at most {MOST_SERVICES} names")
    return tuple(value)
