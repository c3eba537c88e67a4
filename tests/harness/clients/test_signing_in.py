"""A log-in by hand against an identity server: headless, in a browser of the test's, and what it says when it fails."""

import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import treq
from attrs import evolve
from rich.console import Console
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from harness.clients.signing_in import NotHad, Way, had, in_browser, keep, show, without_browser, writable
from tests.ue_sim.identity.op import AUTHORITY, Op, reactor
from tests.ue_sim.identity.phone import ALICE, browser
from tests.ue_sim.identity.saying import APP, who
from ue_sim.identity.errors import NotLoopback, NotSignedIn, Refused, Unreachable
from ue_sim.identity.headless import log_in
from ue_sim.identity.saved import Saved
from ue_sim.identity.settings import IdentitySettings
from ue_sim.identity.tokens import TokenSet
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED


def way(op: Op) -> Way:
    """Give what settings would say of this provider."""
    return Way(op.url, APP, AUTHORITY.trusting())


async def signed_in() -> TokenSet:
    """Sign in without a browser."""
    op = Op()
    port = await op.start()
    tokens = await without_browser(way(op), ALICE)(reactor)
    await port.close()
    return tokens


async def test_without_a_browser_the_form_is_filled_in() -> None:
    """And the tokens are there."""
    assert who(await signed_in()).val_user_id == "sip:alice@home.example"


async def test_a_browser_comes_back_on_loopback() -> None:
    """The address is shown for whoever has to copy it, and opened; the app's own path is kept, the port is free."""
    op, said, shown = Op(), io.StringIO(), list[str]()
    port = await op.start()
    registered = evolve(APP, redirect_uri="http://127.0.0.1/signed-in")
    waiting: Deferred[TokenSet] = Deferred.fromCoroutine(
        in_browser(evolve(way(op), registration=registered), Console(file=said, width=10_000), shown.append)(reactor)  # type: ignore[arg-type]  # an Awaitable; it is a coroutine
    )
    while not (found := re.search(r"https://\S+", said.getvalue())):
        await deferLater(reactor, 0.01)
    (home,) = parse_qs(urlsplit(found[0]).query)["redirect_uri"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/signed-in", home)
    redirect = await log_in(browser(), found[0], home, ALICE)
    page = await (await treq.get(redirect, persistent=False)).text()
    assert "Signed in" in page
    assert who(await waiting).subject == "alice"
    assert shown == [found[0]]
    await port.close()


async def test_what_is_printed_names_the_user_and_no_token(tmp_path: Path) -> None:
    """Services and lifetimes as well; the whole goes into a file of the owner's only, if wanted."""
    tokens, said = await signed_in(), io.StringIO()
    show(tokens, Console(file=said, width=200), tokens.received)
    for part in ("sip:alice@home.example", "dispatch, telemetry", "300 s", "refresh token: yes", "3gpp:acr:password"):
        assert part in said.getvalue()
    assert tokens.access_token not in said.getvalue()
    path = tmp_path / "alice.json"
    keep(path, Saved(tokens, IdentitySettings(issuer="https://i", client_id="app")), Console(file=io.StringIO()))
    assert json.loads(path.read_text())["access_token"] == tokens.access_token


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what the system says of it."""
    with pytest.raises(SystemExit) as caught:
        keep(tmp_path / "none" / "alice.json", None, Console())  # type: ignore[arg-type]  # it does not get that far
    assert caught.value.code == BAD_ENVIRONMENT
    assert "alice.json cannot be written: No such file or directory" in capsys.readouterr().err


def test_a_file_is_tried_before_anybody_logs_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there stays as it is."""
    (tmp_path / "alice.json").write_text("older")
    writable(tmp_path / "alice.json")
    assert [each.read_text() for each in tmp_path.iterdir()] == ["older"]
    with pytest.raises(SystemExit) as caught:
        writable(tmp_path / "none" / "alice.json")
    assert (caught.value.code, "cannot be written" in capsys.readouterr().err) == (BAD_ENVIRONMENT, True)


@pytest.mark.parametrize(
    ("error", "code"),
    [(Unreachable("nobody"), BAD_ENVIRONMENT), (NotSignedIn("no"), FAILED), (NotLoopback("no"), BAD_INPUT)],
)
async def test_what_stood_in_the_way_is_a_sentence(error: Exception, code: int) -> None:
    """And an exit code: who is not reached is the environment, who refuses has refused."""

    async def failing() -> TokenSet:
        raise error

    with pytest.raises(NotHad) as caught:
        await had(failing())
    assert (caught.value.code, str(caught.value)) == (code, f"Not signed in: {error}.")


@pytest.mark.parametrize(
    ("code", "told"),
    [("invalid_client", " (unknown). Is it a client there?"), ("invalid_grant", " (unknown).")],
)
async def test_what_can_be_done_about_a_refusal_is_said_with_it(code: str, told: str) -> None:
    """Where the command knows something about that error."""

    async def refusing() -> TokenSet:
        raise Refused(code, "unknown")

    with pytest.raises(NotHad) as caught:
        await had(refusing(), "Not admitted", {"invalid_client": "Is it a client there?"})
    assert str(caught.value) == f"Not admitted: the identity server refuses: {code}{told}"


async def test_without_an_id_token_it_is_said_what_names_somebody() -> None:
    """Guests have none unless the agreement says so."""
    tokens, said = evolve(await signed_in(), who=None), io.StringIO()
    show(tokens, Console(file=said, width=200), tokens.received, "admitted")
    assert said.getvalue().startswith("admitted, by no name: that is in the ID token, which is for the scope openid\n")
