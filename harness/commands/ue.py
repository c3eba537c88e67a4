"""`val ue`: one phone by hand, against any core. Each call switches it on, does one thing, and says how it went.

`sign-in`, `visit`, `keys`, `profile` and `groups` need no phone to be on: they stand in `harness.commands.sign_in`,
`visit`, `ue_keys`, `ue_profile` and `ue_groups`.
"""

from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from rich.console import Console
from rich.text import Text
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import CannotListenError
from twisted.internet.task import deferLater

from harness.clients.access import Access, Getting, access_of
from harness.clients.migrating import asking
from harness.commands.sign_in import EXAMPLES as SIGN_IN_EXAMPLES
from harness.commands.sign_in import sign_in
from harness.commands.ue_groups import app as groups
from harness.commands.ue_keys import app as keys
from harness.commands.ue_profile import EXAMPLES as PROFILE_EXAMPLES
from harness.commands.ue_profile import profile
from harness.commands.visit import EXAMPLES as VISIT_EXAMPLES
from harness.commands.visit import visit
from harness.console.card_troubles import why_refused
from harness.console.finishing import finish
from harness.console.terminal import colours
from harness.explaining import claims_of
from ue_sim.app import start
from ue_sim.engine import Answer
from ue_sim.engines import EngineName
from ue_sim.errors import NoStack, StackDied, UeError
from ue_sim.registration import EXPIRES
from ue_sim.settings import UeSettings
from ue_sim.ue import UE
from valkit.durations import in_words
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK
from valkit.ids import SystemIds
from valkit.net.monitoring.errors import UnusableMonitoring
from valkit.net.serving import leave, settings_from
from valkit.net.udp import refuses
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.terminal import plain
from valkit.tokens import TokenRejected
from valkit.trace import Note

app = typer.Typer(
    no_args_is_help=True,
    help="One phone by hand: sign in, visit a partner, register, publish, migrate, deregister; keys, profile, groups.",
    epilog="""\b
Examples:
  val ue register --config examples/ue.yaml --token token.txt
  val ue publish --config examples/ue.yaml --token alice.json
  val ue deregister --config examples/ue.yaml
""",
)

app.command("sign-in", epilog=SIGN_IN_EXAMPLES)(sign_in)
app.command("visit", epilog=VISIT_EXAMPLES)(visit)
app.add_typer(keys, name="keys")
app.command("profile", epilog=PROFILE_EXAMPLES)(profile)
app.add_typer(groups, name="groups")

Verb: TypeAlias = Callable[[UE, Console], Awaitable[Answer]]

Config = Annotated[Path, typer.Option(help="The phone: identities, card, carrier.")]
Core = Annotated[str, typer.Option(help="The P-CSCF, as udp:192.0.2.1:5060; else the one of the file.")]
Engine = Annotated[
    EngineName | None, typer.Option(help="The phone's SIP stack; else the one of the file.", show_default=False)
]
Token = Annotated[
    Path | None,
    typer.Option(help="A file with an access token, or a log-in saved by `val ue sign-in`; - is standard input."),
]
FORBIDDEN = 403
"""What a core says to a proof that is wrong."""
PATIENCE = 2.0
"""Seconds after which it is said that an answer is being waited for."""
LOOK_AT = "Is the core running, and is this the address of its P-CSCF?"
JUDGED = "  The 200 is the core's. Whether the VAL server believed the token is another question: val bindings"

NoToken = Annotated[bool, typer.Option("--no-token", help="Without a token, whatever the file's `identity` says.")]


REGISTER_EXAMPLES = """\b
Examples:
  val ue register --config ue.yaml --core udp:127.0.0.21:5060
  val ue register --config ue.yaml --core tcp:127.0.0.21:5060 --token alice.jwt
  val ue register --config ue.yaml --engine pjsua2
  val ue sign-in --config ue.yaml --save alice.json && val ue register --config ue.yaml --token alice.json
  val token mint --key key.pem --user alice --service dispatch | val ue register --config ue.yaml --token -
"""

PUBLISH_EXAMPLES = """\b
Examples:
  val ue publish --config ue.yaml --core udp:127.0.0.21:5060 --token alice.jwt
  val ue publish --config ue.yaml --core tcp:127.0.0.21:5060 --token alice.jwt --log-off
"""

MIGRATE_EXAMPLES = """\b
Examples:
  val ue migrate --config partner.yaml --token theirs.json --to sip:migration@partner.example --user alice@home.example
  val ue migrate --config ue.yaml --token alice.json --to sip:migration@home.example --back
"""

DEREGISTER_EXAMPLES = """\b
Examples:
  val ue deregister --config ue.yaml
  val ue deregister --config ue.yaml --core udp:127.0.0.21:5060
"""


