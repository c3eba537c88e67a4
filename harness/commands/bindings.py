"""`val bindings`: who is bound at a VAL server, from its admin address; a table, JSON, or as it happens."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from typing import Annotated, Any, NoReturn, TypeAlias
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import typer
from rich.console import Console
from rich.text import Text

from harness.console.listing import (
    NoValServer,
    from_a_val_server,
    happening,
    is_admin,
    listing,
    sentence,
    table,
    with_dates,
)
from harness.console.terminal import colours
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.net.serving import leave

Json: TypeAlias = dict[str, Any]

ADMIN = "http://127.0.0.1:8060"
PATIENCE = 5.0
"""Seconds to wait for an answer."""
NOBODY = "Nobody is bound. `val bindings --follow` tells from now on who is refused, and who comes without a token."
SILENCE = 60.0
"""Seconds after which an event stream without a sign of life is over; the server gives one every 15."""


def bindings(
    admin: Annotated[str, typer.Option(help="Admin address of the VAL server.")] = ADMIN,
    impu: Annotated[str, typer.Option(help="Only this IMPU.")] = "",
    user: Annotated[str, typer.Option(help="Only this VAL user.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Not more than so many.")] = 1000,
    as_json: Annotated[
        bool, typer.Option("--json", help="JSON instead of a table; with --follow one object a line.")
    ] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Then tell what happens, until Ctrl-C.")] = False,
) -> None:
    r"""Show what a VAL server has bound: which IMPU speaks for which VAL user in which VAL services.

    A binding lasts as long as its registration or publication is refreshed, whatever becomes of the token, unless the
    server is told otherwise (bindings.outlive_token). In JSON, times are epoch seconds, and beside them UTC as text.

    \b
    Examples:
      val bindings
      val bindings --impu sip:alice@home.example --json
      val bindings --admin http://127.0.0.1:8061 --follow
    """
    if not is_admin(admin):
        leave(f"{admin} is no admin address (expected something like {ADMIN})", BAD_INPUT)
    try:
        with ExitStack() as streams:
            # the stream first, so that nothing happens unseen between it and the table
            stream = streams.enter_context(_opened(f"{admin}/events", SILENCE)) if follow else None
            _tell_all(_ask(admin, impu, user, limit), stream, as_json=as_json)
    except HTTPError as error:
        _refused(admin, error)
    except NoValServer:
        leave(_stranger(admin), BAD_ENVIRONMENT)
    except URLError as error:
        leave(_nobody(admin, error), BAD_ENVIRONMENT)
    except KeyboardInterrupt:
        return
    if follow:
        leave(f"The VAL server at {admin} has gone.", BAD_ENVIRONMENT)


def _tell_all(found: Json, stream: Any, *, as_json: bool) -> None:
    console = Console(highlight=False, color_system=colours(), soft_wrap=True)
    _show(found, console, as_json=as_json, indent=1 if stream is None else None)
    for event in _events(stream) if stream is not None else ():
        _tell(event, console, as_json=as_json)


def _opened(url: str, timeout: float) -> Any:
    with _connected():
        return urlopen(url, timeout=timeout)  # noqa: S310 - the scheme was checked


def _ask(admin: str, impu: str, user: str, limit: int) -> Json:
    narrowed = {name: value for name, value in (("impu", impu), ("user", user)) if value}
    query = urlencode({**narrowed, "limit": limit})
    with _opened(f"{admin}/bindings?{query}", PATIENCE) as answer, _connected():
        found: Json = json.load(answer)
    return found


def _events(stream: Any) -> Iterator[Json]:
    """Give the events of a stream of server-sent events, which have one data line each."""
    while True:
        with _connected():
            line = stream.readline()
            event = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else None
        if event is not None:
            yield event
        if not line:
            return


@contextmanager
def _connected() -> Iterator[None]:
    """Tell faults of the connection and of whoever answers from those of ours, such as a terminal that is gone."""
    try:
        with from_a_val_server():
            yield
    except HTTPException as error:
        raise NoValServer from error
    except (TimeoutError, ConnectionError) as error:
        raise URLError(error) from error


def _show(found: Json, console: Console, *, as_json: bool, indent: int | None) -> None:
    read = listing(found)
    if as_json:
        console.out(json.dumps(with_dates(found), indent=indent))
        return
    for line in table(read.rows, console.width if console.is_terminal else None) if read.rows else [NOBODY]:
        console.print(Text(line))
    if read.more:
        console.print("There are more: narrow it with --impu or --user, or raise --limit.")


def _tell(event: Json, console: Console, *, as_json: bool) -> None:
    told = happening(event)
    if as_json:
        console.out(json.dumps(with_dates(event)))
    else:
        console.print(sentence(told))


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
