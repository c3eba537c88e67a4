"""The vault: encrypted, whole or not at all, and one server's. What hinders a start is in `test_app`."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from seal.errors import CannotStart, StoreUnavailable
from seal.kms.vault import KEY, Unreadable, Vault, VaultSettings
from tests.seal.kms.in_memory import vault
from valkit.ids import SystemIds


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Also by the next one who opens it; what was never written is not there."""
    first = vault(tmp_path)
    first.write("a", b"one")
    first.write("a", b"two")
    first.write("b", b"")
    first.close()
    second = vault(tmp_path)
    assert [second.read(name) for name in "abc"] == [b"two", b"", None]
    assert second.names("") == ["a", "b"]
    second.close()


def test_nothing_is_in_the_clear_and_nobody_elses_to_read(tmp_path: Path) -> None:
    """The same content is another ciphertext each time."""
    opened = vault(tmp_path)
    seen = set()
    for _ in range(2):
        opened.write("a", b"a secret of some length")
        seen.add((tmp_path / "vault" / "a").read_bytes())
    assert not any(b"secret" in content for content in seen)
    assert len(seen) == 2
    assert (tmp_path / "vault" / "a").stat().st_mode & 0o777 == 0o600
    opened.close()


def test_a_file_under_another_name_is_not_taken(tmp_path: Path) -> None:
    """Its name is authenticated with it, so nobody puts one in the place of another."""
    opened = vault(tmp_path)
    opened.write("a", b"one")
    (tmp_path / "vault" / "b").write_bytes((tmp_path / "vault" / "a").read_bytes())
    with pytest.raises(Unreadable, match="b is damaged"):
        opened.read("b")
    opened.close()


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_any_bit_that_is_changed_is_noticed(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    """Wherever it is."""
    opened = vault(tmp_path_factory.mktemp("vault"))
    opened.write("a", b"one")
    path = opened.folder / "a"
    changed = bytearray(path.read_bytes())
    changed[place % len(changed)] ^= 1 << bit
    path.write_bytes(changed)
    with pytest.raises(Unreadable):
        opened.read("a")
    opened.close()


def test_what_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    """The old one is there as before."""
    opened = vault(tmp_path)
    opened.write("a", b"one")
    (tmp_path / "vault" / "a.new").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        opened.write("a", b"two")
    assert opened.read("a") == b"one"
    (tmp_path / "vault" / "c").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        opened.read("c")
    opened.close()


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    """Files have a bound when they are read."""
    opened = vault(tmp_path)
    with pytest.raises(StoreUnavailable, match="too large"):
        opened.write("a", bytes(1 << 20))
    assert opened.read("a") is None
    opened.write("a", bytes((1 << 20) - 100))
    assert opened.read("a") == bytes((1 << 20) - 100)
    opened.close()


@pytest.mark.parametrize("content", ["", "ab", "x" * 64, "ab" * 33])
def test_a_key_that_is_none(tmp_path: Path, content: str) -> None:
    """64 hexadecimal digits are one."""
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(CannotStart, match="expected 64 hexadecimal digits"):
        Vault.open(VaultSettings(folder=tmp_path / "v", key_file=path), {}, SystemIds())


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """It is said which setting names it."""
    (tmp_path / "vault").write_text("a file")
    told = VaultSettings(folder=tmp_path / "vault", key_file=tmp_path / "key")
    (tmp_path / "key").write_text("ab" * 32)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(CannotStart, match=r"vault\.folder"):
        Vault.open(told, {}, SystemIds())


@frozen
class Meanwhile(SystemIds):
    """Makes a key, while which something else happens."""

    happens: Callable[[], None]

    def nonce(self, size: int) -> bytes:
        """Let it happen, once the decision has been made that a key is needed."""
        if size == KEY:
            self.happens()
        return super().nonce(size)


@pytest.mark.parametrize("folders", [("vault", "vault"), ("vault", "another")])
def test_two_that_begin_at_once_lose_nothing(tmp_path: Path, folders: tuple[str, str]) -> None:
    """On one new folder only one begins; on two with one key file both have the key that was made first."""
    told = [VaultSettings(folder=tmp_path / name, key_file=tmp_path / "key") for name in folders]
    running: list[Vault] = []

    def begin(which: int, ids: SystemIds) -> None:
        with suppress(CannotStart):
            running.append(Vault.open(told[which], {}, ids))

    begin(0, Meanwhile(lambda: begin(1, SystemIds())))
    for one in running:
        one.write("a", b"master secrets")
        one.close()
    assert len(running) == len(set(folders))
    for settings in told:
        again = Vault.open(settings, {}, SystemIds())
        assert again.read("a") == b"master secrets"
        again.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({*folders, "key"})


WRITER = """
    import sys
    from pathlib import Path
    from tests.seal.kms.in_memory import vault

    opened, count = vault(Path(sys.argv[1])), 0
    while True:
        count += 1
        opened.write("a", str(count).encode() * 1000)
        print(count, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    """Whenever the process is killed, what is read is what was written last, or what was being written then; whole."""
    for _ in range(3):
        command = [sys.executable, "-c", textwrap.dedent(WRITER), str(tmp_path)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "."}
        ) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(20)]
            child.send_signal(signal.SIGKILL)
            lines += child.stdout.readlines()
        last = int([line for line in lines if line.endswith("\n")][-1])
        opened = vault(tmp_path)
        assert opened.read("a") in (str(last).encode() * 1000, str(last + 1).encode() * 1000)
        opened.close()
