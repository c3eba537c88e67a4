from pathlib import Path

import pytest

from harness.run.order import Order
from harness.run.session import carry_out, write
from valkit.exits import BAD_INPUT, OK


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


def test_a_run_in_which_nothing_was_played_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even if pytest is content; a list plays nothing and is one."""
    monkeypatch.setattr("pytest.main", lambda *_, **__: pytest.ExitCode.OK)
    assert carry_out(Order((Path("a.yaml"),))) == BAD_INPUT
    assert "Nothing was played" in capsys.readouterr().err
    assert carry_out(Order((Path("a.yaml"),), only_list=True)) == OK
