"""Parameters of OAuth requests: form-encoded text in, one value for each name out (RFC 6749 3.1, 3.2, appendix B)."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from attrs import frozen

MOST = 100
"""Parameters in one request."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@frozen
class Parameters:
    """What a request says. A parameter without a value counts as not there (RFC 6749 3.1)."""

    values: Mapping[str, str]
    repeated: frozenset[str] = frozenset()
    """Names that came more than once, which no request may have."""

    def get(self, name: str) -> str | None:
        """Give a value."""
        return self.values.get(name)


def read(text: bytes) -> Parameters:
    """Read a query or a form; ValueError if it is not one, or holds control characters, which nothing here has."""
    pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST)
    if any(_CONTROL.search(value) for _, value in pairs):
        raise ValueError("A value holds control characters")
    values: dict[str, str] = {}
    repeated = set()
    for name, value in pairs:
        if name in values:
            repeated.add(name)
        values.setdefault(name, value)
    return Parameters({name: value for name, value in values.items() if value}, frozenset(repeated))
