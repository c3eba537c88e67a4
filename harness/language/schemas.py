"""What a scenario and a lab may hold, as JSON Schema made from the code, for editors and whoever reads such files.

An editor checks and completes a file by it while it is written; `val check` knows more, such as who is in a lab. Pure.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaWarningKind, models_json_schema

from harness.grammar.script import INCLUDE, PARALLEL, Include
from harness.grammar.vocabulary import Arguments, Verb, verbs
from harness.language.scenario import Head
from harness.plans.lab import LabPlan

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = {"type": "string", "pattern": r"\$\{[^}]+\}"}
"""What may stand in the place of any value: `${kind}`, a value of the matrix."""
TAKEN_IN = "Take in the steps of shared/NAME.yaml, and tell them what they take."
AT_ONCE = "Take branches of steps at once, each step after the one before, until the last branch has ended."
BRANCH = {"type": "array", "items": {"$ref": "#/$defs/step"}}
_REFERS = re.compile(r'"\$ref": "#/\$defs/([^"]+)"')


def scenario_schema() -> str:
    """Give the JSON Schema of one scenario, as JSON."""
    models = {verb.arguments for verb in verbs().values()}
    own, defs = schemas([Head, Include, *sorted(models, key=lambda model: (model.__module__, model.__name__))])
    head = own[Head]
    step = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {
            INCLUDE: {"description": TAKEN_IN, "anyOf": [own[Include], {"type": "string"}]},
            PARALLEL: {"description": AT_ONCE, "type": "array", "minItems": 2, "items": BRANCH},
            **{name: _step(verb, own[verb.arguments]) for name, verb in sorted(verbs().items())},
        },
    }
    properties = {name: _or_reference(inner) for name, inner in head["properties"].items()}
    properties["steps"] = head["properties"]["steps"] | {"items": {"$ref": "#/$defs/step"}}
    whole = head | {"$schema": DIALECT, "title": "A scenario of val", "properties": properties}
    return _json(_as_written(_with_what_it_needs(whole, _shortened(defs) | {"step": step, "reference": REFERENCE})))


def lab_schema() -> str:
    """Give the JSON Schema of a lab's file, as JSON; `like` names another that it takes over."""
    own, defs = schemas([LabPlan])
    lab = own[LabPlan]
    like = {"type": "string", "description": "Another lab, of this folder or one of ours, on top of which this comes."}
    whole = lab | {"$schema": DIALECT, "title": "A lab of val", "properties": {"like": like, **lab["properties"]}}
    return _json(_not_all(_as_written(_with_what_it_needs(whole, defs))))


def _step(verb: Verb, schema: dict[str, Any]) -> dict[str, Any]:
    """Give what may stand behind a verb: its arguments, or the one that is meant where a single value stands."""
    nothing: list[dict[str, Any]] = [] if schema.get("required") else [{"type": "null"}]
    return {"description": verb.says, "anyOf": [*nothing, *_within(verb.arguments, schema)["anyOf"]]}


def _shortened(defs: Mapping[str, Any]) -> dict[str, Any]:
    """Let a single value stand for arguments within arguments, too, and `${kind}` for any of theirs."""
    models = {model.__name__: model for model in _further(Arguments)}
    return {name: _within(models[name], schema) if name in models else schema for name, schema in defs.items()}


def _within(model: type[Arguments], schema: dict[str, Any]) -> dict[str, Any]:
    """Give the ways to write arguments: as a mapping, as the one value or the list that is meant, or as `${kind}`."""
    properties = {name: _or_reference(inner) for name, inner in schema.get("properties", {}).items()}
    ways = [schema | {"properties": properties}]
    ways += [properties[model.model_fields[name].alias or name] for name in (model.short, model.listed) if name]
    return {"anyOf": [*ways, {"$ref": "#/$defs/reference"}]}


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


class _Quiet(GenerateJsonSchema):
    """Says nothing of defaults that JSON cannot have, such as keys: they are left out."""

    ignored_warning_kinds: set[JsonSchemaWarningKind] = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012


def schemas(models: Iterable[type[Any]]) -> tuple[dict[type[Any], dict[str, Any]], dict[str, Any]]:
    """Give the schema of each model, and the definitions that they share."""
    listed = list(models)
    references, whole = models_json_schema(
        [(model, "validation") for model in listed], by_alias=True, schema_generator=_Quiet
    )
    defs: dict[str, Any] = whole.get("$defs", {})
    own = {model: references[model, "validation"]["$ref"].rpartition("/")[2] for model in listed}
    return {model: defs[name] for model, name in own.items()}, defs


def _json(value: object) -> str:
    return json.dumps(value, indent=1, default=str) + "\n"
