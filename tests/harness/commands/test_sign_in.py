"""`val ue sign-in` against an identity server: headless, in a browser of the test's, and what it says when it fails."""

import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import treq
from rich.console import Console
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from typer.testing import CliRunner

from harness.commands import sign_in as module
from harness.commands.sign_in import Told, in_browser, without_browser
from harness.commands.ue import app
from tests.ue_sim.identity.op import AUTHORITY, Op, reactor
from tests.ue_sim.identity.phone import ALICE, browser
from tests.ue_sim.identity.saying import APP
from ue_sim.identity.errors import NotSignedIn, Unreachable
from ue_sim.identity.headless import log_in
from ue_sim.identity.tokens import TokenSet
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.tls import Tls


def told(op: Op) -> Told:
    """Give what a command line would say of this provider."""
    return Told(op.url, APP, AUTHORITY.trusting())


async def signed_in() -> TokenSet:
    """Sign in without a browser."""
    op = Op()
    port = await op.start()
    tokens = await without_browser(told(op), ALICE)(reactor)
    await port.close()
    return tokens


async def test_without_a_browser_the_form_is_filled_in() -> None:
    """And the tokens are there."""
    assert (await signed_in()).who.val_user_id == "sip:alice@home.example"


async def test_a_browser_comes_back_on_loopback() -> None:
    """The address is shown for whoever has to copy it, and opened."""
    op, said, shown = Op(), io.StringIO(), list[str]()
    port = await op.start()
    waiting: Deferred[TokenSet] = Deferred.fromCoroutine(
        in_browser(told(op), Console(file=said, width=10_000), shown.append)(reactor)  # type: ignore[arg-type]
    )
    while not (found := re.search(r"https://\S+", said.getvalue())):
        await deferLater(reactor, 0.01)
    (home,) = parse_qs(urlsplit(found[0]).query)["redirect_uri"]
    redirect = await log_in(browser(), found[0], home, ALICE)
    page = await (await treq.get(redirect, persistent=False)).text()
    assert "Signed in" in page
    assert (await waiting).who.subject == "alice"
    assert shown == [found[0]]
    await port.close()


async def test_what_is_printed_names_the_user_and_no_token(tmp_path: Path) -> None:
    """Services and lifetimes as well; the whole goes into a file of the owner's only, if wanted."""
    tokens, said = await signed_in(), io.StringIO()
    module._show(tokens, Console(file=said, width=200), tokens.received)
    for part in ("sip:alice@home.example", "dispatch, telemetry", "300 s", "refresh token: yes", "3gpp:acr:password"):
        assert part in said.getvalue()
    assert tokens.access_token not in said.getvalue()
    saved(tokens, tmp_path / "alice.json")


def saved(tokens: TokenSet, path: Path) -> None:
    """Save tokens where a file is already that others may read."""
    path.write_text("older")
    path.chmod(0o644)
    module._save(path, tokens, Console(file=io.StringIO()))
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["access_token"] == tokens.access_token
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("error", "code"), [(Unreachable("nobody"), BAD_ENVIRONMENT), (NotSignedIn("no"), FAILED)])
async def test_what_stood_in_the_way_is_a_sentence(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """And an exit code: who is not reached is the environment, who refuses has refused."""

    async def failing() -> TokenSet:
        raise error

    with pytest.raises(SystemExit) as caught:
        await module._explained(failing())
    assert (caught.value.code, capsys.readouterr().err) == (code, f"Not signed in: {error}.\n")


@pytest.mark.parametrize(
    ("options", "typed", "code", "sentence"),
    [
        (["--headless"], "", BAD_INPUT, "--headless needs --user"),
        (["--issuer", "http://127.0.0.3"], "", BAD_INPUT, "is not https"),
        (["--authority", "absent.pem"], "", BAD_ENVIRONMENT, "absent.pem cannot be read"),
        (["--authority", "broken.pem"], "", BAD_INPUT, "no certificate in PEM"),
        (["--client-secret", "absent"], "", BAD_ENVIRONMENT, "absent cannot be read"),
        (["--headless", "--user", "alice"], "", BAD_INPUT, "There is no password of alice"),
        (["--headless", "--user", "alice", "--one-time-code"], "right\n", BAD_INPUT, "There is no one-time code"),
    ],
)
def test_wrong_input_is_told_before_anything_is_sent(  # noqa: PLR0917
    tmp_path: Path, monkeypatch: Any, options: list[str], typed: str, code: int, sentence: str
) -> None:
    """The password is a line on standard input; there is no option for it."""
    monkeypatch.chdir(tmp_path)
    Path("broken.pem").write_text("none")
    Path("ca.pem").write_bytes(AUTHORITY.pem)
    usual = ["sign-in", "--issuer", "https://127.0.0.3:1", "--client-id", "app", "--authority", "ca.pem"]
    done = CliRunner().invoke(app, [*usual, *options], input=typed)
    assert (done.exit_code, sentence in " ".join(done.output.split())) == (code, True), done.output


def test_a_certificate_is_read_once() -> None:
    """What the file has is what is trusted."""
    assert Tls(AUTHORITY.pem) == AUTHORITY.trusting()
