"""`python -m seal.gms`: a process of its own, with a good end and bad ones."""

import re
from pathlib import Path

from tests.seal.management.processes import FAULTS, refused, served


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """Says where, and ends well."""
    assert re.match(r"gms is ready: gms=https://127\.0\.0\.7:\d+", served(tmp_path, "gms"))


@FAULTS
def test_a_start_that_fails_says_why(tmp_path: Path, text: str | None, code: int, says: str) -> None:
    """In a sentence."""
    ended, said = refused(tmp_path, "gms", text)
    assert (ended, says in said, "Traceback" in said) == (code, True, False)
