"""A core that knows the users of a load: settings for `val core`, and the table that they name. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from harness.load.users import User
from sipcore_stub.hss.table import COLUMNS, KEYS, TUAK
from sipcore_stub.settings import ConnectionSettings

SERVER = "sip:127.0.0.1:5070"
"""Where `val server` listens if nobody says otherwise."""


def core_settings(users: Sequence[User], table: str, server: str = SERVER) -> str:
    """Write a core that knows the users in this table and tells a VAL server of them."""
    told = users[0].settings
    criteria = [
        {"method": "REGISTER", "server_name": server},
        {"method": "PUBLISH", "event": told.publish.event, "server_name": server},
    ]
    places = max(ConnectionSettings().most, 2 * len(users))  # each UE may have one of its own, and all share a host
    return (
        f"domain: {json.dumps(told.home)}\n"
        f"filter_criteria: {json.dumps(criteria)}\n"
        f"connections: {json.dumps({'most': places, 'per_host': places})}\n"
        f"subscriber_table: {json.dumps(table)}\n"
    )


def core_table(users: Sequence[User]) -> str:
    """Write the table: the subscribers whose cards these phones have."""
    lines = [_line(each) for each in users]
    said = {name for line in lines for name in line}
    text = io.StringIO()
    writer = csv.DictWriter(text, [name for name in COLUMNS if name in said], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _line(user: User) -> dict[str, Any]:
    card = user.phone["usim"]
    keys = {name: str(card[name]) for name in KEYS if name in card and name != "sqn"}  # the HSS begins at its own
    sizes = {name: card["tuak"][key] for name in TUAK if (key := name.partition(".")[2]) in card.get("tuak", {})}
    return {"impi": user.phone["impi"], "impu": user.phone["impu"], **keys, **sizes}
