"""Errors of this program.

Unfit      this is not the PJSIP that is wanted
Refused    PJSIP does not do what it was asked to
"""

from typing import Any


class Unfit(Exception):
    """This is not the PJSIP that is wanted; the text is the sentence to show."""


class Refused(Exception):
    """A function of PJSIP gave a status that is not that of success."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(reason or f"PJSIP gives status {status}")
        self.status = status


def check(status: Any) -> None:
    """Raise Refused for a status that is not that of success."""
    if status:
        raise Refused(int(status))
