"""`val load`: many UEs at rates, against any core and VAL server; with nothing given, against built-in ones."""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from attrs import evolve, frozen
from rich.console import Console
from twisted.internet.task import deferLater

from harness.clients.signing_in import NotHad
from harness.console.finishing import finish
from harness.console.terminal import colours
from harness.errors import EnvironmentFault
from harness.load import files, journey, orders, shown
from harness.load.built_in import AUDIENCE, ISSUER, BuiltIn
from harness.load.errors import BadProfile, BadUsers, LoadError
from harness.load.orders import Brief
from harness.load.page import page
from harness.load.profile import Profile, checked_rate
from harness.load.report import schema as load_schema
from harness.load.result import Asked, Result
from harness.load.run import Load
from harness.load.screen import Screen
from harness.load.subscribers import core_settings, core_table
from harness.load.target import is_there
from harness.load.tokens import Issuing, logged_in, minted
from harness.load.users import COLUMNS, TEMPLATE, User, addressed, called, crowded, generated, listed
from harness.load.verdict import Limits
from harness.plans.elsewhere import Probe
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, INTERRUPTED, OK
from valkit.ids import SystemIds
from valkit.net.certificates import UnusableCertificates
from valkit.net.descriptors import open_files
from valkit.net.serving import leave
from valkit.settings import SettingsError
from valkit.settings.types import duration
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.tokens import KeyUnusable, SigningKey

USERS = 50
"""How many there are where nobody says."""
TRIAL = "ramp 2/s..20/s 5s, 20/s 5s"
"""The profile where nobody says: small enough for any machine."""
USUAL_RATE, LASTS = "20/s", "30s"
"""Of --rate and --for the one that nobody says."""
SCREEN, LINES = 0.5, 5.0
"""Seconds after which the screen is drawn anew, and a line is written where there is no terminal."""
SPARE = 3_600.0
"""Seconds that minted tokens hold for beyond the load."""


def _tell_schema(asked: bool) -> None:  # typer hands the flag over like this
    if asked:
        typer.echo(json.dumps(load_schema(), indent=2))
        raise typer.Exit


