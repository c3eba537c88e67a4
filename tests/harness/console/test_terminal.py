import io
import sys

import pytest
from rich.console import Console

from harness.console.terminal import broken, colours, columns


def test_the_columns_are_those_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS may overrule them; a pipe has none, whatever is said."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert columns() is None
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert columns() == 60


def test_a_line_is_broken_between_words() -> None:
    """What has no blank stays whole, so that it can be copied; without a terminal all does."""
    assert broken("one of: a-long-word, another", 12) == "one of:\n    a-long-word,\n    another"
    assert broken("one of: a-long-word, another", None) == "one of: a-long-word, another"


def test_no_color_leaves_out_bold_and_dim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sets it wants text without any escape sequence."""
    monkeypatch.setenv("TERM", "xterm")
    for value, plain in (("", False), ("1", True)):
        monkeypatch.setenv("NO_COLOR", value)
        console = Console(file=io.StringIO(), force_terminal=True, color_system=colours())
        console.print("said", style="bold dim")
        assert (console.file.getvalue() == "said\n") is plain  # type: ignore[attr-defined]  # a StringIO
