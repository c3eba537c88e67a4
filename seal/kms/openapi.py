"""The description of the service for programs (OpenAPI 3.1), as it is served: `openapi.yaml` beside this file."""

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def description() -> dict[str, Any]:
    """Read it, when somebody first asks for it: a server that starts need not wait for that."""
    read: dict[str, Any] = YAML(typ="safe").load(files("seal.kms").joinpath("openapi.yaml").read_text("utf-8"))
    return read
