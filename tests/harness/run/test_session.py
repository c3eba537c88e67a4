import pytest

from harness.run.session import write


def test_colours_stay_away_where_they_are_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR and a dumb terminal, whatever standard output is."""
    colours: list[bool | None] = []
    monkeypatch.setattr("typer.echo", lambda _, color: colours.append(color))
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as here:
            here.setenv("TERM", "xterm")
            here.delenv("NO_COLOR", raising=False)
            write("text")
            here.setenv(name, value)
            write("text")
    assert colours == [None, False, None, False]
