"""The key file, and what happens when it changes."""

import os
from pathlib import Path

import pytest
from twisted.internet.task import Clock
from twisted.logger import capturedLogs

from tests.valkit.net.trust.site import KEY
from valkit.net.trust.errors import UnusableTrust
from valkit.net.trust.key_file import KeyFile
from valkit.tokens import KeySet, SigningKey, jwks

NEXT = SigningKey.generate("ES256")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a key file with one key."""
    path = tmp_path / "keys.json"
    path.write_text(jwks(KEY))
    return path


def kids(trusted: list[KeySet]) -> list[list[str | None]]:
    """Give the keys of each set that was trusted."""
    return [[key.kid for key in keys.keys] for keys in trusted]


def test_the_keys_are_trusted_from_the_start(path: Path) -> None:
    """Once."""
    trusted: list[KeySet] = []
    KeyFile(path, trusted.append)
    assert kids(trusted) == [[KEY.kid]]


@pytest.mark.parametrize("text", [None, "", "{}", '{"keys": []}', "\udcff"])
def test_without_keys_there_is_no_start(tmp_path: Path, text: str | None) -> None:
    """The sentence names the file and the setting."""
    path = tmp_path / "keys.json"
    if text is not None:
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(UnusableTrust, match=r"keys\.json gives no keys.*tokens\.keys"):
        KeyFile(path, lambda _: None)


def test_a_pipe_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """Opening one would keep the server from starting, and later all of it from answering."""
    os.mkfifo(tmp_path / "keys.json")
    with pytest.raises(UnusableTrust, match="no regular file"):
        KeyFile(tmp_path / "keys.json", lambda _: None)


def test_a_changed_file_is_read_again(path: Path) -> None:
    """Within the time set; an unchanged one is not."""
    trusted: list[KeySet] = []
    clock = Clock()
    keys = KeyFile(path, trusted.append)
    keys.watch(clock, 5.0)
    clock.advance(5)
    assert len(trusted) == 1
    path.write_text(jwks(KEY, NEXT))
    clock.advance(5)
    assert kids(trusted)[1:] == [[KEY.kid, NEXT.kid]]
    keys.stop()
    keys.stop()
    assert clock.getDelayedCalls() == []


def test_a_broken_file_keeps_the_keys_from_before(path: Path) -> None:
    """It is told once, shown until mended, and then forgotten."""
    trusted: list[KeySet] = []
    clock = Clock()
    keys = KeyFile(path, trusted.append)
    keys.watch(clock, 5.0)
    path.write_text("{")
    clock.pump([5.0, 5.0])
    assert len(trusted) == 1
    assert "gives no keys" in (keys.fault or "")
    path.write_text(jwks(NEXT))
    clock.advance(5)
    assert (keys.fault, kids(trusted)[1:]) == (None, [[NEXT.kid]])
    keys.stop()


def test_a_missing_file_keeps_the_keys_from_before(path: Path) -> None:
    """As when it is replaced in two steps."""
    trusted: list[KeySet] = []
    keys = KeyFile(path, trusted.append)
    path.unlink()
    keys.look()
    assert (len(trusted), keys.fault is None) == (1, False)
    path.write_text(jwks(KEY))
    keys.look()
    assert (len(trusted), keys.fault) == (2, None)


@pytest.mark.parametrize(
    ("text", "said"), [("-----BEGIN PUBLIC KEY-----\n", "this is a PEM key, a JWK Set is wanted"), ("{", "tokens.keys")]
)
def test_a_start_without_keys_is_told_once(tmp_path: Path, text: str, said: str) -> None:
    """By the exception, with what to do; nothing is logged of keys from before, for there are none."""
    (tmp_path / "k").write_text(text)
    with capturedLogs() as logged, pytest.raises(UnusableTrust, match=said):
        KeyFile(tmp_path / "k", lambda _: None)
    assert not logged