def load(
    *,
    core: Annotated[
        str | None, typer.Option(help="The P-CSCF, as udp:192.0.2.1:5060; else the one of --config, else built in.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A phone's settings as template: {n} is the user's number.")
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--users", min=1, help=f"How many users; {USERS} if nobody says, with --csv all of them."),
    ] = None,
    first: Annotated[int, typer.Option(min=0, help="The number of the first user.")] = 1,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"Users from a table with columns {', '.join(COLUMNS)}, or some."),
    ] = None,
    addresses: Annotated[
        str | None,
        typer.Option(metavar="NETWORK", help="An address of its own for each UE, out of this: 127.1.0.0/16."),
    ] = None,
    rate: Annotated[str | None, typer.Option(help="Journeys that begin per second: 50/s, 30/m.")] = None,
    lasts: Annotated[str | None, typer.Option("--for", help=f"How long, with --rate; {LASTS} if nobody says.")] = None,
    shape: Annotated[
        str | None, typer.Option("--profile", help="Rates one after the other: `10/s 30s, ramp 10/s..100/s 1m`.")
    ] = None,
    do: Annotated[str, typer.Option(help=f"A journey: some of {', '.join(journey.VERBS)}.")] = journey.USUAL,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The issuer's key: a token for each is minted.")
    ] = None,
    issuer: Annotated[str, typer.Option(help="Issuer of minted tokens.")] = ISSUER,
    audience: Annotated[str, typer.Option(help="Audience of minted tokens.")] = AUDIENCE,
    service: Annotated[
        list[str] | None, typer.Option(help="VAL service ID in minted tokens; may be given several times.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes that the UEs are shared among.")] = 1,
    probe: Annotated[
        Probe, typer.Option(help="How to see beforehand that somebody is there: options, tcp (a connection), or no.")
    ] = "options",
    in_flight: Annotated[int, typer.Option(min=1, help="Journeys under way at once, at most.")] = 1_000,
    patience: Annotated[str, typer.Option(help="How long a step may take before it has failed.")] = "10s",
    fail_over: Annotated[
        str | None, typer.Option(help="Exit with 1 if more journeys than this failed or were held back: 1%; else any.")
    ] = None,
    p99_over: Annotated[
        str | None, typer.Option(help="Exit with 1 if 99 % of a step took longer than this: 200ms.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the result there.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with plots there.")] = None,
    write_core_settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Only write a core that knows these users, for val core.")
    ] = None,
    schema: Annotated[  # noqa: ARG001  its callback does what it is for
        bool,
        typer.Option(
            "--schema", callback=_tell_schema, is_eager=True, help="Print the JSON Schema of what --json writes."
        ),
    ] = False,
) -> None:
    r"""Put load on a SIP core and a VAL server: many UEs that register, publish and deregister at rates.

    With nothing given it loads a core and a VAL server of its own for ten seconds. A journey begins when its moment
    has come, whatever became of earlier ones; what could not begin is held back, and counted. Tokens are minted with
    --key, or had by log-in where the file of users has login and login_password, and --config an identity server.
    Ctrl-C ends it with what was counted.

    \b
    Examples:
      val load
      val load --rate 50/s --for 1m --users 500 --html load.html
      val load --profile "10/s 30s, ramp 10/s..100/s 1m, 100/s 30s" --fail-over 1% --p99-over 200ms
      val load --users 1000 --write-core-settings core.yaml && val core --config core.yaml
      val load --core udp:127.0.0.21:5060 --users 1000 --key key.pem --service dispatch --rate 20/s
      val load --config phone.yaml --csv users.csv --do register --processes 2 --json load.json
    """
    seconds = _seconds("--patience", patience)
    if not seconds:
        leave("--patience 0s leaves no step the time for an answer (expected more, such as 10s)", BAD_INPUT)
    if json_file is not None and json_file == html:
        leave(f"--json {json_file} and --html {html} are one file (expected two)", BAD_INPUT)
    try:
        written = _profile(rate, lasts, shape)
        profile, steps, limits = Profile.parse(written), journey.steps(do), Limits.read(fail_over, p99_over)
        people = _at(_users(config, csv, number, first), core)
        if write_core_settings is not None:
            _only_settings(write_core_settings, people)
        orders.check(processes, in_flight, len(people))
        going = _addressed(people[: profile.journeys], addresses)  # the others' turn does not come
    except (LoadError, SettingsError) as error:
        leave(str(error), BAD_INPUT)
    where = str(people[0].settings.core or "")
    asked = Asked(profile, written, steps, len(people), where, processes, in_flight, limits)
    signing = _signing(key, needed=not where)
    services, holds = tuple(service or ["dispatch"]), profile.seconds + SPARE
    issuing = None if signing is None else Issuing(signing, issuer, audience, services, holds)
    for path in filter(None, (json_file, html)):
        files.writable(path)  # what cannot be written is told before anything is sent
    open_files()  # and so for each process
    console = Console(highlight=False, color_system=colours())

    async def main(reactor: Any) -> None:
        await deferLater(reactor, 0)  # from here on the reactor runs, and signals are ours
        screen = Screen(asked, console)
        doing = Load(reactor, seconds, screen.watch, SCREEN if console.is_terminal else LINES)
        result = await _carried_out(reactor, doing, _Cast(people, going, issuing, probe), screen)
        for part in shown.summary(result):
            console.print(part)
        raise SystemExit(_code(result, whole=_reported(result, json_file, html)))

    finish(main)


def _reported(result: Result, json_file: Path | None, html: Path | None) -> bool:
    """Write the reports, each whatever becomes of the other, and say whether that could be."""
    complaints: list[str | None] = []
    if json_file is not None:
        complaints.append(files.write(json_file, f"{result.told().model_dump_json(indent=1)}\n"))
    if html is not None:
        complaints.append(files.write(html, page(result)))
    for complaint in filter(None, complaints):
        typer.echo(complaint, err=True)
    return not any(complaints)


def _code(result: Result, *, whole: bool) -> int:
    if result.interrupted:
        return INTERRUPTED
    return BAD_ENVIRONMENT if result.fault or not whole else FAILED if result.exceeded else OK


@frozen
class _Cast:
    """Who takes part."""

    users: list[User]
    """All that a built-in core has to know."""
    going: list[User]
    """Those of them whose turn comes, in the order in which it does."""
    issuing: Issuing | None
    probe: Probe


