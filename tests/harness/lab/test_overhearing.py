"""An agent that writes down what is said, against a real site over TLS."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from klein import Klein
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.web.http import Request

from harness.lab.overhearing import Overheard
from harness.lab.wire import Fault, Wire
from harness.seen.cast import IDMS, Cast
from harness.seen.patterns import HttpPattern
from valkit.net import web
from valkit.net.ca import authority_in
from valkit.net.https import HttpsClient, HttpsError
from valkit.net.tls import Tls
from valkit.trace import Http, Note

HOST = "127.0.0.3"
reactor: Any = the_reactor


class Site:
    """Answers a form with what must not be seen."""

    app = Klein()
    asked = 0

    @app.route("/token", methods=["POST"])
    def token(self, request: Request) -> bytes:
        """Give tokens."""
        self.asked += 1
        return web.json_answer(request, {"refresh_token": "s3cr3t", "expires_in": 300})


def wire() -> Wire:
    """Make a wire in whose lab the identity server is at HOST."""
    return Wire(Cast({HOST: IDMS}, {"alice"}), frozenset(), reactor.seconds)


@pytest_twisted.async_yield_fixture  # type: ignore[untyped-decorator,unused-ignore]
async def site(tmp_path: Path) -> AsyncIterator[tuple[str, Tls]]:
    """Serve the site; gives its URL and whom to trust."""
    authority = authority_in(tmp_path)
    port = await web.listen(reactor, Site().app, HOST, 0, tls=authority.server(HOST))
    yield port.url, authority.trusting()
    await port.close()


async def test_a_request_and_its_answer_are_written_down(site: tuple[str, Tls]) -> None:
    """First that the tunnel stands, then what was asked, then the answer; nothing of it is a secret."""
    (url, tls), heard = site, wire()
    client = HttpsClient(reactor, tls, through=Overheard(reactor, tls, "alice", heard))
    answer = await client.post(f"{url}/token", {"grant_type": "refresh_token", "refresh_token": "s3cr3t"})
    assert b"s3cr3t" in answer.body
    stands, asked, answered = heard.trace.events
    assert isinstance(stands, Note)
    assert (stands.who, stands.what) == ("alice", "tls established")
    assert stands.fields["version"] == "TLSv1.3"
    assert isinstance(asked, Http)
    assert (asked.source, asked.target, asked.status) == ("alice", IDMS, None)
    assert (asked.method, asked.path) == ("POST", "/token")
    assert dict(asked.fields) == {"grant_type": "refresh_token", "refresh_token": "(hidden)"}
    assert isinstance(answered, Http)
    assert (answered.source, answered.status) == (IDMS, 200)
    assert dict(answered.fields) == {"refresh_token": "(hidden)", "expires_in": "300"}
    assert not heard.unanswered()


async def test_a_server_that_is_not_there_is_written_down(site: tuple[str, Tls]) -> None:
    """Nothing was said, and nobody waits any longer."""
    (_, tls), heard = site, wire()
    client = HttpsClient(reactor, tls, through=Overheard(reactor, tls, "alice", heard))
    with pytest.raises(HttpsError):
        await client.get(f"https://{HOST}:1/token")
    [note] = heard.trace.events
    assert isinstance(note, Note)
    assert (note.what, note.fields["peer"]) == ("unreachable", IDMS)
    assert not heard.unanswered()


async def test_a_server_that_nobody_vouches_for_hears_nothing(site: tuple[str, Tls], tmp_path: Path) -> None:
    """The certificate is verified here as anywhere else."""
    (url, _), heard = site, wire()
    stranger = authority_in(tmp_path / "other").trusting()
    client = HttpsClient(reactor, stranger, through=Overheard(reactor, stranger, "alice", heard))
    with pytest.raises(HttpsError):
        await client.get(f"{url}/token")
    assert not [event for event in heard.trace.events if isinstance(event, Http)]


@pytest.mark.parametrize(("status", "heard_of"), [(None, 0), ("2xx", 1)])
async def test_a_connection_is_cut_before_the_request_or_before_its_answer(
    tmp_path: Path, status: str | None, heard_of: int
) -> None:
    """The site hears nothing of a request that is cut off; it has done all when its answer is. Once, then no more."""
    authority, heard, there = authority_in(tmp_path), wire(), Site()
    port = await web.listen(reactor, there.app, HOST, 0, tls=authority.server(HOST))
    heard.faults.append(
        Fault("cut", HttpPattern.model_validate({"to" if status is None else "from": IDMS, "status": status}))
    )
    client = HttpsClient(
        reactor, authority.trusting(), through=Overheard(reactor, authority.trusting(), "alice", heard)
    )
    with pytest.raises(HttpsError, match="gives no answer"):
        await client.post(f"{port.url}/token", {})
    assert there.asked == heard_of
    assert [event.fate for event in heard.trace.events if isinstance(event, Http)][-1] == "lost"
    assert not heard.unanswered()
    assert not heard.faults[0].idle
    assert (await client.post(f"{port.url}/token", {})).status == 200
    await port.close()
