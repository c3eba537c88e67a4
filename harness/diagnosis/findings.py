"""What a diagnosis is, and what it finds. Pure.

A diagnosis is a function of one fact. It is registered with its name, the clause behind it, and what the table of
diagnoses says of it, so that the table is never out of date:

    @diagnosis("amf", "TS 33.102 Annex F", "The AMF in AUTN is not the one that is expected.")
    def _another_amf(challenge: Challenge) -> Iterator[Finding]:
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, TypeVar, get_type_hints

from attrs import evolve, frozen

F = TypeVar("F")
Look = Callable[[F], Iterable["Finding"]]


@frozen
class Finding:
    """Something that is wrong."""

    sentence: str
    """What is wrong."""
    advice: str
    """What to do about it."""
    evidence: tuple[str, ...] = ()
    """Where it shows: a frame, a line, an option."""
    name: str = ""
    """Of the diagnosis."""
    clause: str = ""
    """What says how it should be."""


@frozen
class Diagnosis:
    """One kind of fault that is recognized."""

    name: str
    clause: str
    about: type | UnionType
    """The kind of fact that is looked at, or several kinds."""
    says: str
    """What is wrong, in a sentence."""
    look: Callable[[Any], Iterable[Finding]]
    follows: bool = False
    """Whether it only says what came of a cause, which another one may name."""

    def findings(self, fact: object) -> Iterable[Finding]:
        """Look at a fact of its kind; of any other nothing is said."""
        if isinstance(fact, self.about):
            for found in self.look(fact):
                yield evolve(found, name=self.name, clause=self.clause)


_DIAGNOSES: dict[str, Diagnosis] = {}


def diagnosis(name: str, clause: str, says: str, *, follows: bool = False) -> Callable[[Look[F]], Look[F]]:
    """Register the decorated function; its first argument's class is the kind of fact that it looks at."""

    def register(look: Look[F]) -> Look[F]:
        assert name not in _DIAGNOSES, f"two diagnoses are called {name}"
        [argument, *_] = inspect.signature(look).parameters
        _DIAGNOSES[name] = Diagnosis(name, clause, get_type_hints(look)[argument], says, look, follows)
        return look

    return register


def diagnoses() -> Mapping[str, Diagnosis]:
    """Every diagnosis by name; `harness.diagnosis` imports the modules that register them."""
    return _DIAGNOSES


def findings_in(facts: Iterable[object]) -> tuple[Finding, ...]:
    """Hold every diagnosis against every fact; what is found again is told once, with all of its evidence.

    Causes come before what follows from them, each in the order in which they are met.
    """
    found: dict[tuple[str, str], Finding] = {}
    places: dict[tuple[str, str], dict[str, None]] = {}
    about: dict[type, list[Diagnosis]] = {}
    for fact in facts:
        if (kind := type(fact)) not in about:
            about[kind] = [each for each in _DIAGNOSES.values() if isinstance(fact, each.about)]
        for each in about[kind]:
            for finding in each.findings(fact):
                key = finding.name, finding.sentence
                found.setdefault(key, finding)
                places.setdefault(key, {}).update(dict.fromkeys(finding.evidence))
    told = (evolve(finding, evidence=tuple(places[key])) for key, finding in found.items())
    return tuple(sorted(told, key=lambda finding: _DIAGNOSES[finding.name].follows))