async def _carried_out(reactor: Any, doing: Load, cast: _Cast, screen: Screen) -> Result:
    """Load what was named, or a core and a VAL server of our own; leave with a sentence if that cannot be."""
    try:
        with doing.hearing():
            if not screen.asked.core:
                return await _on_built_in(reactor, doing, cast, screen)
            await is_there(reactor, cast.going[0].settings, cast.probe)
            going = await logged_in(reactor, cast.going)
            return await _watched(reactor, doing, going, cast.issuing, screen)
    except (EnvironmentFault, UnusableCertificates, NotHad, LoadError) as error:
        if doing.interrupted:  # Ctrl-C goes to every process of the terminal
            leave("Interrupted.", INTERRUPTED)
        code = (
            error.code if isinstance(error, NotHad) else BAD_INPUT if isinstance(error, LoadError) else BAD_ENVIRONMENT
        )
        leave(str(error), code)


async def _on_built_in(reactor: Any, doing: Load, cast: _Cast, screen: Screen) -> Result:
    """Load a core and a VAL server that know these users and believe their tokens."""
    assert cast.issuing is not None
    built = await BuiltIn.start(reactor, cast.users, cast.issuing)
    try:
        screen.asked = evolve(screen.asked, core=built.core)
        return await _watched(reactor, doing, called(cast.going, built.core), cast.issuing, screen)
    finally:
        await built.stop()


async def _watched(reactor: Any, doing: Load, going: list[User], issuing: Issuing | None, screen: Screen) -> Result:
    screen.patience(len(going))
    if issuing is not None:
        going = minted(going, issuing, reactor.seconds(), SystemIds())
    with screen:
        return await doing.carry_out(screen.asked, [Brief(each.phone, each.token) for each in going])


def _profile(rate: str | None, lasts: str | None, shape: str | None) -> str:
    """Give the profile that these options mean. Raises BadProfile."""
    if shape is not None and (rate or lasts):
        raise BadProfile("--profile and --rate: which of them?")
    if shape is None and rate is None and lasts is None:
        return TRIAL
    if shape is not None:
        return shape
    return f"{checked_rate(rate or USUAL_RATE)} {_checked_duration('--for', lasts or LASTS)}"


def _checked_duration(option: str, text: str) -> str:
    _seconds(option, text)
    return text


def _users(config: Path | None, csv: Path | None, number: int | None, first: int) -> list[User]:
    """Give the users. Raises BadUsers, SettingsError."""
    template, name = (TEMPLATE, "the built-in template") if config is None else (files.text_of(config), str(config))
    if csv is None:
        return generated(template, name, USERS if number is None else number, first)
    return listed(template, name, files.text_of(csv), str(csv), number)


def _at(people: list[User], core: str | None) -> list[User]:
    """Tell their phones of the core, if it was named. Raises BadUsers."""
    if core is None:
        return people
    try:
        Hop.parse(core)
    except ParseError:
        raise BadUsers(f"--core {core} is no address (expected something like udp:192.0.2.1:5060)") from None
    return called(people, core)


def _addressed(people: list[User], addresses: str | None) -> list[User]:
    """Give phones addresses of their own, if a network was named, or too many would share one. Raises BadUsers."""
    network = addresses or crowded(people)
    return addressed(people, network) if network else people


def _only_settings(file: Path, people: list[User]) -> NoReturn:
    """Write a core's settings and the table that they name, and end."""
    table = file.with_name(f"{file.stem}.subscribers.csv")
    for path, text in ((table, core_table(people)), (file, core_settings(people, str(table)))):
        complaint = files.write(path, text, files.FOR_OWNER)  # keys are in it
        if complaint is not None:
            leave(complaint, BAD_ENVIRONMENT)
    typer.echo(
        f"{len(people)} subscribers are in {table}, for its owner only; a core with them: val core --config {file}"
    )
    raise typer.Exit(OK)


def _signing(key: Path | None, *, needed: bool) -> SigningKey | None:
    """Give the issuer's key, if tokens are minted; leave with a sentence if it is of no use."""
    if key is None:
        return SigningKey.generate("ES256") if needed else None
    try:
        return SigningKey.from_text(files.text_of(key))
    except KeyUnusable as error:
        leave(f"{key}: {error}", BAD_INPUT)


def _seconds(option: str, text: str) -> float:
    try:
        return duration(text)
    except ValueError as error:
        leave(f"{option} {text} {error}", BAD_INPUT)
