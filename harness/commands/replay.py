"""`val replay`: what a VAL server that is right would have done with a capture."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from time import time
from typing import Annotated, Literal

import typer

from harness.console.terminal import columns
from harness.consulting.errors import NotUsable
from harness.consulting.files import capture_of
from harness.consulting.opening import without_folders
from harness.replaying import shown
from harness.replaying.arrivals import Place, arrivals, nobody_told, server_in
from harness.replaying.judging import Judged, Replay
from harness.replaying.terms import from_options, from_settings
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave
from valserver.errors import CannotStart
from valserver.settings import ServerSettings


def replay(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Captures, pcap or pcapng, each judged by itself. A folder stands for those in it, - for standard "
            "input.",
        ),
    ],
    *,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings of a VAL server, as for val server --config.")
    ] = None,
    jwks: Annotated[Path | None, typer.Option(metavar="FILE", help="The issuer's keys.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Without --config: whose tokens hold.")] = None,
    audience: Annotated[str | None, typer.Option(help="Without --config: for whom they are meant.")] = None,
    profile: Annotated[
        Literal["val", "mcptt", "mcvideo", "mcdata"], typer.Option(help="Without --config: what the service is like.")
    ] = "val",
    server: Annotated[
        str | None,
        typer.Option(metavar="HOST[:PORT]", help="The VAL server; else whom the core tells of registrations."),
    ] = None,
    events: Annotated[bool, typer.Option("--events", help="Every event too, with time and cause.")] = False,
    in_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
) -> None:
    r"""Judge a capture: which bindings a VAL server that is right would have made, and what yours answered.

    Works for captures of anybody's core and server. Time is the capture's: a token that has ended since held then. One
    that tells no times is judged as of now.
    Keys are as the file has them now. Each of several captures is judged as if the server began with it. Exits with 1
    when the server granted what was to be refused, or the reverse, and with 2 when there is nothing that could be
    judged.

    \b
    Examples:
      val replay trace.pcap --config examples/valserver.yaml
      val replay captures --config examples/valserver.yaml
      val replay trace.pcap --jwks jwks.json --issuer https://idms.home.example --audience val-server
      val replay trace.pcap --config examples/valserver.yaml --server 192.0.2.9:5070 --events
      val replay trace.pcap --config examples/valserver.yaml --json
    """
    try:
        settings = from_options(jwks, issuer, audience, profile) if config is None else from_settings(config, jwks)
        asked = None if server is None else _place(server)
        judged = [_judged(path, settings, asked) for path in without_folders(files)]
    except NotUsable as error:
        leave(f"{error}.", BAD_INPUT)
    except CannotStart as error:
        leave(f"{error}.", BAD_ENVIRONMENT)
    except OSError as error:
        leave(f"{error.filename} cannot be read: {error.strerror}.", BAD_ENVIRONMENT)
    if all(each.place is None for each in judged):
        leave(_no_server(judged), BAD_INPUT)
    _tell(judged, events=events, in_json=in_json)


def _tell(judged: Sequence[Judged], *, events: bool, in_json: bool) -> None:
    if in_json:
        typer.echo(shown.as_json(judged[0]) if len(judged) == 1 else shown.all_as_json(judged))
    else:
        for line in shown.lines(judged, columns(), events=events):
            typer.echo(line)
    decisions = [decision for each in judged for decision in each.decisions]
    if any(decision.disagrees for decision in decisions):
        raise typer.Exit(FAILED)
    if all(decision.due is None for decision in decisions):
        raise typer.Exit(BAD_INPUT)


def _judged(path: Path, settings: ServerSettings, asked: Place | None) -> Judged:
    """Judge one capture. Raises NotUsable, CannotStart, OSError."""
    evidence = capture_of(path)
    place = server_in(evidence) if asked is None else asked
    judge = Replay(settings)
    times = [seen.spot.at for seen in evidence.messages if seen.spot.at is not None]
    if not times:
        judge.pass_until(time())
    decisions = () if place is None else tuple(judge.decisions(tuple(arrivals(evidence, place))))
    judge.pass_until(max(times, default=0.0))
    lacks = nobody_told(evidence) if place is None else ""
    return Judged(str(path), place, decisions, tuple(judge.told), judge.bindings, evidence.remarks, lacks)


def _no_server(judged: Sequence[Judged]) -> str:
    """Say of each capture why there is nothing to judge, and who looks at such ones."""
    names = " ".join(quote(each.name) for each in judged)
    why = "; ".join(f"{each.name}: {each.lacks}" for each in judged)
    return (
        f"{why}. So nobody tells a VAL server of anything there.\n"
        f"What went wrong says: val doctor {names}\n"
        "If one of the hosts is a VAL server all the same, name it with --server HOST."
    )


def _place(text: str) -> Place:
    """Read where the server is. Raises NotUsable."""
    host, colon, port = text.rpartition(":") if text.count(":") == 1 or text.startswith("[") else (text, "", "")
    if colon and not (port.isdecimal() and int(port) < 1 << 16):
        raise NotUsable(f"--server {text} is no address (expected HOST or HOST:PORT)")
    return Place((host or text).strip("[]"), int(port) if colon else None)
