"""The fields of a model in plain words: what is written there, what it is for, what is taken otherwise.

A field's docstring is its documentation, and its JSON Schema says what may be written, so that nothing here has to be
kept in step with any model. Pure.
"""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, get_args, get_origin

from attrs import frozen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from harness.language.schemas import schemas

KINDS = {"string": "text", "number": "number", "integer": "whole number", "boolean": "yes | no"}
MANY = 8
"""So many values of a default are shown, and no more."""
UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"))


@frozen
class Told:
    """One thing that can be told."""

    name: str
    kind: str
    """What is written there, in few words."""
    says: str
    default: str | None
    """As it would be written; None if it has to be given."""


def fields(model: type[BaseModel]) -> tuple[Told, ...]:
    """Give everything that a model can be told, what has to be said first."""
    own, defs = schemas([model])
    properties: Mapping[str, Any] = own[model].get("properties", {})
    found = [
        _told(field, field.alias or name, _says(model, name), properties, defs)
        for name, field in model.model_fields.items()
    ]
    return tuple(sorted(found, key=lambda told: told.default is not None))


def table(told: Sequence[Told], heading: str) -> Iterator[str]:
    """Give the lines of a table in Markdown; none if there is nothing to tell."""
    if told:
        yield from ("", f"| {heading} | what | otherwise |", "|---|---|---|")
    for each in told:
        kind = each.kind.replace("|", "\\|")
        says = " ".join(each.says.split()).replace("|", "\\|")
        otherwise = "(has to be said)" if each.default is None else each.default
        yield f"| `{each.name}` | {kind}. {says} | {otherwise} |"


def lines(told: Sequence[Told]) -> Iterator[str]:
    """Give the lines for a terminal."""
    for each in told:
        default = "" if each.default is None else f", otherwise {each.default}"
        yield from ("", f"  {each.name}: {each.kind}{default}")
        yield from (f"      {line}" for line in each.says.splitlines())


def _says(model: type[BaseModel], name: str) -> str:
    """Give the field's docstring, or that of the class that it comes from, or what the model within is."""
    known = (base.model_fields.get(name) for base in model.__mro__ if issubclass(base, BaseModel))
    own = next((field.description for field in known if field and field.description), None)
    within = (inspect.getdoc(inner) for _, inner in models_in(model.model_fields[name].annotation))
    return inspect.cleandoc(own or next(within, None) or "")


def models_in(annotation: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    """Give the models in an annotation, each with what stands behind the field's name in a path: `[]`, `.*`."""
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        yield "", annotation
        return
    origin: Any = get_origin(annotation)
    behind = {list: "[]", tuple: "[]", frozenset: "[]", dict: ".*"}.get(origin, "")
    for argument in get_args(annotation):
        yield from ((behind + further, model) for further, model in models_in(argument))


def _told(field: FieldInfo, name: str, says: str, properties: Mapping[str, Any], defs: Mapping[str, Any]) -> Told:
    schema = properties[name]
    default = field.get_default(call_default_factory=True)
    lasts = schema.get("title") == "duration" and isinstance(default, float)
    written = None if field.is_required() else _lasting(default) if lasts else _written(default)
    return Told(name, _kind(schema, defs), says, written)


def _lasting(seconds: float) -> str:
    """Write a duration with the largest unit that needs no fraction."""
    for size, unit in UNITS:
        if seconds and not seconds % size:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


def _written(value: Any) -> str:
    """Write a default as a file would."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case bytes():
            return value.hex()
        case Enum():
            return value.value if isinstance(value.value, str) else str(value)
    return _written_whole(value)


def _written_whole(value: Any) -> str:
    """Write what holds others; of a model, what it does not have anyway."""
    match value:
        case BaseModel():
            said = {name: getattr(value, name) for name in type(value).model_fields if name in value.model_fields_set}
            return _mapping(said) if said else "as beneath"
        case dict():
            return _mapping(value)
        case list() | tuple() | frozenset() if not hasattr(value, "_fields"):
            return _several(value)
    return str(value)


def _several(values: Sequence[Any] | frozenset[Any]) -> str:
    if len(values) > MANY:
        return f"all {len(values)} of them"
    shown = list(map(_written, values))
    return f"[{', '.join(sorted(shown) if isinstance(values, frozenset) else shown)}]"


def _mapping(values: Mapping[str, Any]) -> str:
    if not values:
        return "none"
    return f"{{{', '.join(f'{name}: {_written(value)}' for name, value in values.items())}}}"


def _kind(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """Say in few words what may be written."""
    if "$ref" in schema:
        return _kind(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each, defs) for each in schema["anyOf"] if each.get("type") != "null"))
    if "enum" in schema:
        return "yes | no" if "yes" in schema["enum"] else " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    return _kind_of_type(schema, defs)


def _kind_of_type(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    match schema.get("type"):
        case "array":
            return f"list of {_kind(schema.get('items', {}), defs)}"
        case "object":
            return (
                _named(schema) or "mapping" if "properties" in schema else f"mapping to {_kind(_values(schema), defs)}"
            )
    named = "duration, such as 30s" if schema.get("title") == "duration" else KINDS.get(str(schema.get("type")))
    example = "".join(f", such as {each}" for each in schema.get("examples", [])[:1])
    return f"{named}{example}" if named else "anything"


def _named(schema: Mapping[str, Any]) -> str:
    """Give the word of the language for a model that has one: its title, which is else the name of its class."""
    title = str(schema.get("title", ""))
    return title if title.islower() else ""


def words_in(model: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    """Give the models within a model, and within those, that have a word of the language, by it."""
    seen, waiting = {model}, [model]
    while waiting:
        annotations = [field.annotation for field in waiting.pop().model_fields.values()]
        fresh = {inner for annotation in annotations for _, inner in models_in(annotation)} - seen
        seen |= fresh
        waiting += fresh
    titled = {str(each.model_config.get("title", "")): each for each in seen - {model}}
    return {title: titled[title] for title in sorted(titled) if title}


def _values(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    values = schema.get("additionalProperties", {})
    return values if isinstance(values, dict) else {}
