"""`val import-sipp`: SIPp's scenarios turned into ours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from harness.language.scenario import parse
from harness.sipp import NotSipp, Script, converted, read, written
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave
from valkit.settings import SettingsError
from valkit.settings.document import SIZE_LIMIT
from valkit.terminal import plain


def import_sipp(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenarios of SIPp, XML.")],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write each into this folder; else all to standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    r"""Turn SIPp scenarios of REGISTER, PUBLISH, SUBSCRIBE and MESSAGE into ours, and list what could not be.

    A request, the challenge to it and its answer become one step, and what <ereg> checks of an answer is expected of
    it. Tokens are minted by the lab's issuer in place of the file's; keys of [authentication] are taken over. Exits
    with 1 when something could not be converted; what could be is a scenario that `val run` plays.

    \b
    Examples:
      val import-sipp register_aka.xml > register.yaml
      val import-sipp sipp/*.xml --out my-scenarios
      val run my-scenarios
    """
    scripts = [(path, _script(path)) for path in files]
    for path, script in scripts:
        text = written(script) if script.acts and script.asks else ""
        if text and out is not None:
            _write(out / f"{path.stem}.yaml", text, force=force)
        elif text:
            typer.echo(text, nl=False)
        for line in _told(path, script):
            typer.echo(plain(line), err=True)
    if any(script.lost or not (script.acts and script.asks) for _, script in scripts):
        raise typer.Exit(FAILED)


def _script(path: Path) -> Script:
    """Convert a file; what comes of it is read as any scenario is."""
    try:
        script = converted(read(path.read_bytes()), path.name)
    except NotSipp as error:
        at = f"{path}:{error.line}" if error.line else str(path)
        leave(f"{at}: is no SIPp scenario: {error}.", BAD_INPUT)
    except OSError as error:
        leave(f"{path} cannot be read: {error.strerror}.", BAD_ENVIRONMENT)
    if script.acts and script.asks:
        text = written(script)
        if len(text) > SIZE_LIMIT:
            leave(
                f"{path} becomes a scenario of more than {SIZE_LIMIT} characters (expected less: split it).", BAD_INPUT
            )
        try:
            parse(text, path.with_suffix(".yaml"), str(path))
        except SettingsError as error:
            leave(f"{path} is converted to what is no scenario, which is a fault of ours:\n{error}", BAD_INPUT)
    return script


def _told(path: Path, script: Script) -> Iterator[str]:
    for lost in script.lost:
        yield f"{path}:{lost.line}: not converted: {lost.why}"
    if not script.acts:
        yield f"{path}: nothing of it could be converted, so no scenario was made."
    elif not script.asks:
        yield (
            f"{path}: it awaits nothing, so no scenario was made (expected a <recv> of a final answer behind a <send>, "
            'such as response="200").'
        )


def _write(file: Path, text: str, *, force: bool) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        leave(f"{file} is there already (--force writes over it).", BAD_INPUT)
    except OSError as error:
        leave(f"{file} cannot be written: {error.strerror}.", BAD_ENVIRONMENT)
