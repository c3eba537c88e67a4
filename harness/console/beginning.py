"""What a user begins with: a lab of their own, and scenarios to play in it. Text only; `val init` writes it."""

import json
from collections.abc import Mapping
from pathlib import PurePath

from jinja2 import Environment, PackageLoader, StrictUndefined

from valkit.sip.hop import Hop

ISSUER = "https://idms.home.example"
"""In whose name the lab mints tokens for a server that is the user's."""

KEY, PUBLIC_KEYS = "key.pem", "jwks.json"

_templates = Environment(
    loader=PackageLoader("harness.console", "first"),
    autoescape=False,  # noqa: S701  YAML for a user's own folder, and no page
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_FILES = {"labs/mine.yaml": "lab.yaml", "first.yaml": "first.yaml", "strict.yaml": "strict.yaml"}


def beginning(folder: PurePath, valserver: Hop | None) -> Mapping[str, str]:
    """Give the files of a folder by their names in it, for a VAL server that is the user's or for ours.

    The folder is absolute: keys are looked for from where val runs. In YAML a JSON string is itself, whatever it says.
    """
    told = {"key": json.dumps(str(folder / KEY)), "valserver": valserver}
    return {name: _templates.get_template(template).render(told) for name, template in _FILES.items()}
