"""The users of a load: made from a template with {n} in it, or read from a CSV file; and a core that knows them.

Pure: texts in, values out. A template is a phone's settings file. Wherever it says {n} stands the user's number, {n:6}
with at least six digits; {k} and {opc} are keys made from the number, which the core's subscribers get as well.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from ipaddress import ip_network
from itertools import islice
from typing import Any

from attrs import evolve, field, frozen

from harness.load.errors import BadUsers
from sipcore_stub.settings import ConnectionSettings
from ue_sim.settings import UeSettings
from valkit.settings import Document, SettingsError, documents, validated
from valkit.settings.document import SIZE_LIMIT
from valkit.sip.hop import Hop

MOST = 100_000
"""Users at most."""

TEMPLATE = """\
impi: user{n}@home.example
impu: sip:user{n}@home.example
usim: {k: "{k}", opc: "{opc}"}
"""
"""The users where nobody says otherwise."""

CARD = ("k", "op", "opc", "password", "sqn")
"""Columns that are the card's."""
COLUMNS = ("impi", "impu", *CARD, "user", "token", "login", "login_password")
"""What a CSV file can say of a user; the rest comes from the template."""

_PLACE = re.compile(r"\{(?:(k|opc)|n(?::(\d))?)\}")


@frozen
class User:
    """One user: a phone's settings as a file has them, and whom its token speaks for."""

    phone: Mapping[str, Any] = field(repr=False)
    name: str
    """VAL user ID in a minted token."""
    token: str | None = field(default=None, repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)
    """Name and password at the identity server."""

    @property
    def settings(self) -> UeSettings:
        """The phone's settings."""
        return UeSettings.model_validate(self.phone)


def generated(template: str, name: str, count: int, first: int = 1) -> list[User]:
    """Make so many users, numbered from the first on. Raises BadUsers, SettingsError."""
    if not 0 < count <= MOST:
        raise BadUsers(f"--users {count} are too few or too many (expected 1 to {MOST})")
    document = _template(template, name)
    users = [_user(document, number, {}) for number in range(first, first + count)]
    _each_once(users, f"{name}: say {{n}} in impi and impu, so that each user has one of its own")
    return users


def listed(template: str, name: str, table: str, file: str) -> list[User]:
    """Read users from a CSV file, whose columns go before what the template says. Raises BadUsers, SettingsError."""
    document = _template(template, name)
    users = [
        _listed(document, number, row, f"{file}:{line}") for number, (line, row) in enumerate(_rows(table, file), 1)
    ]
    if not users:
        raise BadUsers(f"{file} has no user (expected a line of column names, then a line for each)")
    _each_once(users, f"{file}: each user stands there once")
    return users


def addressed(users: Sequence[User], network: str) -> list[User]:
    """Give each phone an address of its own, those of this network one after the other. Raises BadUsers."""
    try:
        wanted = ip_network(network)
    except ValueError:
        raise BadUsers(f"--addresses {network} is no network (expected something like 127.1.0.0/16)") from None
    hosts = [str(each) for each in islice(wanted.hosts(), len(users))]
    if len(hosts) < len(users):
        raise BadUsers(f"--addresses {network} has {len(hosts)} addresses, and there are {len(users)} users")
    return [
        evolve(each, phone={**each.phone, "listen": str(_transport(each)._replace(host=host, port=0))})
        for each, host in zip(users, hosts, strict=True)
    ]


def core_settings(users: list[User], server: str = "sip:127.0.0.1:5070") -> str:
    """Write a core that knows these users and tells a VAL server of them, for `val core`. Raises BadUsers."""
    told = users[0].settings
    subscribers = ",\n".join(f"  {json.dumps(_subscriber(each))}" for each in users)
    criteria = [
        {"method": "REGISTER", "server_name": server},
        {"method": "PUBLISH", "event": told.publish.event, "server_name": server},
    ]
    places = max(ConnectionSettings().most, 2 * len(users))  # each UE may have one of its own, and all share a host
    text = (
        f"domain: {json.dumps(told.home)}\n"
        f"filter_criteria: {json.dumps(criteria)}\n"
        f"connections: {json.dumps({'most': places, 'per_host': places})}\n"
        f"subscribers: [\n{subscribers}\n]\n"
    )  # fmt: skip
    if len(text) > SIZE_LIMIT - 1_000:
        raise BadUsers(f"{len(users)} subscribers are too many for a settings file (expected about 5000 at most)")
    return text


