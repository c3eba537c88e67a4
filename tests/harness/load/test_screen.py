from io import StringIO

from rich.console import Console

from harness.load.screen import MANY, Screen
from tests.harness.load.results import asked, tally


def shown(*, terminal: bool, ues: int = 0) -> str:
    """Show a load of three seconds once, somewhere."""
    out = StringIO()
    screen = Screen(asked(), Console(file=out, width=100, force_terminal=terminal, color_system=None))
    with screen:
        screen.patience(ues)
        screen.watch(tally(), 2.9)
    return out.getvalue()


def test_a_terminal_is_drawn_anew() -> None:
    """As a table with the steps; it is gone afterwards."""
    said = shown(terminal=True)
    assert "register" in said
    assert "publish" in said
    assert "\x1b[2K" in said  # lines that are taken back


def test_elsewhere_it_is_a_line_now_and_then() -> None:
    """Nothing in it moves a cursor, so that a CI's log can be read."""
    said = shown(terminal=False)
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert "5 succeeded" in said


def test_that_many_phones_take_a_while_is_said() -> None:
    """Not of those that are on in a moment."""
    assert f"Switching {MANY + 1} UEs on ..." in shown(terminal=False, ues=MANY + 1)
    assert "Switching" not in shown(terminal=False, ues=MANY)
