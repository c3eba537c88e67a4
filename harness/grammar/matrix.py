"""One script, many values: a `matrix` turns a document into one for each combination of its values.

    matrix:
      kind: [expired, wrong_audience]
      carrier: [val-info, mcptt-info]

gives four documents; `${kind}` in the script stands for the value, `${case.cause}` for a member of a value that is a
mapping. A case is named by its values: a mapping by its first member, and by those that tell it from others of the same
first. Works on values that keep their places in the file, before anything is made of them.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, evolve, frozen

from harness.grammar.captured import ROOT, is_captured
from valkit.settings import Document, Fault, Path, SettingsError

KEY, VARIABLES, TAKEN, STEPS = "matrix", "vars", "takes", "steps"
WORDS = frozenset({"name", "about", "clauses", KEY, TAKEN})
"""Keys under which nothing happens."""
MOST_CASES = 10_000
"""Of one document: a few lists more, and there would be more of them than a machine can hold."""
REFERENCE = re.compile(r"\$\{([^}]*)\}")


@frozen
class Case:
    """One combination."""

    label: str
    """What tells it from the others; empty where there is no matrix."""
    document: Document


def cases(document: Document, faults: list[Fault]) -> tuple[Case, ...]:
    """Every case of a document, in the order written; what is wrong with the use of the matrix is added to `faults`.

    SettingsError where it is no matrix.
    """
    matrix = _matrix(document)
    named = [list(zip(_labels(values), values, strict=True)) for values in matrix.values()]
    wrong = [*_twins(document, matrix), *unused(document, KEY), *unused(document, VARIABLES)]
    found: list[Case] = []
    variables = _variables(document, matrix, wrong)
    for combined in itertools.product(*named):
        chosen = dict(zip(matrix, (value for _, value in combined), strict=True))
        whole = filled(document, variables | chosen, wrong)
        found.append(Case(", ".join(label for label, _ in combined), whole))
    faults += dict.fromkeys(wrong)
    return tuple(found)


def filled(document: Document, chosen: Mapping[str, Any], faults: list[Fault]) -> Document:
    """Put values where a document refers to them by name; a name that is not there is added to `faults`.

    References to what steps capture stay, since that is not known yet.
    """
    if ROOT in chosen:
        place = next((key, ROOT) for key in (KEY, VARIABLES, TAKEN) if document.has((key, ROOT)))
        faults.append(document.fault(place, "is what captured values go by (expected another name)", at_key=True))
    return _Filling(document, chosen, faults).whole()


def unused(document: Document, key: str) -> Iterator[Fault]:
    """Tell of the names under a key for which nothing stands: what differs by them differs in words alone."""
    whole = document.value
    names = whole.get(key) if isinstance(whole, dict) else None
    if not isinstance(whole, dict) or not isinstance(names, dict):
        return
    spoken = {name.split(".")[0] for part, value in whole.items() if part not in WORDS for name in _spoken(value)}
    for name in names:
        if name not in spoken and name != ROOT:
            why = f"is used nowhere (expected ${{{name}}} in what happens, or nothing of the name)"
            yield document.fault((key, name), why, at_key=True)


def _spoken(value: Any) -> Iterator[str]:
    """Give every name that a value refers to."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _spoken(key)
            yield from _spoken(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _spoken(inner)
    elif isinstance(value, str):
        yield from REFERENCE.findall(value)


def _matrix(document: Document) -> Mapping[str, list[Any]]:
    whole = document.value
    matrix = whole.get(KEY, {}) if isinstance(whole, dict) else {}
    if not isinstance(matrix, dict) or not all(isinstance(values, list) and values for values in matrix.values()):
        raise SettingsError([document.fault((KEY,), "is not a matrix (expected names, each with a list of values)")])
    count = math.prod(map(len, matrix.values()))
    if count > MOST_CASES:
        raise SettingsError([document.fault((KEY,), f"makes {count} scenarios (expected at most {MOST_CASES})")])
    return matrix


def _variables(document: Document, matrix: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Give the values that have names; one that is also in the matrix would never be seen."""
    whole = document.value
    named = whole.get(VARIABLES) if isinstance(whole, dict) else None
    variables: dict[str, Any] = named if isinstance(named, dict) else {}
    faults += [
        document.fault((VARIABLES, name), "is a name of the matrix as well") for name in variables if name in matrix
    ]
    return variables


def _twins(document: Document, matrix: Mapping[str, list[Any]]) -> Iterator[Fault]:
    """Refuse a value that cannot be told from one before: their cases would have one name."""
    for name, values in matrix.items():
        first: dict[str, int] = {}
        for at, label in enumerate(_labels(values)):
            before = first.setdefault(label, at)
            if before != at:
                line = document.line((KEY, name, before))
                yield document.fault((KEY, name, at), f"is given twice (first on line {line})")


def _labels(values: list[Any]) -> list[str]:
    """Name each value by itself, or by the first member of a mapping and those in which it differs from its like."""
    return [" ".join(_words(value, [other for other in values if _first(other) == _first(value)])) for value in values]


def _words(value: Any, alike: list[Any]) -> Iterator[str]:
    yield _first(value)
    if isinstance(value, dict):
        further = itertools.islice(value.items(), 1, None)
        yield from (str(inner) for name, inner in further if any(_member(one, name) != inner for one in alike))


def _first(value: Any) -> str:
    return str(next(iter(value.values()), "")) if isinstance(value, dict) else str(value)


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


@define
class _Filling:
    """Puts the chosen values where a document refers to them; the matrix itself goes."""

    _document: Document
    _chosen: Mapping[str, Any]
    _faults: list[Fault]

    def whole(self) -> Document:
        return evolve(self._document, value=self._fill(self._document.value, ()))

    def _fill(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            members = ((key, inner, (*path, key)) for key, inner in value.items() if (*path, key) != (KEY,))
            return {self._key(key, place): self._fill(inner, place) for key, inner, place in members}
        if isinstance(value, list):
            return [self._fill(inner, (*path, at)) for at, inner in enumerate(value)]
        return self._put(value, path) if isinstance(value, str) else value

    def _key(self, key: Any, path: Path) -> Any:
        """Put a value in the place of a key, where that can be one."""
        put = self._put(key, path) if isinstance(key, str) else key
        if isinstance(put, str) and any(map(is_captured, REFERENCE.findall(put))):
            self._faults.append(self._document.fault(path, "stands for a captured value (expected a name here)"))
        if isinstance(put, dict | list):
            kind = "mapping" if isinstance(put, dict) else "list"
            self._faults.append(self._document.fault(path, f"stands for a {kind} (expected a name here)"))
            return key
        return put

    def _put(self, text: str, path: Path) -> Any:
        """Let a text that is one reference become the value itself; within a text values become text."""
        if whole := REFERENCE.fullmatch(text):
            return self._value(whole[1], path)
        return REFERENCE.sub(lambda found: str(self._value(found[1], path)), text)

    def _value(self, name: str, path: Path) -> Any:
        if is_captured(name):
            if path[:1] != (STEPS,):
                self._faults.append(self._document.fault(path, f"refers to {name}, which there is in steps alone"))
            return f"${{{name}}}"
        value: Any = self._chosen
        for part in name.split("."):
            if not isinstance(value, Mapping) or part not in value:
                self._faults.append(self._document.fault(path, f"refers to {name}, and nothing here is called so"))
                return name
            value = value[part]
        return value
