from collections.abc import Callable, Generator
from threading import Event, active_count

import pytest

from harness.run.progress import ERASE, Playing, Progress


def test_a_line_takes_the_place_of_the_progress() -> None:
    """And the progress the place of the one before."""
    lines: list[str] = []
    drawn: list[str] = []
    progress = Progress(lines.append, drawn.append)
    progress.tell(1, 9)
    progress.tell(2, 9)
    progress.write("ok")
    progress.write("ok")
    progress.clear()
    assert lines == ["ok", "ok"]
    assert drawn == [f"{ERASE}1 of 9", f"{ERASE}2 of 9", ERASE]


def test_without_a_terminal_there_are_only_lines() -> None:
    """Nothing is drawn into a file."""
    lines: list[str] = []
    progress = Progress(lines.append, None)
    progress.tell(1, 9)
    progress.write("ok")
    progress.clear()
    assert lines == ["ok"]


def test_a_name_moves_no_cursor() -> None:
    """Beside it stand whole seconds."""
    drawn: list[str] = []
    Progress(lambda _: None, drawn.append).tell_playing("it \x1b[2Jbinds", 7.4)
    assert drawn == [f"{ERASE}it \\x1b[2Jbinds, 7 s"]


def playing(request: pytest.FixtureRequest, draw: Callable[[str], None] | None) -> Generator[None, object, object]:
    """Have an item played, to where it is under way."""
    item = pytest.Function.from_parent(request.node.parent, name="it binds", callobj=lambda: None)
    under_way = Playing(Progress(lambda _: None, draw), pause=0.001).pytest_runtest_protocol(item)
    next(under_way)
    return under_way


@pytest.mark.parametrize("how", ["ended", "interrupted"])
def test_a_scenario_that_takes_long_is_told_while_it_is_played(request: pytest.FixtureRequest, how: str) -> None:
    """By its name and its seconds, until it has ended, or Ctrl-C has ended it."""
    drawn: list[str] = []
    told = Event()

    def draw(text: str) -> None:
        drawn.append(text)
        told.set()

    under_way, threads = playing(request, draw), active_count()
    assert told.wait(10)
    if how == "interrupted":
        with pytest.raises(KeyboardInterrupt):
            under_way.throw(KeyboardInterrupt())
    else:
        with pytest.raises(StopIteration):
            under_way.send(None)
    assert drawn[0].startswith(f"{ERASE}it binds, ")
    assert drawn[-1] == ERASE
    assert active_count() == threads - 1


def test_without_a_terminal_nobody_is_told_what_is_played(request: pytest.FixtureRequest) -> None:
    """No thread is begun."""
    threads = active_count()
    under_way = playing(request, None)
    assert active_count() == threads
    with pytest.raises(StopIteration):
        under_way.send(None)
