"""What a scenario can say, told from the code: every step with its arguments, for a terminal and for a page.

A verb's docstrings are its documentation (`harness.vocabulary`), so nothing here has to be kept in step with it. Pure.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from pydantic.fields import FieldInfo

from harness.schemas import schemas
from harness.vocabulary import Verb, verbs

KINDS = {"string": "text", "number": "number", "integer": "whole number", "boolean": "yes | no"}
MANY = 8
"""So many values of a default are shown, and no more."""

SHARING = """
Under `vars` values have names: `vars: {who: alice}`, and then `${who}` anywhere in the script; under `matrix` each name
has a list of values, and the script is played once for each combination.

`include` takes in the steps of a file in a folder `shared`, beside the scenario, above it, or among ours. The file says
under `takes` what it has to be told, each with what is taken otherwise (an empty one has to be said):

```yaml
# shared/registered.yaml
about: Its user signs in, and the phone registers with the token.
takes: {ue: alice}
steps:
  - ue.sign_in: {ue: "${ue}"}
  - ue.register: {ue: "${ue}", token: yes}
```

`parallel` takes branches at once, each a list of steps. An expectation in a branch looks at what happened since the
last act of its own branch, whoever did it; the scenario goes on when all have ended:

```yaml
steps:
  - parallel:
      - [{include: registered}]
      - [{include: {steps: registered, with: {ue: bob}}}, {expect.answer: 200}]
```""".splitlines()
"""What is no verb, for the documentation."""

CHAPTERS: Mapping[str, str] = {
    "ue": "Phones",
    "token": "Tokens",
    "expect": "Expectations",
    "idms": "The identity server",
    "core": "The core and its operator",
    "program": "Programs",
    "fault": "Faults on the wire",
    "clock": "Time",
}
"""What the words before the dot are about; one that is not here stands under its own name, after these."""


@frozen
class Argument:
    """One thing that a step can be told."""

    name: str
    kind: str
    """What is written there, in few words."""
    says: str
    default: str | None
    """As it would be written; None if it has to be given."""


def told(verb: Verb) -> tuple[Argument, ...]:
    """Give everything that a step can be told, what has to be said first."""
    fields = verb.arguments.model_fields
    own, defs = schemas([verb.arguments])
    properties: Mapping[str, Any] = own[verb.arguments].get("properties", {})
    found = [_argument(field, field.alias or name, properties, defs) for name, field in fields.items()]
    return tuple(sorted(found, key=lambda argument: argument.default is not None))


def plain(verb: Verb) -> str:
    """Describe a step for a terminal."""
    lines = [verb.name, *(f"  {line}" for line in verb.says.splitlines())]
    short = verb.arguments.short
    if short:
        lines.append(f"  `{verb.name}: X` is short for `{verb.name}: {{{short}: X}}`.")
    for argument in told(verb):
        default = "" if argument.default is None else f", otherwise {argument.default}"
        lines += ["", f"  {argument.name}: {argument.kind}{default}"]
        lines += [f"      {line}" for line in argument.says.splitlines()]
    return "\n".join(lines)


def markdown() -> str:
    """Describe every step, chapter by chapter, for the documentation."""
    known = verbs()
    prefixes = dict.fromkeys([*CHAPTERS, *(name.partition(".")[0] for name in sorted(known))])
    lines = [
        "# Every step and expectation",
        "",
        "Made from the code by `make docs`. `val steps NAME` shows one of them in the terminal. For your editor there",
        "are schemas of [scenarios](scenario.schema.json) and [labs](lab.schema.json), which `val steps --schema` and",
        "`val steps --lab-schema` give as well: put `# yaml-language-server: $schema=PATH` on top of a file.",
    ]
    lines += ["", "## Sharing steps, and taking them at once", *SHARING]
    for prefix in prefixes:
        of_it = [verb for name, verb in sorted(known.items()) if name.partition(".")[0] == prefix]
        if of_it:
            lines += ["", f"## {CHAPTERS.get(prefix, prefix)}", *(line for verb in of_it for line in _section(verb))]
    return "\n".join(lines) + "\n"


def _argument(field: FieldInfo, name: str, properties: Mapping[str, Any], defs: Mapping[str, Any]) -> Argument:
    default = None if field.is_required() else _written(field.get_default(call_default_factory=True))
    return Argument(name, _kind(properties[name], defs), inspect.cleandoc(field.description or ""), default)


def _written(value: Any) -> str:
    """Write a default as a scenario would."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case list() | tuple() if len(value) > MANY:
            return f"all {len(value)} of them"
        case list() | tuple() | frozenset():
            return f"[{', '.join(map(str, value))}]"
        case dict() if not value:
            return "none"
    return str(value)


def _kind(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """Say in few words what may be written."""
    if "$ref" in schema:
        return _kind(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each, defs) for each in schema["anyOf"] if each.get("type") != "null"))
    if "enum" in schema:
        return "yes | no" if "yes" in schema["enum"] else " | ".join(map(str, schema["enum"]))
    return _kind_of_type(schema, defs)


def _kind_of_type(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    match schema.get("type"):
        case "array":
            return f"list of {_kind(schema.get('items', {}), defs)}"
        case "object":
            return "mapping" if "properties" in schema else f"mapping to {_kind(_values(schema), defs)}"
    named = "duration, such as 30s" if schema.get("title") == "duration" else KINDS.get(str(schema.get("type")))
    return named or "anything"


def _values(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    values = schema.get("additionalProperties", {})
    return values if isinstance(values, dict) else {}


def _section(verb: Verb) -> Iterator[str]:
    yield from ("", f"### {verb.name}", "", verb.says)
    if verb.arguments.short:
        yield from ("", f"`{verb.name}: X` means `{verb.arguments.short}: X`.")
    arguments = told(verb)
    if arguments:
        yield from ("", "| argument | what | otherwise |", "|---|---|---|")
    for argument in arguments:
        kind = argument.kind.replace("|", "\\|")
        says = " ".join(argument.says.split()).replace("|", "\\|")
        otherwise = "(has to be said)" if argument.default is None else argument.default
        yield f"| `{argument.name}` | {kind}. {says} | {otherwise} |"