@app.command(epilog=REGISTER_EXAMPLES)
def register(
    config: Config,
    core: Core = "",
    engine: Engine = None,
    token: Token = None,
    no_token: NoToken = False,
    expires: Annotated[int, typer.Option(min=1, help="Seconds to ask for.")] = EXPIRES,
) -> None:
    """Register, with an access token if one is given, or if the phone's file says where its user logs in."""

    async def verb(ue: UE, say: Console) -> Answer:
        answer = _registered(await ue.register(token=True, expires=expires), ue, say)
        if answer.expires is not None and answer.expires > expires:
            say.print(f"  asked for {expires} s first; the core takes {answer.expires} s at least (423)")
        return answer

    _switch_on(_settings(config, core, engine), verb, _access(token, no_token), said=JUDGED)


@app.command(epilog=PUBLISH_EXAMPLES)
def publish(
    config: Config,
    core: Core = "",
    engine: Engine = None,
    token: Token = None,
    no_token: NoToken = False,
    log_off: Annotated[bool, typer.Option("--log-off", help="Take it back at once.")] = False,
) -> None:
    """Register without a token, then publish the token and the phone's settings."""

    async def verb(ue: UE, say: Console) -> Answer:
        answer = _registered(await ue.register(), ue, say)
        if answer.ok:
            answer = _told(await ue.publish(), say, f"publish to {ue.resource}")
        if answer.ok and log_off:
            answer = _told(await ue.log_off(), say, "log off")
        return answer

    _switch_on(_settings(config, core, engine), verb, _access(token, no_token), needed=True)


@app.command(epilog=MIGRATE_EXAMPLES)
def migrate(
    config: Config,
    to: Annotated[str, typer.Option(help="Whom to ask: the VAL server's sip:migration@DOMAIN.")],
    user: Annotated[str, typer.Option(help="Who one is at home, as user@domain: a VAL user ID and a domain.")] = "",
    back: Annotated[bool, typer.Option("--back", help="One is back, and asks the own domain's VAL server.")] = False,
    core: Core = "",
    engine: Engine = None,
    token: Token = None,
) -> None:
    """Register, then ask the VAL server of this domain to be served by it, or at home to be served again (5.X.5)."""
    asked = asking(user, to, SystemIds(), back=back)

    async def verb(ue: UE, say: Console) -> Answer:
        answer = _registered(await ue.register(), ue, say)
        if not answer.ok:
            return answer
        answer = _told(await ue.migrate(wanted=asked.wanted, to=to), say, f"migrate, {to}")
        if answer.received:
            say.print(Text(plain(f"  {asked.means(answer.status)}")))
        return answer

    _switch_on(_settings(config, core, engine), verb, _access(token, False), needed=True)


@app.command(epilog=DEREGISTER_EXAMPLES)
def deregister(config: Config, core: Core = "", engine: Engine = None) -> None:
    """End the registration of every phone with this IMPU."""

    async def verb(ue: UE, say: Console) -> Answer:
        return _told(await ue.deregister(everywhere=True), say, f"deregister {ue.impu} everywhere")

    _switch_on(_settings(config, core, engine), verb)


Wanted: TypeAlias = Callable[[UeSettings, Console], Getting]


def _access(token: Path | None, no_token: bool) -> Wanted:
    """Say how the token is got: by the option, else by the phone's file."""
    if token and no_token:
        leave("--token and --no-token: which of them?", BAD_INPUT)
    return lambda settings, say: access_of(token, None if no_token else settings.identity, say)


def _no_access(_: UeSettings, say: Console) -> Getting:
    return access_of(None, None, say)


def _switch_on(
    settings: UeSettings, verb: Verb, wanted: Wanted = _no_access, *, needed: bool = False, said: str = ""
) -> None:
    """Let a phone do this, and end the process with the code of the outcome.

    Where a token is needed, nothing is done without the one that was meant; what is `said` follows a success with it.
    """
    say = Console(highlight=False, color_system=colours(), soft_wrap=True)
    getting = wanted(settings, say)

    async def main(reactor: Any) -> None:
        access = await getting(reactor)
        if needed and access.code != OK:
            leave("Without its token nothing is sent.", access.code)
        _foretell(access, say, reactor.seconds())
        notes: list[Note] = []

        def observe(note: Note) -> None:
            notes.append(note)
            _challenged(say, note)

        running = await start(reactor, reactor, settings, SystemIds(), observe)
        if access.token:
            running.ue.wallet.put(access.token)
        try:
            answer = await _awaited(reactor, verb(running.ue, say), settings, say)
            if answer.ok and access.token and said:
                say.print(said)
        finally:
            await running.stop()
        raise SystemExit(_code(answer, settings, say) or _doubted(answer, notes, say) or access.code)

    finish(lambda reactor: _explained(main(reactor)))


