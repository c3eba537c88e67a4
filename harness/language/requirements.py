"""What the source document asks for: the rows of `requirements.yaml`, by their IDs.

Scenarios name the rows they show; the conformance table counts them. Knows no scenario and no result.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from valkit.settings import Settings, documents, validated

FILE = "requirements.yaml"


class Requirement(Settings):
    """One sentence of the source document."""

    level: Literal["shall", "should", "may", "flow", "note"]
    """Its force there; *flow* is a numbered step of a figure."""
    says: str
    """The sentence."""


@cache
def requirements() -> Mapping[str, Requirement]:
    """Every requirement by its ID, in the order of the source document."""
    [document] = documents(files("harness.language").joinpath(FILE).read_text("utf-8"), FILE)
    assert isinstance(document.value, dict)
    return {str(name): validated(Requirement, document, (name,)) for name in document.value}
