"""`val doctor`: what is wrong, in a sentence, and what to do about it."""

from pathlib import Path
from time import time
from typing import Annotated

import typer

from harness.console.terminal import broken, columns
from harness.consulting.consulted import Case
from harness.consulting.errors import NotUsable
from harness.consulting.files import content_of, criteria_in
from harness.consulting.given import Authentication, Demands
from harness.consulting.opening import octets_of, without_folders
from harness.consulting.said import as_json, lines, listed, page
from harness.consulting.secrets import HOW, secret
from harness.diagnosis import findings_in
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave

Key = Annotated[str | None, typer.Option(metavar="HEX", help=f"Secret: {HOW}.", rich_help_panel="Keys")]
Value = Annotated[str | None, typer.Option(metavar="HEX", rich_help_panel="Authentication")]
NO_SIP = "There is no SIP in what was given, so there is nothing to look at."
NOTHING = "There is nothing to look at: give a capture, or keys with --nonce, or a token. See val doctor --help."


def doctor(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...",
            help="Captures, traces, reports, settings, filter criteria, tokens; in any mix. A folder stands for the "
            "captures in it, - for standard input.",
        ),
    ] = None,
    *,
    k: Key = None,
    op: Key = None,
    opc: Key = None,
    top: Key = None,
    topc: Key = None,
    password: Annotated[
        str | None, typer.Option(help=f"Of SIP Digest: {HOW}.", rich_help_panel="Keys", metavar="TEXT")
    ] = None,
    nonce: Annotated[
        str | None, typer.Option(metavar="BASE64", help="Of the 401: RAND and AUTN.", rich_help_panel="Authentication")
    ] = None,
    rand: Value = None,
    autn: Value = None,
    res: Value = None,
    auts: Annotated[
        str | None, typer.Option(metavar="BASE64", help="As in the header.", rich_help_panel="Authentication")
    ] = None,
    sqn: Annotated[
        str | None,
        typer.Option(metavar="HEX", help="The highest that the card has taken.", rich_help_panel="Authentication"),
    ] = None,
    amf: Annotated[
        str | None, typer.Option(metavar="HEX", help="The expected one.", rich_help_panel="Authentication")
    ] = None,
    token: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A file with a token; - is standard input.", rich_help_panel="Tokens"),
    ] = None,
    jwks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The issuer's keys.", rich_help_panel="Tokens")
    ] = None,
    issuer: Annotated[str | None, typer.Option(help="The issuer to believe.", rich_help_panel="Tokens")] = None,
    audience: Annotated[str | None, typer.Option(help="The server's audience.", rich_help_panel="Tokens")] = None,
    scope: Annotated[str | None, typer.Option(help="The scope to ask for.", rich_help_panel="Tokens")] = None,
    ifc: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Filter criteria, an IMSSubscription of TS 29.228.")
    ] = None,
    as_list: Annotated[bool, typer.Option("--list", help="List what is recognized, and end.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="With --list: the page docs/doctor.md.")] = False,
    in_json: Annotated[bool, typer.Option("--json", help="JSON instead of sentences.")] = False,
) -> None:
    r"""Say what is wrong with an authentication, a token or a registration, and what to do about it.

    Looks at captures (pcap, pcapng, gzipped or not) and traces of any system (the more is known beside them, such as
    keys and settings, the more can be said), at parameters alone, and at settings files that have to fit together.
    Exits with 1 when something is wrong. No secret that is given is ever shown; on a command line others may see it,
    so there are other ways.

    \b
    Examples:
      val doctor trace.pcap
      val doctor captures
      ssh core tcpdump -w - -c 1000 port 5060 | val doctor -
      val doctor trace.pcap --k @k.txt --opc @opc.txt
      val doctor trace.pcap examples/valserver.yaml examples/ue.yaml
      val doctor examples/core.yaml examples/ue.yaml examples/valserver.yaml
      val doctor --k ? --op ? --nonce "$NONCE" --sqn 000000000140
      val doctor --token token.txt --jwks jwks.json --issuer https://idms.home.example --audience val-server
      val doctor --ifc alice.xml
      val doctor --list
    """
    if as_list:
        typer.echo(page() if markdown else "\n".join(listed()), nl=not markdown)
        return
    keys = {"k": k, "op": op, "opc": opc, "top": top, "topc": topc, "password": password}
    try:
        told = {name: secret(value, name) for name, value in keys.items() if value is not None}
        given = Authentication(told, sqn, amf, nonce, rand, autn, res, auts)
        case = Case(time(), given, Demands(jwks, issuer, audience, scope))
        for path in (*without_folders(files or ()), *(() if token is None else (token,))):
            case.add(str(path), content_of(path))
        if ifc is not None:
            case.add(str(ifc), criteria_in(octets_of(ifc), str(ifc)))
        facts = tuple(case.facts())
    except NotUsable as error:
        leave(f"{error}.", BAD_INPUT)
    except OSError as error:
        leave(f"{error.filename} cannot be read: {error.strerror}.", BAD_ENVIRONMENT)
    if not facts:
        leave(" ".join((NO_SIP if files else NOTHING, *case.remarks)), BAD_INPUT)
    _tell(case, facts, in_json=in_json)


def _tell(case: Case, facts: tuple[object, ...], *, in_json: bool) -> None:
    findings = findings_in(facts)
    if in_json:
        typer.echo(as_json(findings, case.remarks))
    else:
        for line in lines(findings, case.remarks):
            typer.echo(broken(line, columns()))
    if findings:
        raise typer.Exit(FAILED)
