from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred

from seal.gms.keys import KeysUnavailable
from seal.gms.keys_kms import KmsGroupKeys
from tests.conftest import reactor
from tests.seal.gms.key_server import KEY, OTHERS, KeyServer, key_server
from valkit.keymanagement.markup import TYPE
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse
from valkit.net.ca import authority_in
from valkit.net.https import HttpsClient


@pytest.fixture
def kms(tmp_path: Path) -> Iterator[KeyServer]:
    """Give a key management server."""
    one = pytest_twisted.blockon(Deferred.fromCoroutine(key_server(tmp_path)))
    yield one
    pytest_twisted.blockon(Deferred.fromCoroutine(one.port.close()))


async def test_keys_of_a_group_are_asked_for_with_the_servers_own_token(kms: KeyServer, tmp_path: Path) -> None:
    """By the group's URI, escaped; the token is read each time."""
    (tmp_path / "token").write_text("first\n")
    keys = KmsGroupKeys(
        HttpsClient(reactor, authority_in(tmp_path / "ca").trusting()), kms.port.url, tmp_path / "token"
    )
    await keys.of("ptt", "sip:fire@home.example")
    (tmp_path / "token").write_text("second\n")
    await keys.of("ptt", "sip:a/b@home.example")
    root = b"/keymanagement/identity/v1/keyprov/"
    assert kms.asked == [
        (root + b"sip%3Afire%40home.example", "Bearer first"),
        (root + b"sip%3Aa%2Fb%40home.example", "Bearer second"),
    ]


async def test_members_are_given_what_was_provisioned_of_the_group_in_its_service(
    kms: KeyServer, tmp_path: Path
) -> None:
    """Whoever creates a group chooses its ID: under a user's URI it led to the user's private keys once."""
    (tmp_path / "token").write_text("t\n")
    keys = KmsGroupKeys(
        HttpsClient(reactor, authority_in(tmp_path / "ca").trusting()), kms.port.url, tmp_path / "token"
    )
    for service, given in (("ptt", (KEY,)), ("video", OTHERS[:1]), ("data", ())):
        material = await keys.of(service, "sip:bob@home.example")
        assert (material.media_type, KmsResponse.parse(material.body).message) == (TYPE, KmsKeyProv((), given))
        assert await keys.kept(service, "sip:bob@home.example") is bool(given)
    kms.body = bytes(KmsResponse("g", "kms.x", 1e9, "/"))
    with pytest.raises(KeysUnavailable, match="has no KmsKeyProv"):
        await keys.of("ptt", "g")
    kms.body = b"<KmsResponse/>"
    with pytest.raises(KeysUnavailable, match="not understood"):
        await keys.of("ptt", "g")


async def test_what_stands_in_the_way_is_told(kms: KeyServer, tmp_path: Path) -> None:
    """A refusal, a token that is not there, a server that is not."""
    https = HttpsClient(reactor, authority_in(tmp_path / "ca").trusting())
    with pytest.raises(KeysUnavailable, match="token cannot be read"):
        await KmsGroupKeys(https, kms.port.url, tmp_path / "token").of("ptt", "g")
    (tmp_path / "token").write_text("t\n")
    kms.status = 403
    with pytest.raises(KeysUnavailable, match="answers 403 for g"):
        await KmsGroupKeys(https, kms.port.url, tmp_path / "token").of("ptt", "g")
    with pytest.raises(KeysUnavailable, match="gives no answer"):
        await KmsGroupKeys(https, "https://127.0.0.98:1", tmp_path / "token").of("ptt", "g")
