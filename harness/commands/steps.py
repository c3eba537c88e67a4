"""`val steps`: what a scenario can say, in the terminal, as Markdown or as JSON Schema."""

from typing import Annotated

import typer

from harness.grammar.vocabulary import suggestion, verbs
from harness.language.schemas import lab_schema, scenario_schema
from harness.language.told import markdown, plain
from valkit.exits import BAD_INPUT


def steps(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Steps, or beginnings of names.")
    ] = None,
    *,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Every step, as Markdown.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="JSON Schema of a scenario, for editors.")] = False,
    of_labs: Annotated[bool, typer.Option("--lab-schema", help="JSON Schema of a lab's file, for editors.")] = False,
) -> None:
    r"""Tell every step and expectation that a scenario can have, and with a NAME all that it can be told.

    \b
    Examples:
      val steps
      val steps ue.register expect.message
      val steps fault
      val steps --schema > scenario.schema.json
    """
    wanted = {markdown: as_markdown, scenario_schema: schema, lab_schema: of_labs}
    made = [make() for make, asked in wanted.items() if asked]
    if made:
        typer.echo("".join(made), nl=False)
    elif names:
        typer.echo("\n\n".join(_described(name) for name in names))
    else:
        width = max(map(len, verbs()))
        for name, verb in sorted(verbs().items()):
            typer.echo(f"{name:{width}}  {verb.says.splitlines()[0]}")


def _described(name: str) -> str:
    found = [verb for known, verb in sorted(verbs().items()) if known == name or known.startswith(f"{name}.")]
    if not found:
        typer.echo(f"{name} is no step ({suggestion(name, verbs())})", err=True)
        raise typer.Exit(BAD_INPUT)
    return "\n\n".join(map(plain, found))
