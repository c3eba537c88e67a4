"""`val settings`: what every program can be told in its file, in the terminal or as Markdown."""

from typing import Annotated

import typer

from harness.grammar.vocabulary import suggestion
from harness.language.manual import MANUALS, markdown, plain
from valkit.exits import BAD_INPUT


def settings(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PROGRAM]...", help="Programs, or parts of their files.")
    ] = None,
    *,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Every setting, as Markdown.")] = False,
) -> None:
    r"""Tell every setting of a program's file: what may be written, what it is for, what holds without it.

    \b
    Examples:
      val settings
      val settings server
      val settings idms.tokens core.subscribers
    """
    if as_markdown:
        typer.echo(markdown(), nl=False)
    elif names:
        typer.echo("\n\n".join(map(_described, names)))
    else:
        width = max(map(len, MANUALS))
        for name, manual in MANUALS.items():
            typer.echo(f"{name:{width}}  {(manual.model.__doc__ or '').splitlines()[0]} Read by {manual.reader}.")


def _described(name: str) -> str:
    try:
        return plain(name)
    except KeyError:
        program, _, path = name.partition(".")
        guess = f"see `val settings {program}`" if path and program in MANUALS else suggestion(program, MANUALS)
        typer.echo(f"{name} is no program's settings ({guess})", err=True)
        raise typer.Exit(BAD_INPUT) from None
