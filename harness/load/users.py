"""The users of a load: made from a template with {n} in it, or read from a CSV file.

Pure: texts in, values out. A template is a phone's settings file. Wherever it says {n} stands the user's number, {n:6}
with at least six digits; {k} and {opc} are keys made from the number, which the core's subscribers get as well.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from ipaddress import ip_network
from itertools import islice
from typing import Any

from attrs import evolve, field, frozen

from harness.load.errors import BadUsers
from sipcore_stub.hss.table import COLUMNS as SUBSCRIBERS
from sipcore_stub.hss.table import KEYS, OTHERS, subscriber
from ue_sim.settings import UeSettings
from valkit.settings import Document, SettingsError, documents, rows, validated
from valkit.sip.hop import Hop

MOST = 100_000
"""Users at most."""

SHARING = 10_000
"""UEs at most that share an address of this machine: each needs ports there, of which there are some 28,000."""
LOOPBACK = "127.128.0.0/9"
"""Addresses that Linux has by itself."""

TEMPLATE = """\
impi: user{n}@home.example
impu: sip:user{n}@home.example
usim: {k: "{k}", opc: "{opc}"}
"""
"""The users where nobody says otherwise."""

COLUMNS = (*SUBSCRIBERS, *OTHERS)
"""What a CSV file can say of a user: what a core's table says of a subscriber, and more. The rest is the template's."""
OPERATORS = frozenset({"op", "opc", "top", "topc"})
"""Keys of which a card has one."""
OWN = frozenset({"k", "opc", "topc", "password"})
"""Keys that are another one's as soon as K is."""

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


def listed(template: str, name: str, table: str, file: str, count: int | None = None) -> list[User]:
    """Read users from a CSV file, so many or all, whose columns go before what the template says.

    Raises BadUsers, SettingsError.
    """
    if count is not None and not 0 < count <= MOST:
        raise BadUsers(f"--users {count} are too few or too many (expected 1 to {MOST})")
    document = _template(template, name)
    seen: dict[str, int] = {}
    users: list[User] = []
    for row in islice(rows(table, file, COLUMNS, MOST), count):
        user = _listed(document, len(users) + 1, row)
        for identity in {user.phone["impi"], user.phone["impu"]}:
            earlier = seen.setdefault(identity, row.line(()))
            if earlier != row.line(()):
                raise BadUsers(
                    f"{file}:{row.line(())}: {identity} stands on line {earlier} already (expected each once)"
                )
        users.append(user)
    if count is not None and len(users) < count:
        raise BadUsers(f"--users {count}: {file} has {len(users)} (expected that at most, or no --users)")
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


def called(users: Sequence[User], core: str) -> list[User]:
    """Tell each phone which core it speaks to."""
    return [evolve(each, phone={**each.phone, "core": core}) for each in users]


def crowded(users: Sequence[User]) -> str | None:
    """Give a network for users of which this machine has too few ports at one address, where it has it by itself."""
    told = users[0].settings
    on_loopback = told.core is None or told.core.host.startswith("127.")
    return LOOPBACK if len(users) > SHARING and on_loopback and told.listen is None else None


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
    phone |= {name: row[name] for name in ("impi", "impu") if name in row}
    usim = phone.get("usim", {})
    if row and isinstance(usim, Mapping):  # else it is told below what it ought to be
        phone["usim"] = _card(usim, subscriber(row))
    settings = validated(UeSettings, evolve(document, value=phone))
    login = (row["login"], row.get("login_password", "")) if "login" in row else None
    return User(phone, row.get("user") or settings.impi.partition("@")[0], row.get("token"), login)


def _card(usim: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a line of the table over the template's card: what the line has in its own way the template's goes for."""
    card = {name: value for name, value in row.items() if name in {*KEYS, "tuak"}}
    if "password" in card:
        return {"algorithm": "digest", **card}
    kept = {name: value for name, value in usim.items() if not ("k" in card and name in OWN)}
    if OPERATORS & card.keys():
        kept = {name: value for name, value in kept.items() if name not in OPERATORS}
    if "k" in card and kept.get("algorithm") == "digest":
        del kept["algorithm"]
    return {**kept, **card}


def _listed(document: Document, number: int, row: Document) -> User:
    cells: Any = row.value
    try:
        return _user(document, number, cells)
    except SettingsError as error:
        wrong = "; ".join(f"{'.'.join(map(str, fault.path))} {fault.message}" for fault in error.faults)
        where = f"{row.name}:{row.line(())}"
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


def _each_once(users: list[User], rule: str) -> None:
    seen: set[str] = set()
    for user in users:
        for identity in {user.phone["impi"], user.phone["impu"]}:
            if identity in seen:
                raise BadUsers(f"{rule} ({identity} is there twice)")
            seen.add(identity)