def _transport(user: User) -> Hop:
    """Give what says by which transport this phone listens."""
    settings = user.settings
    return settings.listen or settings.core or Hop("udp", "", 0)


def _template(text: str, name: str) -> Document:
    """Read the template; what is wrong with it is told as of the file."""
    found = documents(text, name)
    if not isinstance(found[0].value, Mapping):
        raise BadUsers(f"{name} is no phone's settings (expected such as examples/ue.yaml)")
    return found[0]


def _user(document: Document, number: int, row: Mapping[str, str]) -> User:
    phone: Any = _filled(document.value, number)
    card = {name: row[name] for name in CARD if row.get(name)}
    phone |= {name: row[name] for name in ("impi", "impu") if row.get(name)}
    if card:
        kept = {} if {"k", "password"} & card.keys() else phone.get("usim", {})
        if isinstance(kept, Mapping):  # else it is told below what it ought to be
            phone["usim"] = {**kept, **card, **({"algorithm": "digest"} if "password" in card else {})}
    settings = validated(UeSettings, evolve(document, value=phone))
    login = (row["login"], row.get("login_password", "")) if row.get("login") else None
    return User(phone, row.get("user") or settings.impi.partition("@")[0], row.get("token") or None, login)


def _listed(document: Document, number: int, row: Mapping[str, str], where: str) -> User:
    try:
        return _user(document, number, row)
    except SettingsError as error:
        wrong = "; ".join(f"{'.'.join(map(str, fault.path))} {fault.message}" for fault in error.faults)
        raise BadUsers(f"{where}: with this line the phone's settings do not hold: {wrong}") from None


def _filled(value: object, number: int) -> object:
    """Put the number where it is named."""
    match value:
        case str():
            return _PLACE.sub(lambda found: _put(found, number), value)
        case Mapping():
            return {key: _filled(each, number) for key, each in value.items()}
        case list():
            return [_filled(each, number) for each in value]
    return value


def _put(found: re.Match[str], number: int) -> str:
    key, digits = found.groups()
    if key is None:
        return f"{number:0{digits or 1}}"
    return sha256(f"val load {key} {number}".encode()).hexdigest()[:32]


def _rows(table: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each line of the table with its number. Raises BadUsers."""
    reader = csv.reader(io.StringIO(table), skipinitialspace=True)
    names: list[str] = []
    try:
        for cells in reader:
            if not cells or cells[0].startswith("#"):
                continue
            if not names:
                names = _names([cell.strip() for cell in cells], f"{file}:{reader.line_num}")
            elif len(cells) != len(names):
                raise BadUsers(
                    f"{file}:{reader.line_num}: has {len(cells)} cells (expected {len(names)}: {','.join(names)})"
                )
            else:
                yield reader.line_num, dict(zip(names, map(str.strip, cells), strict=True))
    except csv.Error as error:
        raise BadUsers(f"{file}:{reader.line_num}: is no CSV: {error}") from None


def _names(names: list[str], where: str) -> list[str]:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or len(set(names)) != len(names):
        what = f"has no column {unknown[0]!r}" if unknown else "names a column twice"
        raise BadUsers(f"{where}: a file of users {what} (expected some of {', '.join(COLUMNS)})")
    return names


def _each_once(users: list[User], rule: str) -> None:
    seen: set[str] = set()
    for user in users:
        for identity in {user.phone["impi"], user.phone["impu"]}:
            if identity in seen:
                raise BadUsers(f"{rule} ({identity} is there twice)")
            seen.add(identity)


def _subscriber(user: User) -> dict[str, Any]:
    """Give the subscriber that fits a phone."""
    card = {key: value for key, value in user.phone["usim"].items() if key not in {"sqn", "age_limit", "answers"}}
    return {
        "impi": user.phone["impi"],
        "impus": [user.phone["impu"]],
        **{key: _plain(each) for key, each in card.items()},
    }


def _plain(value: object) -> object:
    return value if isinstance(value, str | dict) else str(value)
