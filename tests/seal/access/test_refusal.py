"""A refusal as the peer sees it."""

import json
from pathlib import Path

from tests.seal.access.site import AUTHORITY, reactor, serve, settings, token
from valkit.net.https import HttpsClient


async def test_status_challenge_and_sentence(tmp_path: Path) -> None:
    """RFC 6750 3; nothing of the cause."""
    scene = await serve(settings(tmp_path))
    client = HttpsClient(reactor, AUTHORITY.trusting())
    wrong = await client.get(scene.url, {"Authorization": f"Bearer {token(audience='elsewhere')}"})
    nothing = await client.get(scene.url)
    await scene.close()
    assert (wrong.status, nothing.status) == (401, 403)
    assert wrong.header("WWW-Authenticate") == (
        'Bearer realm="val", error="invalid_token", error_description="the access token does not hold"'
    )
    assert json.loads(wrong.body)["error"] == "invalid_token"
    assert nothing.header("WWW-Authenticate") is None
    assert json.loads(nothing.body)["error"] == "access_denied"
