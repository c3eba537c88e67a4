"""Where the access token of one call of `val ue` comes from: a file, a renewal, a log-in, or nowhere."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from rich.console import Console

from harness.clients.access import Access, access_of, access_token_in
from tests.ue_sim.identity.op import AUTHORITY, Op, reactor
from tests.ue_sim.identity.saying import now
from ue_sim.identity.saved import Saved
from ue_sim.identity.settings import IdentitySettings
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED


@asynccontextmanager
async def op(**conduct: Any) -> AsyncIterator[Op]:
    """Run the small provider."""
    provider = Op(**conduct)
    port = await provider.start()
    try:
        yield provider
    finally:
        await port.close()


def identity(folder: Path, issuer: str, **more: Any) -> IdentitySettings:
    """Give the block of a phone's file: Alice logs in without a browser."""
    (folder / "ca.pem").write_bytes(AUTHORITY.pem)
    said = {"issuer": issuer, "client_id": "app", "authority": folder / "ca.pem", "user": "alice"}
    return IdentitySettings.model_validate(said | more)


async def asked(file: Path | None, block: IdentitySettings | None, said: io.StringIO | None = None) -> Access:
    """Ask for the token as a command does."""
    return await access_of(file, block, Console(file=said or io.StringIO(), width=500))(reactor)


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Type these lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


async def kept(folder: Path, provider: Op, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, IdentitySettings]:
    """Log in once, and keep it."""
    path = folder / "alice.json"
    block = identity(folder, provider.url, tokens=path)
    typing(monkeypatch, "right")
    await asked(None, block)
    typing(monkeypatch)  # nobody types any more
    return path, block


def ended(path: Path, seconds: float) -> None:
    """Let so many seconds pass for what a file holds."""
    saved = Saved.read(path.read_text(), "f")
    older = evolve(saved.tokens, expires=saved.tokens.expires - seconds, received=saved.tokens.received - seconds)
    path.write_text(evolve(saved, tokens=older).text())


async def test_a_plain_token_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a file or standard input; without either there is none."""
    (tmp_path / "t").write_text("a.b.c\n")
    assert await asked(tmp_path / "t", None) == Access("a.b.c")
    typing(monkeypatch, "d.e.f")
    assert await asked(Path("-"), None) == Access("d.e.f")
    assert await asked(None, None) == Access(None)


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", BAD_INPUT, "holds 0 words"),
        (b"a b", BAD_INPUT, "holds 2 words"),
        (b"\xff\xfe", BAD_INPUT, "is no text"),
        (b"x" * 2_000_000, BAD_INPUT, "is too large"),
        (b"{}", BAD_INPUT, "is no file of `val ue sign-in --save`"),
        (b"{", BAD_INPUT, "is no file of `val ue sign-in --save`"),
        (None, BAD_ENVIRONMENT, "cannot be read"),
    ],
)
async def test_another_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, code: int, sentence: str
) -> None:
    """Before anything is sent."""
    if content is not None:
        (tmp_path / "t").write_bytes(content)
    with pytest.raises(SystemExit) as caught:
        await asked(tmp_path / "t", None)
    assert (caught.value.code, sentence in capsys.readouterr().err) == (code, True)


async def test_a_phone_logs_in_and_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next call needs no password."""
    async with op() as provider:
        path, block = await kept(tmp_path, provider, monkeypatch)
        first = Saved.read(path.read_text(), "f").tokens.access_token
        assert await asked(None, block) == Access(first)
        assert provider.asked.count("/authorize") == 1


async def test_a_token_that_is_about_to_end_is_renewed_and_written_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the next call can renew it again: a refresh token is used once (SIP-03)."""
    async with op(claims={"exp": now() + 3_600}) as provider:
        path, _ = await kept(tmp_path, provider, monkeypatch)
        tokens = set()
        for _ in range(2):
            ended(path, 250)
            access = await asked(path, None)
            assert Saved.read(path.read_text(), "f").tokens.access_token == access.token
            tokens.add(access.token)
        assert len(tokens) == 2
        assert path.stat().st_mode & 0o777 == 0o600
        assert provider.asked.count("/authorize") == 1


async def test_a_refused_renewal_leads_to_a_log_in_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the phone's file; a saved file by itself has none."""
    async with op() as provider:
        path, block = await kept(tmp_path, provider, monkeypatch)
        ended(path, 301)
        provider.spent.add(Saved.read(path.read_text(), "f").tokens.refresh_token or "")
        said = io.StringIO()
        assert await asked(path, None, said) == Access(None, FAILED)
        assert "is not renewed: the identity server refuses: invalid_grant" in said.getvalue()
        typing(monkeypatch, "right")
        assert (await asked(None, block)).token is not None
        assert provider.asked.count("/authorize") == 2


async def test_a_server_that_is_down_holds_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that still holds is used; one that has ended is not, and it is said (SIP-02)."""
    async with op() as provider:
        path, block = await kept(tmp_path, provider, monkeypatch)
    first = Saved.read(path.read_text(), "f").tokens.access_token
    ended(path, 250)
    said = io.StringIO()
    assert await asked(path, None, said) == Access(first)
    assert "It holds for" in said.getvalue()
    ended(path, 100)
    assert await asked(None, block, said) == Access(None, BAD_ENVIRONMENT)
    assert "is not renewed" in said.getvalue()


async def test_a_log_in_that_is_refused_holds_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code tells."""
    async with op() as provider:
        typing(monkeypatch, "wrong")
        assert await asked(None, identity(tmp_path, provider.url)) == Access(None, FAILED)


async def test_a_log_in_of_another_server_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh token goes to the server that gave it, and to no other."""
    async with op() as first, op() as second:
        path, _ = await kept(tmp_path, first, monkeypatch)
        typing(monkeypatch, "right")
        assert (await asked(None, identity(tmp_path, second.url, tokens=path))).token is not None
        assert (first.asked.count("/authorize"), second.asked.count("/authorize")) == (1, 1)


async def test_an_ended_token_without_refresh_token_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to renew it with."""
    async with op(response={"refresh_token": None}) as provider:
        path, _ = await kept(tmp_path, provider, monkeypatch)
    ended(path, 250)
    assert (await asked(path, None)).token is not None
    ended(path, 100)
    assert await asked(path, None) == Access(None, BAD_INPUT)


def test_the_access_token_of_a_response_is_found() -> None:
    """Anything else is as it is."""
    assert access_token_in('{"access_token": "a.b.c", "id_token": "d.e.f"}') == "a.b.c"
    assert [access_token_in(text) for text in ("a.b.c", "{}", "{", '{"access_token": 1}')] == [
        "a.b.c",
        "{}",
        "{",
        '{"access_token": 1}',
    ]
