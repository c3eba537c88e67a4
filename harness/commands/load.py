"""`val load`: many UEs at rates, against any core and VAL server; with nothing given, against built-in ones."""

import json
import os
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from attrs import define, evolve
from rich.console import Console
from rich.live import Live
from twisted.internet.task import deferLater

from harness.clients.signing_in import NotHad
from harness.console.finishing import finish
from harness.console.terminal import colours
from harness.errors import EnvironmentFault
from harness.load import journey, orders, shown
from harness.load.built_in import AUDIENCE, ISSUER, BuiltIn
from harness.load.errors import BadProfile, BadUsers, LoadError
from harness.load.orders import Brief
from harness.load.page import page
from harness.load.profile import Profile
from harness.load.report import schema as load_schema
from harness.load.result import Asked, Result
from harness.load.run import Load
from harness.load.tally import Tally
from harness.load.tokens import Issuing, logged_in, minted
from harness.load.users import COLUMNS, TEMPLATE, User, addressed, core_settings, generated, listed
from harness.load.verdict import Limits
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, INTERRUPTED, OK
from valkit.ids import SystemIds
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
LARGEST = 64 << 20
"""Characters of a file that are read."""


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
    in_flight: Annotated[int, typer.Option(min=1, help="Journeys under way at once, at most.")] = 1_000,
    patience: Annotated[str, typer.Option(help="How long a step may take before it has failed.")] = "10s",
    fail_over: Annotated[
        str | None, typer.Option(help="Exit with 1 if more journeys than this failed or were held back: 1%.")
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
    try:
        people = _at(_users(config, csv, number, first), core, addresses)
        if write_core_settings is not None:
            _only_settings(write_core_settings, people)
        written = _profile(rate, lasts, shape)
        orders.check(processes, in_flight, len(people))
        limits = Limits.read(fail_over, p99_over)
        profile, steps = Profile.parse(written), journey.steps(do)
    except (LoadError, SettingsError) as error:
        leave(str(error), BAD_INPUT)
    where = str(people[0].settings.core or "")
    asked = Asked(profile, written, steps, len(people), where, processes, in_flight, limits)
    seconds = _seconds("--patience", patience)
    signing = _signing(key, needed=not where)
    services, holds = tuple(service or ["dispatch"]), profile.seconds + SPARE
    issuing = None if signing is None else Issuing(signing, issuer, audience, services, holds)
    for path in filter(None, (json_file, html)):
        _append(path, "")  # what cannot be written is told before anything is sent
    console = Console(highlight=False, color_system=colours())

    async def main(reactor: Any) -> None:
        await deferLater(reactor, 0)  # from here on the reactor runs, and signals are ours
        result = await _carried_out(reactor, asked, people, issuing, seconds, console)
        for part in shown.summary(result):
            console.print(part)
        if json_file is not None:
            _write(json_file, result.told().model_dump_json(indent=1) + "\n")
        if html is not None:
            _write(html, page(result))
        raise SystemExit(_code(result))

    finish(main)


def _code(result: Result) -> int:
    if result.interrupted:
        return INTERRUPTED
    return BAD_ENVIRONMENT if result.fault else FAILED if result.exceeded else OK


async def _carried_out(
    reactor: Any, asked: Asked, people: list[User], issuing: Issuing | None, patience: float, console: Console
) -> Result:
    """Load what was named, or a core and a VAL server of our own; leave with a sentence if that cannot be."""
    screen = _Screen(asked, console)
    doing = Load(reactor, patience, screen.watch, SCREEN if console.is_terminal else LINES)
    try:
        with doing.hearing():
            if asked.core:
                people = await _with_tokens(reactor, people, issuing)
                return await _watched(doing, asked, people, screen)
            assert issuing is not None
            return await _on_built_in(reactor, doing, asked, people, screen, issuing)
    except (EnvironmentFault, NotHad, LoadError) as error:
        if doing.interrupted:  # Ctrl-C goes to every process of the terminal
            leave("Interrupted.", INTERRUPTED)
        code = (
            error.code if isinstance(error, NotHad) else BAD_INPUT if isinstance(error, LoadError) else BAD_ENVIRONMENT
        )
        leave(str(error), code)


async def _on_built_in(
    reactor: Any, doing: Load, asked: Asked, people: list[User], screen: "_Screen", issuing: Issuing
) -> Result:
    """Load a core and a VAL server that know these users and believe their tokens."""
    built = await BuiltIn.start(reactor, people, issuing)
    try:
        screen.asked = evolve(asked, core=built.core)
        phones = [evolve(each, phone={**each.phone, "core": built.core}) for each in people]
        return await _watched(doing, screen.asked, minted(phones, issuing, reactor.seconds(), SystemIds()), screen)
    finally:
        await built.stop()


async def _watched(doing: Load, asked: Asked, people: list[User], screen: "_Screen") -> Result:
    with screen:
        return await doing.carry_out(asked, [Brief(each.phone, each.token) for each in people])


async def _with_tokens(reactor: Any, people: list[User], issuing: Issuing | None) -> list[User]:
    people = await logged_in(reactor, people)
    return people if issuing is None else minted(people, issuing, reactor.seconds(), SystemIds())


@define
class _Screen:
    """Shows how it goes: on a terminal a screen that is drawn anew, elsewhere a line now and then."""

    asked: Asked
    _console: Console
    _live: Live | None = None

    def __enter__(self) -> None:
        if self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def watch(self, tally: Tally, passed: float) -> None:
        """Show it now."""
        if self._live is not None:
            self._live.update(shown.screen(self.asked, tally, passed), refresh=True)
        else:
            self._console.print(shown.line(self.asked, tally, passed), soft_wrap=True, markup=False)


def _profile(rate: str | None, lasts: str | None, shape: str | None) -> str:
    """Give the profile that these options mean. Raises BadProfile."""
    if shape is not None and (rate or lasts):
        raise BadProfile("--profile and --rate: which of them?")
    if shape is None and rate is None and lasts is None:
        return TRIAL
    return shape if shape is not None else f"{rate or USUAL_RATE} {lasts or LASTS}"


def _users(config: Path | None, csv: Path | None, number: int | None, first: int) -> list[User]:
    """Give the users. Raises BadUsers, SettingsError."""
    template, name = (TEMPLATE, "the built-in template") if config is None else (_text(config), str(config))
    if csv is None:
        return generated(template, name, USERS if number is None else number, first)
    return listed(template, name, _text(csv), str(csv))[:number]


def _at(people: list[User], core: str | None, addresses: str | None) -> list[User]:
    """Tell their phones of the core and of addresses of their own, if these were named. Raises BadUsers."""
    if core is not None:
        try:
            Hop.parse(core)
        except ParseError:
            raise BadUsers(f"--core {core} is no address (expected something like udp:192.0.2.1:5060)") from None
        people = [evolve(each, phone={**each.phone, "core": core}) for each in people]
    return people if addresses is None else addressed(people, addresses)


def _only_settings(file: Path, people: list[User]) -> NoReturn:
    """Write a core's settings and end. Raises BadUsers."""
    _write(file, core_settings(people), 0o600)  # keys are in it
    typer.echo(f"{len(people)} subscribers are in {file}, for its owner only: val core --config {file}")
    raise typer.Exit(OK)


def _signing(key: Path | None, *, needed: bool) -> SigningKey | None:
    """Give the issuer's key, if tokens are minted; leave with a sentence if it is of no use."""
    if key is None:
        return SigningKey.generate("ES256") if needed else None
    try:
        return SigningKey.from_text(_text(key))
    except KeyUnusable as error:
        leave(f"{key}: {error}", BAD_INPUT)


def _seconds(option: str, text: str) -> float:
    try:
        return duration(text)
    except ValueError as error:
        leave(f"{option} {text} {error}", BAD_INPUT)


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(LARGEST + 1)
    except UnicodeDecodeError as error:
        leave(f"{file} is no UTF-8 text (octet {error.start + 1})", BAD_INPUT)
    except OSError as error:
        leave(f"{file} cannot be read: {error.strerror}", BAD_ENVIRONMENT)
    if len(text) > LARGEST:
        leave(f"{file} is too large", BAD_INPUT)
    return text


def _write(file: Path, text: str, mode: int = 0o666) -> None:
    """Write a file, with this mode if it is new; leave with a sentence if that cannot be."""
    _append(file, text, mode, os.O_TRUNC)


def _append(file: Path, text: str, mode: int = 0o666, more: int = os.O_APPEND) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | more, mode), "w", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        leave(f"{file} cannot be written: {error.strerror}", BAD_ENVIRONMENT)
