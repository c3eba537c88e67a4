"""`val run`: play scenarios and judge them. pytest does the work, told nothing but what stands here."""

import ast
import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from harness.terminal import columns
from ue_sim.engines import EngineName
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, INTERRUPTED, OK

SHIPPED = Path(__file__).parents[2] / "scenarios"
"""The scenarios that come with the project."""

CODES = {0: OK, 1: FAILED, 3: BAD_ENVIRONMENT}
"""pytest's exit codes as ours; any other says that the input is wrong."""

PLUGINS = ("pytest_twisted", "harness.plugin")


def run(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files or folders.")] = None,
    *,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here, clause IDs as properties.")] = None,
    expression: Annotated[str, typer.Option("-k", help="Only those whose name, folder or clause fits.")] = "",
    lab: Annotated[Path | None, typer.Option(help="Play in this lab, whatever the scenarios name.")] = None,
    pcap: Annotated[
        Path | None,
        typer.Option(
            help="Write a capture of each scenario here, its SIP and HTTP, for Wireshark; secrets are masked."
        ),
    ] = None,
    engine: Annotated[EngineName | None, typer.Option(help="The SIP stack of every phone.", show_default=False)] = None,
    verbose: Annotated[
        bool,
        typer.Option(
            "-v", help="Show the ladder of every scenario, not only of those that failed, or of one or two that passed."
        ),
    ] = False,
    only_list: Annotated[bool, typer.Option("--list", help="List the scenarios, play none.")] = False,
) -> None:
    r"""Play scenarios in their labs, judge them, show ladders and which requirement was shown.

    Without PATH it plays the scenarios that come with val.

    \b
    Examples:
      val run
      val run scenarios/registration -v
      val run my-scenarios --junit out.xml -k expired
      val run --engine pjsua2
    """
    chosen = paths or [SHIPPED]
    for path in chosen:
        _require(path, "Give a scenario file or a folder of them; `val run --list` shows ours.")
    if lab:
        _require(lab, "Give --lab a file that describes a lab, such as scenarios/labs/home.yaml.")
    if junit is not None:
        _require_writable(junit)
    arguments = [*map(str, chosen), *(["--collect-only"] if only_list else [])]
    arguments += [f"--junitxml={junit}", "-ojunit_logging=system-out"] if junit else []
    arguments += [f"--val-pcap={_folder(pcap)}"] if pcap else []
    combined = _is_expression(expression)
    arguments += ["-k", expression] if combined else []
    arguments += ["--val-lab", str(lab)] if lab else []
    arguments += ["--val-engine", engine.value] if engine else []
    raise typer.Exit(play_all(arguments, verbose=verbose, words="" if combined else expression))


def play_all(arguments: list[str], *, verbose: bool, words: str = "") -> int:
    """Run pytest on the arguments, with our reporter in place of its own; gives the exit code of val."""
    import pytest  # noqa: PLC0415  heavy, and not needed for --help

    from harness.reporter import Reporter  # noqa: PLC0415  heavy, as pytest is

    reporter = Reporter(_write, verbose, columns(), words)
    code = pytest.main([*_isolation(), *arguments], plugins=[reporter])
    reporter.summarize()
    if reporter.interrupted:
        played = len(reporter.results)
        when = f"after {played} of {reporter.chosen} scenarios" if played else "before the first scenario had ended"
        typer.echo(f"Interrupted {when}.", err=True)
        return INTERRUPTED
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        typer.echo("No scenario was found there, or none fits -k.", err=True)
    return CODES.get(int(code), BAD_INPUT)


def _write(text: str) -> None:
    """Write to standard output, in ASCII where it has nothing else."""
    from harness.ladder.text import PLAIN  # noqa: PLC0415  heavy, as pytest is

    has_lines = (sys.stdout.encoding or "ascii").lower().startswith("utf")
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    typer.echo(text if has_lines else text.translate(PLAIN), color=False if plain else None)


def _is_expression(text: str) -> bool:
    """Whether it is words joined by and, or, not; else it is to be found as it stands, spaces and all."""
    if re.fullmatch(r"[\w+.\[\]\\/\s()-]+", text) is None:
        return False
    skeleton = re.sub(r"[^\s()]+", lambda word: word[0] if word[0] in {"and", "or", "not"} else "x", text)
    try:
        ast.parse(skeleton.strip(), mode="eval")
    except SyntaxError:
        return False
    return True


def _isolation() -> list[str]:
    """Keep settings, plugins and leftovers of whatever project surrounds us out of the run."""
    nothing = ["-c", os.devnull, f"--rootdir={Path.cwd()}", "--noconftest", "--disable-plugin-autoload"]
    return [*nothing, "-pno:cacheprovider", *(f"-p{name}" for name in PLUGINS)]


def _require(path: Path, wanted: str) -> None:
    if not path.exists():
        typer.echo(f"{path} does not exist. {wanted}", err=True)
        raise typer.Exit(BAD_ENVIRONMENT)


def _folder(path: Path) -> Path:
    """Make a folder if it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        typer.echo(f"{path} cannot be a folder for captures: {error.strerror}", err=True)
        raise typer.Exit(BAD_ENVIRONMENT) from None
    return path


def _require_writable(junit: Path) -> None:
    """Try the file before anything is played: after a long run it would be late to learn of it."""
    was_there = junit.exists()
    try:
        junit.open("a").close()
    except OSError as error:
        typer.echo(f"{junit} cannot be written ({error.strerror}). Give --junit a file in a folder of yours.", err=True)
        raise typer.Exit(BAD_ENVIRONMENT) from None
    if not was_there:
        junit.unlink()
