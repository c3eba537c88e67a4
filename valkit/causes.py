"""Causes of refusal: each with a stable name for logs, metrics and scenarios, and a sentence for people."""

from enum import Enum
from typing import Self


class Explained(Enum):
    """An enumeration whose members are found by their name in snake case and explain themselves in a sentence."""

    sentence: str

    def __new__(cls, code: str, sentence: str = "") -> Self:
        """Make the code the member's value."""
        member = object.__new__(cls)
        member._value_ = code
        member.sentence = sentence
        return member
