"""`val lab up`: a whole lab by one command, with what to try in it, until Ctrl-C."""

import os
import tempfile
from collections.abc import Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from attrs import define, field
from rich.console import Console
from rich.text import Text
from ruamel.yaml import YAML
from twisted.internet import task
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import deferLater

from harness.console.terminal import colours
from harness.errors import EnvironmentFault
from harness.grammar.lab_files import FOLDER
from harness.grammar.vocabulary import suggestion
from harness.lab import handout, trying
from harness.lab.lab import Lab
from harness.lab.watched import Watched
from harness.language.places import SHIPPED, read_checked
from harness.plans.lab import LabPlan
from harness.seen.ladder.captions import noted
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, INTERRUPTED
from valkit.net.serving import leave, log_tls_keys
from valkit.settings import SettingsError
from valkit.terminal import plain
from valkit.trace import Event, Note

EXAMPLES = """\b
Examples:
  val lab up
  val lab up --lab two-domains
  val lab up --lab my-lab.yaml --folder my-lab
"""

app = typer.Typer(no_args_is_help=True, help="A whole lab on loopback, to try things in.", epilog=EXAMPLES)


@app.callback()
def _lab() -> None:
    """Stand for the group, which has one command so far."""


@app.command(epilog=EXAMPLES)
def up(
    lab: Annotated[
        str, typer.Option(help="A lab that comes with val, one in the folder labs, or a file with one.")
    ] = "home",
    folder: Annotated[
        Path | None,
        typer.Option(help="A new folder for its files, which stay; without it, one that is gone at the end."),
    ] = None,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Show Prometheus what each program does, and say where.")
    ] = False,
    tls_keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Append the keys of TLS connections here: Wireshark reads captures by them."),
    ] = None,
) -> None:
    """Start every server of a lab, say where each is, who there is, and what to try; until Ctrl-C."""
    plan = kept(_read(lab))
    plan = Watched.wished(plan) if metrics else plan
    log_tls_keys(tls_keys)
    place = _made(folder)
    say = Console(highlight=False, color_system=colours(), soft_wrap=True)
    events = _Events(say)

    async def main(reactor: Any) -> None:
        await deferLater(reactor, 0)  # from here on the reactor runs, and a signal ends us in good order
        try:
            running = await _interruptible(Lab.put_up(plan, reactor, place, events.tell), reactor)
        except EnvironmentFault as fault:
            leave(str(fault), BAD_ENVIRONMENT)
        except CancelledError:
            leave("Interrupted before it was up.", INTERRUPTED)
        ending = running.stop if folder is None else running.take_down
        reactor.addSystemEventTrigger("before", "shutdown", lambda: Deferred.fromCoroutine(ending()))
        if metrics:
            events.watched = Watched.of(running)
            reactor.addSystemEventTrigger("before", "shutdown", lambda: Deferred.fromCoroutine(events.watched.close()))
        where = await events.watched.open(reactor)
        _write(running)
        for line in told(running, lab, place, where):
            say.print(line)
        events.begun = True
        await Deferred()

    task.react(lambda reactor: Deferred.fromCoroutine(main(reactor)))


@define
class _Events:
    """What servers note, told from when the lab is up."""

    say: Console
    begun: bool = False
    watched: Watched = field(factory=Watched)
    """Metrics, where they are wished for."""

    def tell(self, event: Event) -> None:
        """Count it, and say a note in a line."""
        self.watched.told(event)
        if self.begun and isinstance(event, Note):
            self.say.print(Text(plain(f"{event.who}: {noted(event)}"), style="dim"))


async def _interruptible(starting: Coroutine[Any, Any, Lab], reactor: Any) -> Lab:
    """Wait for a lab to be up; CancelledError when a signal came first and what was up already is down again."""
    lab, over = Deferred.fromCoroutine(starting), Deferred[None]()

    def interrupted() -> Deferred[None]:
        lab.cancel()
        return over

    trigger = reactor.addSystemEventTrigger("before", "shutdown", interrupted)
    try:
        return await lab
    finally:
        over.callback(None)
        if reactor.running:
            reactor.removeSystemEventTrigger(trigger)


def kept(plan: LabPlan) -> LabPlan:
    """Let identity servers keep what they know in files, so that `val idms` works beside them."""
    domains = {}
    for name, domain in plan.domains.items():
        domains[name] = domain.model_copy(update={"idms": domain.idms.model_copy(update={"store": "sqlite"})})
    home, *partners = domains.values()
    assert isinstance(home, LabPlan)
    return home.model_copy(update={"partner": partners[0] if partners else None})


def told(lab: Lab, name: str, place: Path, metrics: Mapping[str, str]) -> Iterable[Text | str]:
    """Say what there is and what to try; of programs, where their `metrics` are."""
    yield Text(f"Lab {plain(name)} is up until Ctrl-C. Its files are in {place}", style="bold")
    for domain in lab.domains.values():
        where = f"settings of its programs and phones (ue-*.yaml) in {domain.around.ground.folder}"
        yield Text(f"\n{domain.plan.domain}: {where}", style="bold")
        yield from _columns(trying.addresses(domain))
        yield ""
        yield from _columns(trying.users(domain))
    if metrics:
        yield Text("\nMetrics for Prometheus:", style="bold")
        yield from _columns((lab.cast.title(program), url) for program, url in metrics.items())
    yield Text("\nTo try, each as it stands:", style="bold")
    for command, what in trying.to_try(lab):
        yield Text(f"  # {what}", style="dim")
        yield Text(f"  {command}")


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterable[Text]:
    """Put rows one beneath the other."""
    lines = [tuple(map(plain, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield Text("  " + "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip())


def _write(lab: Lab) -> None:
    """Write what the lab hands out, for its owner only."""
    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    for path, contents in handout.files(lab).items():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            if isinstance(contents, str):
                file.write(contents)
            else:
                yaml.dump(dict(contents), file)


def _read(lab: str) -> LabPlan:
    """Read a lab by its name or file; leave with a sentence if there is none, or something is wrong with it."""
    places = [Path(lab), Path(FOLDER) / f"{lab}.yaml", SHIPPED / f"{lab}.yaml"]
    path = next((each for each in places if each.is_file()), None)
    if path is None:
        leave(f"There is no lab {plain(lab)} ({suggestion(lab, _names())}), and no file of this name.", BAD_INPUT)
    try:
        plan = read_checked(path)
    except SettingsError as error:
        leave(str(error), BAD_INPUT)
    if not all(domain.is_ours for domain in plan.domains.values()):
        leave(
            f"{path} has parts that are not ours, which val does not start. Start them, then val run --lab.", BAD_INPUT
        )
    return plan


def _names() -> list[str]:
    return [file.stem for folder in (Path(FOLDER), SHIPPED) for file in folder.glob("*.yaml")]


def _made(folder: Path | None) -> Path:
    """Make the folder, which only its owner may read."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="val-lab-"))
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        leave(f"{folder} is there already: name a new folder, so that nothing of yours is overwritten.", BAD_INPUT)
    except OSError as error:
        _cannot(folder, error)
    return folder.absolute()


def _cannot(folder: Path, error: OSError) -> NoReturn:
    leave(f"{folder} cannot be made: {error.strerror}", BAD_ENVIRONMENT)
