"""The description of a server for programs (OpenAPI 3.1), as it is served: what all have in common, and its own."""

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

FILE = "openapi.yaml"


@cache
def description(package: str) -> dict[str, Any]:
    """Give the description of the server of this package, whose own part is its `openapi.yaml`.

    It is read when somebody first asks for it: a server that starts need not wait for that.
    """
    merged: dict[str, Any] = _laid(_read("seal.management"), _read(package))
    return merged


def _read(package: str) -> Any:
    return YAML(typ="safe").load(files(package).joinpath(FILE).read_text("utf-8"))


def _laid(beneath: Any, above: Any) -> Any:
    """Put one over the other, mappings member by member."""
    if not (isinstance(beneath, dict) and isinstance(above, dict)):
        return above
    return {**beneath, **{name: _laid(beneath.get(name), value) for name, value in above.items()}}
