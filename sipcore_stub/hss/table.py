"""Subscribers in a table of their own (CSV): as many as an HSS has, a line for each.

YAML with the place of every value takes a millisecond for each subscriber, and a line of a table a fiftieth of that.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from sipcore_stub.hss.subscribers import SubscriberSettings
from valkit.aka.settings import TuakSettings
from valkit.net.files import content, tried, why
from valkit.settings import Document, Fault, Origins, SettingsError, decoded, rows, validated

MOST = 500_000
"""Subscribers of a table at most."""
LARGEST = 128 << 20
"""Bytes of a table at most."""
FAULTS = 20
"""Lines whose faults are told; who has made more by one mistake needs no more."""

KEYS = ("algorithm", "k", "op", "opc", "top", "topc", "password", "sqn", "ind_bits", "delta")
"""Columns that card and HSS have both."""
TUAK = tuple(f"tuak.{name}" for name in TuakSettings.model_fields)
"""What an operator chooses of TUAK."""
COLUMNS = ("impi", "impu", *KEYS, *TUAK, "amf")
"""What a table says of a subscriber; the rest is said by nothing, or by the core for all."""
ORIGINS: Origins = {("impus",): ("impu",)} | {("tuak", name.partition(".")[2]): (name,) for name in TUAK}
"""In which column stands what settings have elsewhere."""
OTHERS = ("user", "token", "login", "login_password")
"""Columns that a table of users for `val load` has as well, passed over here."""


@frozen
class Table:
    """What was read of one."""

    subscribers: tuple[SubscriberSettings, ...] = field(repr=False)


def read(given: object) -> Table:
    """Read the file of this name; ValueError if there is none, SettingsError of its own lines if it is wrong."""
    path = Path(str(given))
    try:
        octets = content(path, LARGEST)
    except OSError as error:
        raise ValueError(f"cannot be read: {tried(path)}: {why(error)}") from None
    return Table(tuple(_subscribers(decoded(octets, str(path)), str(path))))


def _subscribers(text: str, name: str) -> Iterator[SubscriberSettings]:
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for row in rows(text, name, (*COLUMNS, *OTHERS), MOST):
        try:
            found = validated(SubscriberSettings, evolve(row, value=subscriber(row.value)), origins=ORIGINS)
        except SettingsError as error:
            faults += error.faults
        else:
            faults += _repeated(found, row, lines)
            yield found
        if len(faults) >= FAULTS:
            break
    if faults:
        raise SettingsError(faults)


def subscriber(cells: Any) -> dict[str, Any]:
    """Give what a line says as settings have it."""
    said: Mapping[str, str] = cells
    told: dict[str, Any] = {name: said[name] for name in ("impi", *KEYS, "amf") if name in said}
    sizes = {name.partition(".")[2]: _number(said[name]) for name in TUAK if name in said}
    return (
        told | {"impus": [{"impu": each} for each in said.get("impu", "").split()]} | ({"tuak": sizes} if sizes else {})
    )


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _repeated(found: SubscriberSettings, row: Document, lines: dict[str, int]) -> Iterator[Fault]:
    """Say which identities stand in an earlier line."""
    line = row.line(())
    for column, identity in (("impi", found.impi), *(("impu", impu) for impu in found.every_impu)):
        earlier = lines.setdefault(f"{column} {identity}", line)
        if earlier != line:
            yield row.fault((column,), f"{identity} stands on line {earlier} already")
