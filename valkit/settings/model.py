"""From a document to a frozen pydantic model; pydantic's complaints become faults with places and plain words."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from string import digits
from types import MappingProxyType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from valkit.settings.document import Document, documents
from valkit.settings.faults import Fault, Path, SettingsError

M = TypeVar("M", bound=BaseModel)
Origins = Mapping[Path, Path]
"""By the place of a part in what is read, the place in the document where its author wrote it."""
ELSEWHERE: Origins = MappingProxyType({})
"""Every part stands in the document where it is read."""

EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "yes or no",
    "bool_parsing": "yes or no",
    "string_type": "text; put it in quotes if it is",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
}
"""What pydantic's error types expect, in the words of someone who writes YAML."""

MOST_DIGITS = 308
"""Digits of a number that is shown: what a float can hold."""


class Settings(BaseModel):
    """What every model read from YAML is: frozen, closed, and documented by the string under each field."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        coerce_numbers_to_str=True,  # a field of text takes 0012 as it is written
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )


def read(model: type[M], text: str, name: str) -> M:
    """Read a YAML text that holds one document into the model; SettingsError with every fault."""
    found = documents(text, name)
    if len(found) > 1:
        raise SettingsError([found[1].fault((), "begins a second document (expected only one)")])
    return validated(model, found[0])


def read_json(model: type[M], text: bytes, name: str) -> M:
    """Read JSON of a peer into the model, where nothing stands for something of another type.

    SettingsError with the first fault alone: what a peer can have us tell is bounded, however many there are.
    """
    try:
        return model.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        wrong = "is no JSON" if first["type"] == "json_invalid" else _sentence(first, model)
        raise SettingsError([Fault(name, 1, 1, first["loc"], wrong)]) from None


def validated(model: type[M], document: Document, at: Path = (), origins: Origins = ELSEWHERE) -> M:
    """Read the part of a document at this path into the model; SettingsError with every fault, placed in the whole.

    Where parts of it were made from others, `origins` says so, and their faults are told where their author wrote.
    """
    try:
        return model.model_validate(_part(document.value, at))
    except ValidationError as error:
        details = error.errors(include_url=False)
        own = [detail for detail in details if not _follows(detail, details)]
        raise SettingsError(_merged(_fault(detail, document, at, model, origins) for detail in own)) from None


def _part(value: Any, at: Path) -> object:
    for step in at:
        value = value[step]
    return value


def _follows(detail: ErrorDetails, details: Iterable[ErrorDetails]) -> bool:
    """Tell whether a list is only too short because what stands in it has faults of its own."""
    where = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(where) and other["loc"][: len(where)] == where for other in details
    )


def _merged(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Join what the arms of a union say about one place into one fault."""
    messages: dict[tuple[int, int, Path], list[Fault]] = {}
    for fault in faults:
        messages.setdefault((fault.line, fault.column, fault.path), []).append(fault)
    for same in messages.values():
        words = " or ".join(dict.fromkeys(fault.message for fault in same))
        yield Fault(same[0].name, same[0].line, same[0].column, same[0].path, words)


def _fault(detail: ErrorDetails, document: Document, at: Path, model: type[BaseModel], origins: Origins) -> Fault:
    missing = detail["type"] == "missing"
    path = _visible(detail["loc"], document, at, origins, missing=missing)
    return document.fault(path, _sentence(detail, model), at_key=detail["type"] == "extra_forbidden")


def _visible(loc: Path, document: Document, at: Path, origins: Origins, *, missing: bool) -> Path:
    """Go from pydantic's location to where that was written, past what stands only in our types, as a union's arm."""
    path = at
    for last, step in enumerate(loc, start=1 - len(loc)):
        origin = origins.get(loc[: len(loc) + last])
        if document.has((*path, step)) or (missing and last == 0 and origin is None):
            path = (*path, step)
        elif origin is not None:
            path = origin
    return path


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    match detail["type"]:
        case "missing":
            return _missing(detail["loc"], model)
        case "extra_forbidden":
            return _unknown(detail["loc"], model)
        case "literal_error" | "enum":
            return _not_among(str(detail["input"]), str(detail["ctx"]["expected"]))
        case "too_short" | "string_too_short":
            return f"is {'empty' if not detail['input'] else 'too short'} (expected {_least(detail)})"
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
    expected = EXPECTED.get(detail["type"]) or detail["msg"].removeprefix("Input should be ")
    return f"is {_kind(detail['input'])} (expected {expected})"


def _least(detail: ErrorDetails) -> str:
    least = detail["ctx"]["min_length"]
    if detail["type"] == "string_too_short":
        return "text" if least == 1 else f"at least {least} characters"
    return f"at least {'one' if least == 1 else least}"


def _missing(loc: Path, model: type[BaseModel]) -> str:
    described = [field.description for name, field in _fields(model, loc[:-1]).items() if name == loc[-1]]
    return f"is missing (expected: {described[0]})" if described and described[0] else "is missing"


def _unknown(loc: Path, model: type[BaseModel]) -> str:
    names = list(_fields(model, loc[:-1]))
    close = difflib.get_close_matches(str(loc[-1]), names, n=1)
    if close:
        return f"is not known (did you mean {close[0]}?)"
    return f"is not known (expected one of: {', '.join(names)})" if names else "is not known"


def _not_among(got: str, expected: str) -> str:
    choices = [choice.strip("'") for choice in expected.replace(" or ", ", ").split(", ")]
    close = [choice for choice in difflib.get_close_matches(got, choices, n=1) if not _another_kind(got, choice)]
    return f"is {got!r} (expected {expected}" + (f"; did you mean {close[0]}?)" if close else ")")


def _another_kind(got: str, choice: str) -> bool:
    """Tell whether two names are alike in their numbers only, as HS256 and RS256: nobody means one by the other."""
    name, other = got.rstrip(digits), choice.rstrip(digits)
    return got[len(name) :] == choice[len(other) :] != "" and name != other


def _kind(value: object) -> str:
    """Name what was given. Only numbers and truth values are shown: text may be a secret."""
    match value:
        case None:
            return "empty"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return _number(str(value))
        case str():
            return _number(value) if len(value) > MOST_DIGITS and value.lstrip("+-").isdecimal() else "text"
        case dict():
            return "a mapping"
    return "a list"


def _number(written: str) -> str:
    return written if len(written) <= MOST_DIGITS else f"too large a number, of {len(written)} digits"


def _fields(model: type[BaseModel], loc: Path) -> Mapping[str, FieldInfo]:
    """Fields of the models that pydantic's location leads to."""
    reached: list[Any] = [model]
    for step in loc:
        reached = [inner for outer in reached for inner in _inner(outer, step)]
    models = [arm for annotation in reached for arm in _arms(annotation) if _is_model(arm)]
    return {name: field for arm in models for name, field in _written(arm).items()}


def _written(model: Any) -> Mapping[str, FieldInfo]:
    """Fields of a model by the names that are written, which need not be those in Python."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inner(annotation: Any, step: str | int) -> Iterator[Any]:
    for arm in _arms(annotation):
        if _is_model(arm):
            if step in _written(arm):
                yield _written(arm)[str(step)].annotation
            elif step == arm.__name__:
                yield arm
        elif get_args(arm):
            yield get_args(arm)[-1] if get_origin(arm) is dict else get_args(arm)[0]


def _arms(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _arms(get_args(annotation)[0])
    elif get_origin(annotation) in {Union, UnionType}:
        for arm in get_args(annotation):
            yield from _arms(arm)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and not get_args(annotation) and issubclass(annotation, BaseModel)