async def _awaited(reactor: Any, doing: Awaitable[Answer], settings: UeSettings, say: Console) -> Answer:
    """Wait for an answer, say so when it takes long, and leave where by then nobody can give one."""

    async def wait() -> Answer:
        return await doing

    async def lose_patience() -> None:
        await deferLater(reactor, PATIENCE)
        say.print("Waiting for an answer ...", style="dim")
        if settings.core is not None and await refuses(reactor, settings.core, PATIENCE):
            answer.cancel()

    answer = Deferred.fromCoroutine(wait())
    impatience = Deferred.fromCoroutine(lose_patience())
    impatience.addErrback(lambda failure: failure.trap(CancelledError))
    try:
        return await answer
    except CancelledError:
        leave(f"Nobody listens at {settings.core} (connection refused). {LOOK_AT}", BAD_ENVIRONMENT)
    finally:
        impatience.cancel()


def _foretell(access: Access, say: Console, now: float) -> None:
    """Say before anything is sent that there is no token, or one whose time is over by what it says itself."""
    if access.token is None:
        if access.code != OK:
            say.print("Going on without a token.")
        return
    try:
        ends = claims_of(access.token).get("exp")
    except TokenRejected:  # it is another form of token, or none; that is for the server to judge
        return
    if isinstance(ends, int | float) and ends < now:
        say.print(f"[yellow]The token ended {in_words(now - ends)} ago (exp): a server will refuse it.[/]")


async def _explained(main: Coroutine[Any, Any, None]) -> None:
    """Say in a sentence what stood in the way."""
    try:
        await main
    except (NoStack, StackDied, UnusableMonitoring) as error:
        leave(f"{error}", BAD_ENVIRONMENT)
    except UeError as error:
        leave(f"{error}", BAD_INPUT)
    except ParseError as error:
        leave(f"The core's answer cannot be read: {error}", FAILED)
    except (CannotListenError, OSError) as error:
        leave(f"The phone gets no socket: {error}", BAD_ENVIRONMENT)


def _settings(config: Path, core: str, engine: EngineName | None) -> UeSettings:
    """Read the phone's file, and put over it what the command line says."""
    settings = settings_from(UeSettings, config)
    try:
        given = ({"core": Hop.parse(core)} if core else {}) | ({"engine": engine} if engine else {})
    except ParseError:
        leave(f"--core {core} is no address (expected something like udp:192.0.2.1:5060)", BAD_INPUT)
    return settings.model_copy(update=given)


def _challenged(say: Console, note: Note) -> None:
    cause = f" ({note.fields['cause']})" if "cause" in note.fields else ""
    say.print(Text(plain(f"challenged: {note.what}{cause}"), style="dim"))
    for line in why_refused(note.fields) if note.what == "autn refused" else ():
        say.print(Text(plain(f"  {line}"), style="yellow"))


def _registered(answer: Answer, ue: UE, say: Console) -> Answer:
    """Say how a registration ended, and as whom the phone speaks."""
    _told(answer, say, f"register {ue.impu}")
    if ue.registered:
        impus = ", ".join(ue.registered.associated) or "not told"
        say.print(Text(plain(f"  speaks as {ue.registered.speaker}; IMPUs: {impus}")))
    return answer


def _told(answer: Answer, say: Console, what: str) -> Answer:
    """Say how a request ended, for how long, and with which warning."""
    colour = "green" if answer.ok else "red"
    time = f" for {answer.expires} s" if answer.expires else ""
    warning = answer.response.headers.get("Warning")
    more = (f" {plain(warning)}", "yellow") if warning else ""
    say.print(Text.assemble(f"{plain(what)}: ", (plain(str(answer)), colour), time, more))
    if answer.received and answer.why:
        say.print(Text(plain(f"  {answer.why}"), style="yellow"))
    return answer


def _code(answer: Answer, settings: UeSettings, say: Console) -> int:
    if answer.received:
        if answer.status == FORBIDDEN and settings.usim.algorithm == "digest":
            say.print("  Perhaps the core knows another password: compare usim.password with the core's file.")
        return OK if answer.ok else FAILED
    say.print(Text(plain(_silence(answer, settings))))
    return BAD_ENVIRONMENT


def _doubted(answer: Answer, notes: list[Note], say: Console) -> int:
    """Give the code of a 200 that is not to be believed, having said why."""
    why = ""
    if any(note.what == "rspauth wrong" for note in notes):
        why = "The core's own proof (rspauth) is wrong: it accepted a phone whose key it does not know."
    elif answer.expires and not notes and "contact" not in answer.response.headers:
        why = "The 200 came without a challenge and names no contact: nothing is registered (RFC 3261 10.3 step 8)."
    if why:
        say.print(Text(why, style="yellow"))
    return FAILED if why else OK


def _silence(answer: Answer, settings: UeSettings) -> str:
    """Say why nothing came, and what to look at: an address where nobody is, or one where TLS is, or is not."""
    if answer.why:
        return f"Somebody is there, and no answer came: {answer.why}."
    return f"Nothing answers at {settings.core}. {LOOK_AT}"
