"""The command line. A subcommand is imported when it is called, so that help is quick and errors stay apart."""

import errno
import gc
import inspect
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module, metadata
from typing import Annotated

import typer

from valkit.exits import BAD_ENVIRONMENT

COMMANDS: Mapping[str, str] = {
    "run": "Play scenarios, judge them, show ladders and conformance.",
    "lab": "Start a whole lab to try things in, until Ctrl-C.",
    "steps": "Tell every step and expectation that a scenario can have.",
    "settings": "Tell every setting that a program's file can have.",
    "compare": "Tell what changed between two runs that were reported.",
    "init": "Write a lab and scenarios of your own to begin with.",
    "check": "Check scenario and lab files without playing them.",
    "server": "One VAL server, until Ctrl-C.",
    "core": "One SIP core (P-, I-, S-CSCF and HSS), until Ctrl-C.",
    "idms": "One identity server (S-IdMS), until Ctrl-C.",
    "kms": "One key management server (S-KMS), until Ctrl-C.",
    "cms": "One configuration management server (CMS), until Ctrl-C.",
    "gms": "One group management server (S-GMS), until Ctrl-C.",
    "gateway": "The gateway of a VAL system, towards partner domains, until Ctrl-C.",
    "proxy": "One HTTP proxy in front of the SEAL servers, until Ctrl-C.",
    "provision": "Users, services, profiles and groups, from one file to every SEAL server.",
    "ue": "One phone by hand: register, publish, deregister, against any core.",
    "registrations": "Show who is registered at a core; end or shorten a registration.",
    "bindings": "Show what a VAL server has bound.",
    "token": "Make, decode and check access tokens.",
    "load": "Many UEs at rates, against any core and VAL server.",
    "replay": "Judge a capture: which bindings a right VAL server would have made.",
    "import-sipp": "Turn scenarios of SIPp into ours.",
    "doctor": "Say what is wrong with an authentication, a token or a registration.",
}
"""Each has a module of its name in `harness.commands`, _ for -, with a typer application `app` or such a function."""

ABOUT = """Prove, or disprove, that an access token sent over SIP bound an IMPU to a VAL service ID.

\b
Exit codes: 0 all well, 1 a scenario failed or what was asked for was refused,
2 the input is wrong, 3 the environment is (port taken, file missing),
130 interrupted by Ctrl-C; what runs until Ctrl-C (lab up, core, server,
idms, kms, cms, gms, gateway, proxy, bindings --follow) ends with 0.

\b
Examples:
  val run scenarios/figures -v
  val server --config examples/valserver.yaml
  val ue register --config examples/ue.yaml --token token.txt
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process."""
    told = list(sys.argv[1:] if arguments is None else arguments)
    chosen = next((word for word in told if not word.startswith("-")), None)
    try:
        app = build(chosen)
        gc.freeze()
        gc.enable()  # until here nothing but imports, which `harness.__main__` turned it off for
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # all is imported: the command takes it from here
        app(told, prog_name="val")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still unwritten would fail once more
        typer.echo("The disk that standard output goes to is full, so the rest could not be written.", err=True)
        sys.exit(BAD_ENVIRONMENT)


def build(chosen: str | None) -> typer.Typer:
    """Make the application, with the subcommand that was chosen and only the names of the others."""
    if os.environ.get("NO_COLOR"):
        rich_utils = import_module("typer.rich_utils")
        rich_utils.COLOR_SYSTEM = None  # type: ignore[attr-defined]  # else bold and dim would stay
    app = typer.Typer(help=ABOUT, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for name, says in COMMANDS.items():
        if name == chosen:
            _mount(app, name)
        else:
            app.command(name, help=says)(_named_only)
    app.callback()(_nothing_by_itself)
    return app


def _mount(app: typer.Typer, name: str) -> None:
    own = name.replace("-", "_")
    module = import_module(f"harness.commands.{own}")
    if hasattr(module, "app"):
        for command in module.app.registered_commands:
            command.help = prose(command.help or inspect.getdoc(command.callback) or "")
        app.add_typer(module.app, name=name)
    else:
        function = getattr(module, own)
        says, _, examples = (inspect.getdoc(function) or "").partition("\\b\n")
        app.command(name, help=prose(says), epilog=f"\b\n{examples}")(function)


def prose(text: str) -> str:
    """Make help of a docstring: paragraphs that the terminal breaks, and brackets that are no markup."""
    paragraphs = (each if each.startswith("\\b") else " ".join(each.splitlines()) for each in text.split("\n\n"))
    return "\n\n".join(paragraphs).replace("[", "\\[")


def _named_only() -> None:
    raise AssertionError("a command that is called has been mounted")


def _tell_version(asked: bool) -> None:  # noqa: FBT001  typer hands the flag over like this
    if asked:
        typer.echo(f"val {metadata.version('val-harness')}")
        raise typer.Exit


def _nothing_by_itself(
    *,
    version: Annotated[  # noqa: ARG001  its callback does what it is for
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    return
