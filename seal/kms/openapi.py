"""The description of the service for programs (OpenAPI 3.1), as it is served: `openapi.yaml` beside this file."""

from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

DESCRIPTION: dict[str, Any] = YAML(typ="safe").load(files("seal.kms").joinpath("openapi.yaml").read_text("utf-8"))
