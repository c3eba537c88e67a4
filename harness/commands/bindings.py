"""`val bindings`: who is bound at a VAL server, from its admin address; a table, JSON, or as it happens."""

import json
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPException
from typing import Annotated, Any, NoReturn, TypeAlias
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.net.serving import leave

Json: TypeAlias = dict[str, Any]

ADMIN = "http://127.0.0.1:8060"
PATIENCE = 5.0
"""Seconds to wait for an answer."""
SILENCE = 60.0
"""Seconds after which an event stream without a sign of life is over; the server gives one every 15."""
COLOURS = {"bound": "green", "rebound": "cyan", "moved": "cyan", "unbound": "yellow", "refused": "red"}


def bindings(
    admin: Annotated[str, typer.Option(help="Admin address of the VAL server.")] = ADMIN,
    impu: Annotated[str, typer.Option(help="Only this IMPU.")] = "",
    user: Annotated[str, typer.Option(help="Only this VAL user.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Not more than so many.")] = 1000,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON instead of a table; with --follow one per line.")
    ] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Then tell what happens, until Ctrl-C.")] = False,
) -> None:
    r"""Show what a VAL server has bound: which IMPU speaks for which VAL user in which VAL services.

    \b
    Examples:
      val bindings
      val bindings --impu sip:alice@home.example --json
      val bindings --admin http://127.0.0.1:8061 --follow
    """
    if urlsplit(admin).scheme not in {"http", "https"}:
        leave(f"{admin} is no admin address (expected something like {ADMIN})", BAD_INPUT)
    console = Console(highlight=False)
    try:
        # the stream first, so that nothing happens unseen between it and the table
        stream = urlopen(f"{admin}/events", timeout=SILENCE) if follow else None  # noqa: S310 - the scheme was checked
        _show(_ask(admin, impu, user, limit), console, as_json=as_json)
        for event in _events(stream) if stream is not None else ():
            _tell(event, console, as_json=as_json)
    except HTTPError as error:
        _refused(admin, error)
    except (URLError, OSError) as error:
        leave(_nobody(admin, error), BAD_ENVIRONMENT)
    except (HTTPException, ValueError, LookupError, TypeError, AttributeError):
        leave(_stranger(admin), BAD_ENVIRONMENT)
    except KeyboardInterrupt:
        return
    if follow:
        leave(f"The VAL server at {admin} has gone.", BAD_ENVIRONMENT)


def _ask(admin: str, impu: str, user: str, limit: int) -> Json:
    narrowed = {name: value for name, value in (("impu", impu), ("user", user)) if value}
    query = urlencode({**narrowed, "limit": limit})
    with urlopen(f"{admin}/bindings?{query}", timeout=PATIENCE) as answer:  # noqa: S310 - the scheme was checked
        found: Json = json.load(answer)
    return found


def _events(stream: Any) -> Iterator[Json]:
    """Give the events of a stream of server-sent events, which have one data line each."""
    for line in stream:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def _show(found: Json, console: Console, *, as_json: bool) -> None:
    if as_json:
        console.out(json.dumps(found, indent=1))
        return
    console.print(_table(found["bindings"]) if found["bindings"] else "Nobody is bound.")
    if found["more"]:
        console.print("There are more: narrow it with --impu or --user, or raise --limit.")


def _table(rows: list[Json]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("IMPU", "VAL user", "VAL services", "via", "client", "until"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        services, via, clients = (" ".join(row[name]) for name in ("val_service_ids", "via", "client_ids"))
        texts = row["impu"], row["val_user_id"], services, via, clients, _time(row["ends"])
        table.add_row(*map(Text, texts))
    return table


def _tell(event: Json, console: Console, *, as_json: bool) -> None:
    if as_json:
        console.out(json.dumps(event))
    elif "what" not in event:
        console.print(Text(f"{event['count']} events were missed", style="red"))
    else:
        console.print(_sentence(event), soft_wrap=True)


def _sentence(event: Json) -> Text:
    said = (event.get(name) for name in ("impu", "val_user_id", "val_service_ids", "via", "cause"))
    words = (" ".join(word) if isinstance(word, list) else str(word) for word in said if word)
    what = event["what"]
    return Text.assemble(
        f"{_time(event['at'])}  ", (f"{what:8}", COLOURS.get(what, "")), *(f"  {word}" for word in words)
    )


def _time(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _refused(admin: str, error: HTTPError) -> NoReturn:
    """Say what the server does not want; whoever says it otherwise than a VAL server does is none."""
    try:
        sentence = f"{admin} refuses: {json.load(error)['error']}"
    except (HTTPException, OSError, ValueError, LookupError, TypeError):
        leave(_stranger(admin), BAD_ENVIRONMENT)
    leave(sentence, BAD_INPUT)


def _stranger(admin: str) -> str:
    return f"What answers at {admin} is no VAL server: name the admin address of one with --admin URL."


def _nobody(admin: str, error: Exception) -> str:
    return (
        f"No VAL server answers at {admin} ({getattr(error, 'reason', error)}): start one with "
        "`val server --config FILE`, or name its admin address with --admin URL."
    )
