from pathlib import Path

import pytest
from twisted.logger import LogLevel, PredicateResult

from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.net.serving import _worth_reading, _written, ready_line, settings_from
from valkit.settings import Settings
from valkit.sip import Hop


class Told(Settings):
    """One field."""

    name: str


def test_the_ready_line_is_for_people_and_programs() -> None:
    """One line, every address by what it serves; the first of several has the plain name."""
    line = ready_line("valserver", {"sip 1": Hop("udp", "127.0.0.1", 5), "sip 2": "tcp:x", "admin": "http://y"})
    assert line == "valserver is ready: sip=udp:127.0.0.1:5 sip2=tcp:x admin=http://y\n"


def test_settings_are_read_from_a_file(tmp_path: Path) -> None:
    """A file that is right gives the settings."""
    (tmp_path / "s.yaml").write_text("name: n")
    assert settings_from(Told, tmp_path / "s.yaml").name == "n"


def test_wrong_settings_end_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line and column are told."""
    (tmp_path / "s.yaml").write_text("nmae: n")
    with pytest.raises(SystemExit) as left:
        settings_from(Told, tmp_path / "s.yaml")
    assert left.value.code == BAD_INPUT
    assert "s.yaml:1:1: nmae: is not known (did you mean name?)" in capsys.readouterr().err


def test_a_missing_file_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is the environment's fault."""
    with pytest.raises(SystemExit) as left:
        settings_from(Told, tmp_path / "none.yaml")
    assert left.value.code == BAD_ENVIRONMENT
    assert "cannot be read" in capsys.readouterr().err


def test_a_file_that_is_no_utf_8_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a sentence about the encoding."""
    (tmp_path / "s.yaml").write_bytes(b"name: \xe9")
    with pytest.raises(SystemExit) as left:
        settings_from(Told, tmp_path / "s.yaml")
    assert left.value.code == BAD_INPUT
    assert "s.yaml is no UTF-8 text (octet 7)" in capsys.readouterr().err


def test_what_a_peer_wrote_moves_no_cursor() -> None:
    """Control characters are written out; an event stays a line, and a traceback its lines."""
    written = _written({"log_format": "{uri} is refused\nTraceback", "uri": "sip:a\x1b[31m\r\x07", "log_time": 0.0})
    assert written is not None
    assert written.endswith(r"sip:a\x1b[31m\r\x07 is refused" + "\n\tTraceback\n")
    assert _written({}) is None


@pytest.mark.parametrize(
    ("namespace", "level", "kept"),
    [
        ("twisted.internet.udp.Port", LogLevel.info, False),
        ("-", LogLevel.info, False),
        ("twisted.internet.udp.Port", LogLevel.warn, True),
        ("-", LogLevel.critical, True),
        ("valserver.watching.watchers.Watchers", LogLevel.info, True),
    ],
)
def test_twisted_keeps_its_own_affairs_to_itself(namespace: str, level: object, kept: bool) -> None:
    """Its warnings and errors are logged, and all that ours say."""
    wanted = PredicateResult.maybe if kept else PredicateResult.no
    assert _worth_reading({"log_namespace": namespace, "log_level": level}) is wanted
