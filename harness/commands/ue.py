"""`val ue`: one phone by hand, against any core. Each call switches it on, does one thing, and says how it went.

`sign-in` needs no phone to be on: it stands in `harness.commands.sign_in`.
"""

import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from rich.console import Console
from rich.text import Text
from twisted.internet import task
from twisted.internet.defer import Deferred
from twisted.internet.error import CannotListenError

from harness.commands.sign_in import EXAMPLES as SIGN_IN_EXAMPLES
from harness.commands.sign_in import sign_in
from ue_sim.app import start
from ue_sim.engine import Answer
from ue_sim.errors import UeError
from ue_sim.registration import EXPIRES
from ue_sim.settings import UeSettings
from ue_sim.ue import UE
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK
from valkit.ids import SystemIds
from valkit.net.serving import leave, settings_from
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.terminal import plain
from valkit.trace import Note

app = typer.Typer(no_args_is_help=True, help="One phone by hand: sign in, register, publish, deregister.")

app.command("sign-in", epilog=SIGN_IN_EXAMPLES)(sign_in)

Verb: TypeAlias = Callable[[UE, Console], Awaitable[Answer]]

Config = Annotated[Path, typer.Option(help="The phone: identities, card, carrier.")]
Core = Annotated[str, typer.Option(help="The P-CSCF, as udp:192.0.2.1:5060; else the one of the file.")]
Token = Annotated[Path | None, typer.Option(help="A file with an access token; - reads it from standard input.")]


REGISTER_EXAMPLES = """\b
Examples:
  val ue register --config ue.yaml --core udp:127.0.0.21:5060
  val ue register --config ue.yaml --core tcp:127.0.0.21:5060 --token alice.jwt
  val token mint --key key.pem --user alice --service dispatch | val ue register --config ue.yaml --token -
"""

PUBLISH_EXAMPLES = """\b
Examples:
  val ue publish --config ue.yaml --core udp:127.0.0.21:5060 --token alice.jwt
  val ue publish --config ue.yaml --core tcp:127.0.0.21:5060 --token alice.jwt --log-off
"""

DEREGISTER_EXAMPLES = """\b
Example:
  val ue deregister --config ue.yaml --core udp:127.0.0.21:5060
"""


@app.command(epilog=REGISTER_EXAMPLES)
def register(
    config: Config,
    core: Core = "",
    token: Token = None,
    expires: Annotated[int, typer.Option(min=1, help="Seconds to ask for.")] = EXPIRES,
) -> None:
    """Register, with an access token if one is given."""

    async def verb(ue: UE, say: Console) -> Answer:
        return _registered(await ue.register(token=True, expires=expires), ue, say)

    _switch_on(config, core, token, verb)


@app.command(epilog=PUBLISH_EXAMPLES)
def publish(
    config: Config,
    core: Core = "",
    token: Token = None,
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

    _switch_on(config, core, token, verb)


@app.command(epilog=DEREGISTER_EXAMPLES)
def deregister(config: Config, core: Core = "") -> None:
    """End the registration of every phone with this IMPU."""

    async def verb(ue: UE, say: Console) -> Answer:
        return _told(await ue.deregister(everywhere=True), say, f"deregister {ue.impu} everywhere")

    _switch_on(config, core, None, verb)


def _switch_on(config: Path, core: str, token: Path | None, verb: Verb) -> None:
    """Let a phone do this, and end the process with the code of the outcome."""
    say = Console(highlight=False, soft_wrap=True)
    settings = _settings(config, core)
    held = _token(token) if token else None

    async def main(reactor: Any) -> None:
        running = await start(reactor, reactor, settings, SystemIds(), lambda note: _challenged(say, note))
        if held:
            running.ue.wallet.put(held)
        try:
            answer = await verb(running.ue, say)
        finally:
            await running.stop()
        raise SystemExit(_code(answer, settings, say))

    task.react(lambda reactor: Deferred.fromCoroutine(_explained(main(reactor))))


async def _explained(main: Coroutine[Any, Any, None]) -> None:
    """Say in a sentence what stood in the way."""
    try:
        await main
    except UeError as error:
        leave(f"{error}", BAD_INPUT)
    except ParseError as error:
        leave(f"The core's answer cannot be read: {error}", FAILED)
    except (CannotListenError, OSError) as error:
        leave(f"The phone gets no socket: {error}", BAD_ENVIRONMENT)


def _settings(config: Path, core: str) -> UeSettings:
    settings = settings_from(UeSettings, config)
    try:
        settings = settings.model_copy(update={"core": Hop.parse(core)}) if core else settings
    except ParseError:
        leave(f"--core {core} is no address (expected something like udp:192.0.2.1:5060)", BAD_INPUT)
    return settings


def _token(path: Path) -> str:
    words = (sys.stdin.read() if str(path) == "-" else _text(path)).split()
    if len(words) != 1:
        leave(f"{path} holds {len(words)} words (expected one access token)", BAD_INPUT)
    return words[0]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        leave(f"{path} cannot be read: {error}", BAD_ENVIRONMENT)


def _challenged(say: Console, note: Note) -> None:
    cause = f" ({note.fields['cause']})" if "cause" in note.fields else ""
    say.print(Text(plain(f"challenged: {note.what}{cause}"), style="dim"))


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
    return answer


def _code(answer: Answer, settings: UeSettings, say: Console) -> int:
    if answer.received:
        return OK if answer.ok else FAILED
    say.print(f"Nothing answers at {settings.core}. Is the core running, and is this the address of its P-CSCF?")
    return BAD_ENVIRONMENT
