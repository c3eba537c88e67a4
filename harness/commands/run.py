"""`val run`: play scenarios and judge them. pytest does the work, told nothing but what stands here."""

import ast
import re
from pathlib import Path
from typing import Annotated

import typer

from harness.run.order import Order
from ue_sim.engines import EngineName
from valkit.exits import BAD_ENVIRONMENT

SHIPPED = Path(__file__).parents[2] / "scenarios"
"""The scenarios that come with the project."""


def run(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files or folders.")] = None,
    *,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here, clause IDs as properties.")] = None,
    expression: Annotated[str, typer.Option("-k", help="Only those whose name, folder or clause fits.")] = "",
    lab: Annotated[
        Path | None, typer.Option(help="Play in this lab, a name or a file, whatever scenarios name.")
    ] = None,
    pcap: Annotated[
        Path | None,
        typer.Option(
            help="Write a capture of each scenario here, its SIP and HTTP, for Wireshark; secrets are masked. "
            "Those of an earlier run are taken away."
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write a report into this folder: report.html, report.json, junit.xml, summary.md and captures."
        ),
    ] = None,
    tls_keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Append the keys of TLS connections here, for captures of your own (SSLKEYLOGFILE)."
        ),
    ] = None,
    seed: Annotated[
        str, typer.Option(help="Play the same bytes on the wire each time, but for addresses.", show_default=False)
    ] = "",
    jobs: Annotated[
        int | None,
        typer.Option(
            "-j", "--jobs", min=1, show_default=False, help="Processes to play in at once; as many as there are cores."
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
      val run my-scenarios --report reports/today -j 4
      val run --engine pjsua2
    """
    chosen = paths or [SHIPPED]
    for path in chosen:
        _require(path, "Give a scenario file or a folder of them; `val run --list` shows ours.")
    if lab:
        lab = _lab(lab, chosen)
    if junit is not None:
        _require_writable(junit)
    if pcap is not None and not only_list:
        _make_folder(pcap, "captures")
    from harness.run.playing import cores  # noqa: PLC0415  pytest and the harness are heavy, and not needed for --help
    from valkit.net.serving import log_tls_keys  # noqa: PLC0415  it brings Twisted, which --help needs no more

    log_tls_keys(tls_keys)
    combined = _is_expression(expression)
    order = Order(
        paths=tuple(chosen),
        expression=expression if combined else "",
        words="" if combined else expression,
        lab=lab,
        engine=engine.value if engine else "",
        junit=junit,
        pcap=pcap,
        report=None if only_list else report,
        seed=seed,
        jobs=jobs or cores(),
        verbose=verbose,
        only_list=only_list,
    )
    if order.report is not None:
        _make_folder(order.report, "a report")
    from harness.run.session import carry_out  # noqa: PLC0415  as above

    raise typer.Exit(carry_out(order))


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


def _lab(lab: Path, chosen: list[Path]) -> Path:
    """Give the file of the lab that is meant: this one, or what scenarios there find by this name."""
    if lab.exists():
        return lab
    if lab.name != str(lab) or lab.suffix:
        _require(lab, "Give --lab a file that describes a lab, or the name of one.")
    from harness.grammar.lab_files import NoSuchLab, lab_file  # noqa: PLC0415  as above

    try:
        return lab_file(str(lab), *chosen, Path.cwd())
    except NoSuchLab as error:
        typer.echo(f"{lab} does not exist, and {error}.", err=True)
        raise typer.Exit(BAD_ENVIRONMENT) from None


def _require(path: Path, wanted: str) -> None:
    if not path.exists():
        typer.echo(f"{path} does not exist. {wanted}", err=True)
        raise typer.Exit(BAD_ENVIRONMENT)


def _make_folder(path: Path, what: str) -> None:
    """Make a folder if it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        typer.echo(f"{path} cannot be a folder for {what}: {error.strerror}", err=True)
        raise typer.Exit(BAD_ENVIRONMENT) from None


def _require_writable(junit: Path) -> None:
    """Try the file before anything is played: after a long run it would be late to learn of it, or of a full disk."""
    was_there = junit.exists()
    try:
        with junit.open("ab", buffering=0) as file:
            size = file.tell()
            if junit.is_file() or (junit.is_char_device() and not file.isatty()):
                file.write(b"\n")
            if junit.is_file():
                file.truncate(size)
    except OSError as error:
        typer.echo(f"{junit} cannot be written ({error.strerror}). Give --junit a file in a folder of yours.", err=True)
        raise typer.Exit(BAD_ENVIRONMENT) from None
    if not was_there:
        junit.unlink()
