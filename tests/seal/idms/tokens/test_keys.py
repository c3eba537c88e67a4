"""Signing keys on disk: their owner's only, in order, rotated while tokens of the old one live."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twisted.logger import LogEvent, globalLogPublisher

from seal.errors import CannotStart
from seal.idms.tokens.keys import KeyRing
from tests.seal.idms.parts import Home
from valkit.tokens import KeySet, thumbprint

NOW = 1_795_000_000.0


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Give the paths of which something is logged."""
    paths: list[str] = []

    def hear(event: LogEvent) -> None:
        if "path" in event:
            paths.append(str(event["path"]))

    observer: Any = hear
    globalLogPublisher.addObserver(observer)
    yield paths
    globalLogPublisher.removeObserver(observer)


def ring(folder: Path, now: float = NOW) -> KeyRing:
    """Give the keys of a folder; an old one stays for 100 seconds."""
    return KeyRing(folder, ("ES256", "RS256"), 100.0, now)


def test_keys_are_made_on_first_use_and_kept(tmp_path: Path) -> None:
    """One for each algorithm; mode 600 in a folder of mode 700."""
    first = ring(tmp_path / "keys")
    assert first.signer("ES256").algorithm == "ES256"
    assert ring(tmp_path / "keys").signer("RS256").kid == first.signer("RS256").kid
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_the_kid_is_the_thumbprint(tmp_path: Path) -> None:
    """RFC 7638; and what is published is public."""
    keys = json.loads(ring(tmp_path).jwks())["keys"]
    assert all(key["kid"] == thumbprint(key) for key in keys)
    assert not {"d", "p", "q", "k"} & {name for key in keys for name in key}


def test_the_old_key_stays_published_until_its_tokens_are_over(tmp_path: Path) -> None:
    """The new one signs at once; then the old one's file goes as well."""
    keys = ring(tmp_path)
    old = keys.signer("ES256")
    new = keys.rotate("ES256", NOW + 10)
    assert keys.signer("ES256").kid == new.kid
    keys.forget(NOW + 110)
    assert {old.kid, new.kid} <= {key.kid for key in keys.key_set().keys}
    keys.forget(NOW + 111)
    assert old.kid not in {key.kid for key in keys.key_set().keys}
    assert len(list(tmp_path.iterdir())) == 2
    assert KeySet.from_jwks(keys.jwks()).key(new.kid, "ES256")


def test_somebody_else_may_rotate(tmp_path: Path) -> None:
    """Whoever can write to the folder; seen at the next look."""
    running, command = ring(tmp_path), ring(tmp_path)
    new = command.rotate("ES256", NOW)  # in the same second
    assert running.signer("ES256").kid != new.kid
    running.look()
    assert running.signer("ES256").kid == new.kid


@pytest.mark.parametrize("name", ["notes.pem", "ES256-1-x.pem"])
def test_a_file_that_is_no_key_is_passed_over(tmp_path: Path, name: str, told: list[str]) -> None:
    """And costs nobody his key; that is told, by its name, once for as long as it is there."""
    file = tmp_path / name
    file.write_text("x")
    keys = ring(tmp_path)
    keys.look()
    assert len(keys.key_set().keys) == 2
    assert told == [str(file)]
    file.unlink()
    keys.look()
    file.write_text("x")
    keys.look()
    assert told == [str(file)] * 2


def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    """With a sentence."""
    (tmp_path / "keys").write_text("x")
    with pytest.raises(CannotStart, match="signing keys in"):
        ring(tmp_path / "keys")


async def test_tokens_of_the_old_key_go_on_being_believed(idms: Home) -> None:
    """Published beside the new one, and taken at userinfo."""
    browser = idms.browser()
    tokens = await browser.tokens()
    assert idms.running.keys is not None
    idms.running.keys.rotate("ES256", idms.clock.seconds())
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await browser.get("token", "/userinfo", **bearer)).status == 200
    assert len((await browser.get("token", "/jwks")).json["keys"]) == 3
