"""An operator's way to a server: what comes back, and what stands in the way."""

from pathlib import Path

import pytest
from klein import Klein
from twisted.web.http import Request

from harness.clients.admin_client import AdminClient, AdminRefused
from tests.conftest import reactor
from valkit.net.web import json_answer, listen


async def test_answers_refusals_and_silence(tmp_path: Path) -> None:
    """Each is told apart."""
    app = Klein()

    @app.route("/good")
    def good(request: Request) -> bytes:
        return json_answer(request, {"token": request.getHeader("Authorization")})

    @app.route("/bad")
    def bad(request: Request) -> bytes:
        return json_answer(request, {"error": "it will not do"}, 409)

    @app.route("/theirs")
    def theirs(request: Request) -> bytes:
        return json_answer(request, {"error": "no such token"}, 401)

    @app.route("/text")
    def text(_request: Request) -> bytes:
        return b"text"

    port = await listen(reactor, app, "127.0.0.1", 0)
    client = AdminClient(reactor, port.url, tmp_path / "token")
    with pytest.raises(AdminRefused, match="token cannot be read") as raised:
        await client.ask("GET", "/good")
    assert not raised.value.reached
    (tmp_path / "token").write_text("t\n")
    assert await client.shown("/good") == {"token": "Bearer t"}
    with pytest.raises(AdminRefused, match=r"POST /bad is answered 409 \(it will not do\)") as raised:
        await client.change("POST", "/bad", {})
    assert raised.value.reached
    with pytest.raises(AdminRefused, match=r"does not take the token in .*/token: is it the one") as raised:
        await client.ask("GET", "/theirs")
    assert raised.value.reached
    with pytest.raises(AdminRefused, match="GET /text is answered 200"):
        await client.shown("/text")
    await port.close()
    with pytest.raises(AdminRefused, match="nobody answers") as raised:
        await client.ask("GET", "/good")
    assert not raised.value.reached
