from harness.run.progress import ERASE, Progress


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
