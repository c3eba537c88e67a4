"""What a scenario can say, told from the code: every step with its arguments, as text, as Markdown, as JSON Schema.

A verb's docstrings are its documentation (`harness.vocabulary`), so there is nothing here to keep in step with it. The
schemas are for editors, which check and complete a file while it is written; `val check` knows more, such as who is in
a lab. Pure.
"""

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen
from pydantic.fields import FieldInfo
from pydantic.json_schema import models_json_schema

from harness.labs import LabPlan
from harness.scenario import Head
from harness.vocabulary import Arguments, Verb, verbs

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = {"type": "string", "pattern": r"\$\{[^}]+\}"}
"""What may stand in the place of any value: `${kind}`, a value of the matrix."""
_REFERS = re.compile(r'"\$ref": "#/\$defs/([^"]+)"')
KINDS = {"string": "text", "number": "number", "integer": "whole number", "boolean": "yes | no"}
MANY = 8
"""So many values of a default are shown, and no more."""

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
    schema, defs = _schemas([verb.arguments])
    properties: Mapping[str, Any] = schema[verb.arguments].get("properties", {})
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
    for prefix in prefixes:
        of_it = [verb for name, verb in sorted(known.items()) if name.partition(".")[0] == prefix]
        if of_it:
            lines += ["", f"## {CHAPTERS.get(prefix, prefix)}", *(line for verb in of_it for line in _section(verb))]
    return "\n".join(lines) + "\n"


def scenario_schema() -> str:
    """Give the JSON Schema of one scenario, as JSON."""
    models = {verb.arguments for verb in verbs().values()}
    schemas, defs = _schemas([Head, *sorted(models, key=lambda model: (model.__module__, model.__name__))])
    head = schemas[Head]
    step = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {name: _step(verb, schemas[verb.arguments]) for name, verb in sorted(verbs().items())},
    }
    properties = {name: _or_reference(inner) for name, inner in head["properties"].items()}
    properties["steps"] = head["properties"]["steps"] | {"items": {"$ref": "#/$defs/step"}}
    whole = head | {"$schema": DIALECT, "title": "A scenario of val", "properties": properties}
    return _json(_as_written(_with_what_it_needs(whole, _shortened(defs) | {"step": step, "reference": REFERENCE})))


def lab_schema() -> str:
    """Give the JSON Schema of a lab's file, as JSON; `like` names another that it takes over."""
    schemas, defs = _schemas([LabPlan])
    lab = schemas[LabPlan]
    like = {"type": "string", "description": "Another lab, of this folder or one of ours, on top of which this comes."}
    whole = lab | {"$schema": DIALECT, "title": "A lab of val", "properties": {"like": like, **lab["properties"]}}
    return _json(_not_all(_as_written(_with_what_it_needs(whole, defs))))


def _step(verb: Verb, schema: dict[str, Any]) -> dict[str, Any]:
    """Give what may stand behind a verb: its arguments, or the one that is meant where a single value stands."""
    properties = {name: _or_reference(inner) for name, inner in schema.get("properties", {}).items()}
    ways: list[dict[str, Any]] = [schema | {"properties": properties}]
    short = verb.arguments.short
    if short:
        alias = verb.arguments.model_fields[short].alias or short
        ways.append(properties[alias])
    if not schema.get("required"):
        ways.append({"type": "null"})
    if verb.arguments.listed:
        ways.append(properties[verb.arguments.listed])
    return {"description": verb.says, "anyOf": [*ways, {"$ref": "#/$defs/reference"}]}


def _shortened(defs: Mapping[str, Any]) -> dict[str, Any]:
    """Let a single value stand for arguments within arguments, too."""
    short = {model.__name__: model.short for model in _further(Arguments) if model.short}
    return {
        name: {"anyOf": [schema, schema["properties"][short[name]]]} if name in short else schema
        for name, schema in defs.items()
    }


def _further(model: type[Arguments]) -> Iterator[type[Arguments]]:
    for each in model.__subclasses__():
        yield each
        yield from _further(each)


def _with_what_it_needs(schema: dict[str, Any], defs: Mapping[str, Any]) -> dict[str, Any]:
    """Add the definitions that are referred to, and those that they refer to."""
    needed: dict[str, Any] = {}
    found = _REFERS.findall(json.dumps(schema, default=str))
    while found:
        name = found.pop()
        if name not in needed:
            needed[name] = defs[name]
            found += _REFERS.findall(json.dumps(defs[name], default=str))
    return schema | {"$defs": dict(sorted(needed.items()))}


def _as_written(schema: Any) -> Any:
    """Say what YAML may hold there: a text may look like a number, and a name may be one of the matrix."""
    if isinstance(schema, list):
        return [_as_written(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _as_written(value) for name, value in schema.items()}
    if schema.get("type") == "string" and not {"enum", "pattern"} & schema.keys():
        made["type"] = ["string", "number"]
    if "propertyNames" in made:
        made["propertyNames"] = {"anyOf": [made["propertyNames"], REFERENCE]}
    return made


def _not_all(schema: Any) -> Any:
    """Ask for nothing: what is not said stands in the lab beneath."""
    if isinstance(schema, list):
        return [_not_all(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _not_all(value) for name, value in schema.items() if name != "required" or isinstance(value, dict)}


def _or_reference(schema: dict[str, Any]) -> dict[str, Any]:
    return (
        schema
        if schema.get("type") == "string" and "enum" not in schema
        else {"anyOf": [schema, {"$ref": "#/$defs/reference"}]}
    )


def _schemas(models: Iterable[type[Any]]) -> tuple[dict[type[Any], dict[str, Any]], dict[str, Any]]:
    """Give the schema of each model, and the definitions that they share."""
    listed = list(models)
    references, whole = models_json_schema([(model, "validation") for model in listed], by_alias=True)
    defs: dict[str, Any] = whole.get("$defs", {})
    own = {model: references[model, "validation"]["$ref"].rpartition("/")[2] for model in listed}
    return {model: defs[name] for model, name in own.items()}, defs


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


def _json(value: object) -> str:
    return json.dumps(value, indent=1, default=str) + "\n"


__all__ = ["Argument", "lab_schema", "markdown", "plain", "scenario_schema", "told"]
