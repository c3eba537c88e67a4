"""The lab authority: made once, its key its owner's, its servers believed by its clients and by nobody else's."""

from pathlib import Path
from typing import Any

import pytest
import treq
from cryptography import x509
from klein import Klein
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.logger import capturedLogs
from twisted.web.client import ResponseNeverReceived
from twisted.web.http import Request

from valkit.net.ca import CERTIFICATE, KEY, Authority, authority_in
from valkit.net.https import agent
from valkit.net.tls import Tls
from valkit.net.web import answer_errors_as_json, json_answer, listen

reactor: Any = the_reactor


class Hello:
    """An application with one answer."""

    app = Klein()
    answer_errors_as_json(app)

    @app.route("/")
    def hello(self, request: Request) -> bytes:
        """Greet."""
        return json_answer(request, "hello")


def test_it_is_made_on_first_use_and_kept(tmp_path: Path) -> None:
    """The second time the same one is read."""
    made = authority_in(tmp_path / "ca")
    assert authority_in(tmp_path / "ca").certificate == made.certificate


def test_its_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """Mode 600, from the moment it exists."""
    authority_in(tmp_path)
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / CERTIFICATE).stat().st_mode & 0o777 == 0o644


def test_its_key_is_not_shown() -> None:
    """Neither by repr nor by that of what a server shows."""
    authority = Authority.create()
    assert "PRIVATE" not in repr(authority) + repr(authority.server("127.0.0.1"))


def test_a_server_certificate_names_addresses_and_names() -> None:
    """As subject alternative names, each of its kind."""
    tls = Authority.create().server("127.0.0.2", "idms.home.example")
    assert tls.certificate is not None
    shown = x509.load_pem_x509_certificate(tls.certificate)
    names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["127.0.0.2", "idms.home.example"]
    assert not shown.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


async def greeting(url: str, tls: Tls) -> object:
    """Ask."""
    return await (await treq.get(url, agent=agent(reactor, tls))).json()


async def test_clients_that_trust_it_reach_its_servers() -> None:
    """By IP address, as labs do."""
    authority = Authority.create()
    port = await listen(reactor, Hello().app, "127.0.0.2", 0, tls=authority.server("127.0.0.2"))
    assert port.url.startswith("https://127.0.0.2:")
    assert await greeting(port.url, authority.trusting()) == "hello"
    await port.close()


@pytest.mark.parametrize("server", ["stranger", "other address"])
async def test_clients_believe_nobody_else(server: str) -> None:
    """Not a server of another authority, and not one of ours at another's address."""
    authority = Authority.create()
    shown = Authority.create().server("127.0.0.2") if server == "stranger" else authority.server("127.0.0.9")
    port = await listen(reactor, Hello().app, "127.0.0.2", 0, tls=shown)
    with pytest.raises(ResponseNeverReceived):
        await greeting(port.url, authority.trusting())
    await port.close()


def test_a_new_authority_is_told(tmp_path: Path) -> None:
    """A slip in the folder's name would else show only as certificates that nobody trusts."""
    for made in (True, False):
        with capturedLogs() as logged:
            authority_in(tmp_path / "val-cca")
        assert ["val-cca" in str(event.get("folder")) for event in logged] == [True] * made


def test_an_authority_that_is_half_there_says_what_to_remove(tmp_path: Path) -> None:
    """Whoever made it was stopped between the two files."""
    authority_in(tmp_path)
    (tmp_path / KEY).unlink()
    with pytest.raises(ValueError, match=f"{CERTIFICATE} has no {KEY} beside it: remove it"):
        authority_in(tmp_path)
    (tmp_path / CERTIFICATE).unlink()
    authority_in(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([CERTIFICATE, KEY])


def test_a_file_of_an_authority_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the process that makes it is stopped."""

    def stopped(_path: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "hardlink_to", stopped)
    with pytest.raises(KeyboardInterrupt):
        authority_in(tmp_path)
    assert list(tmp_path.iterdir()) == []
