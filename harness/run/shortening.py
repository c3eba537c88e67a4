"""A long ladder as a terminal has room for it: its head and its end, where what failed is. Pure."""

import re

from harness.console.terminal import broken

MOST = 60
"""Rows up to which a ladder is shown whole."""
SHOWN = 40
"""Rows that are shown of a longer one, the last ones: a scenario ends with the step that failed."""

_begins_row = re.compile(r"(?! {13}).{3,7} +\d+\.\d{3}(?!\d)").match
"""Step and time at the left; what else belongs to a row leaves these columns free."""


def shortened(ladder: str, width: int | None = None) -> str:
    """Leave out all but the last rows of a long ladder, and say so where they were, in so many columns."""
    lines = ladder.splitlines()
    rows = [at for at, line in enumerate(lines) if _begins_row(line)]
    if len(rows) <= MOST:
        return ladder
    said = (
        f"... {len(rows) - SHOWN} of {len(rows)} rows are left out here: the end is below, "
        "and `-v` or `--report DIR` has all of them ..."
    )
    return "\n".join([*lines[: rows[0]], broken(said, width), *lines[rows[-SHOWN] :]])
