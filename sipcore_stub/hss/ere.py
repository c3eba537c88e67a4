"""Extended regular expressions, which filter criteria are written in (IEEE 1003.1 9.4; TS 29.228 Annex B.2.3).

RE2 reads them in its POSIX syntax. Python's own expressions are others, and some of them take for ever over a text that
a UE chooses; RE2's time grows with the text and no faster.
"""

from typing import Any

import re2


class Ere:
    """One expression; ValueError says what is wrong with it."""

    def __init__(self, expression: str, *, any_case: bool = False) -> None:
        self.expression = expression
        try:
            self._compiled: Any = re2.compile(_encoded(expression), _options(any_case=any_case))
        except re2.error as error:
            why = error.args[0]
            words = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
            raise ValueError(f"is no extended regular expression: {words}") from None

    def __repr__(self) -> str:
        return f"Ere({self.expression!r})"

    def is_in(self, text: str) -> bool:
        """Whether the text contains a match."""
        return self._compiled.search(_encoded(text)) is not None

    def is_all_of(self, text: str) -> bool:
        """Whether the text is a match as a whole."""
        return self._compiled.fullmatch(_encoded(text)) is not None


def _options(*, any_case: bool) -> Any:
    options = re2.Options()
    options.posix_syntax = True
    options.one_line = True  # ^ and $ are the ends of the text, as there are no lines in it
    options.dot_nl = True
    options.case_sensitive = not any_case
    options.log_errors = False
    return options


def _encoded(text: str) -> bytes:
    """Write a text in UTF-8; what came off the wire and was none stays the octets that it was."""
    return text.encode("utf-8", "surrogateescape")
