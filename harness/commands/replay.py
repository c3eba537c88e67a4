"""`val replay`: what a VAL server that is right would have done with a capture."""

from pathlib import Path
from time import time
from typing import Annotated, Literal

import typer

from harness.console.terminal import columns
from harness.consulting.errors import NotUsable
from harness.consulting.files import capture_in
from harness.evidence import Evidence
from harness.replaying import shown
from harness.replaying.arrivals import Place, arrivals, server_in
from harness.replaying.judging import Decision, Replay
from harness.replaying.terms import from_options, from_settings
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave
from valserver.errors import CannotStart


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A capture, pcap or pcapng.")],
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
    Keys are as the file has them now. Exits with 1 when the server granted what was to be refused, or the reverse,
    and with 2 when there is nothing that could be judged.

    \b
    Examples:
      val replay trace.pcap --config examples/valserver.yaml
      val replay trace.pcap --jwks jwks.json --issuer https://idms.home.example --audience val-server
      val replay trace.pcap --config examples/valserver.yaml --server 192.0.2.9:5070 --events
      val replay trace.pcap --config examples/valserver.yaml --json
    """
    try:
        settings = from_options(jwks, issuer, audience, profile) if config is None else from_settings(config, jwks)
        with file.open("rb") as opened:
            evidence = capture_in(opened, str(file))
        judge = Replay(settings)
        place = _place(server) if server is not None else server_in(evidence)
    except NotUsable as error:
        leave(f"{error}.", BAD_INPUT)
    except CannotStart as error:
        leave(f"{error}.", BAD_ENVIRONMENT)
    except OSError as error:
        leave(f"{error.filename} cannot be read: {error.strerror}.", BAD_ENVIRONMENT)
    if place is None:
        leave(f"{file}: nobody tells a VAL server of anything there; name it with --server HOST.", BAD_INPUT)
    decisions = _judged(evidence, judge, place)
    if in_json:
        typer.echo(shown.as_json(decisions, judge.told, judge.bindings, str(place)))
    else:
        _tell(evidence, judge, decisions, place, events=events)
    if any(decision.disagrees for decision in decisions):
        raise typer.Exit(FAILED)
    if all(decision.due is None for decision in decisions):
        raise typer.Exit(BAD_INPUT)


def _judged(evidence: Evidence, judge: Replay, place: Place) -> list[Decision]:
    times = [seen.spot.at for seen in evidence.messages if seen.spot.at is not None]
    if not times:
        judge.pass_until(time())
    decisions = list(judge.decisions(tuple(arrivals(evidence, place))))
    judge.pass_until(max(times, default=0.0))
    return decisions


def _tell(evidence: Evidence, judge: Replay, decisions: list[Decision], place: Place, *, events: bool) -> None:
    for line in shown.decided(decisions):
        typer.echo(line)
    if events:
        typer.echo()
        for line in shown.timeline(judge.told):
            typer.echo(line)
    typer.echo()
    for line in shown.bound(judge.bindings, columns()):
        typer.echo(line)
    typer.echo()
    typer.echo(shown.summary(decisions, str(place)))
    for remark in evidence.remarks:
        typer.echo(f"Not looked at: {remark}")


def _place(text: str) -> Place:
    """Read where the server is. Raises NotUsable."""
    host, colon, port = text.rpartition(":") if text.count(":") == 1 or text.startswith("[") else (text, "", "")
    if colon and not (port.isdecimal() and int(port) < 1 << 16):
        raise NotUsable(f"--server {text} is no address (expected HOST or HOST:PORT)")
    return Place((host or text).strip("[]"), int(port) if colon else None)
