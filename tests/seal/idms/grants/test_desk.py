"""What all grants share: the answer with the tokens, and accounts that are not in order."""

from pathlib import Path

from attrs import evolve

from seal.idms.grants.desk import Desk, of
from seal.idms.proving.methods import offered
from seal.idms.settings import TokenSettings
from seal.idms.tokens.issuing import Granted, Issuer
from seal.idms.tokens.keys import KeyRing
from seal.idms.tokens.own_tokens import OwnTokens
from tests.seal.idms.parts import ALICE, APP, claims, provisioned
from tests.support import result_of
from valkit.ids import SeededIds

NOW = 1_795_000_000.0


async def never(_hash: str, _password: str) -> bool:
    """Believe nobody."""
    return False


def desk(folder: Path) -> Desk:
    """Give a desk without a site."""
    store = result_of(provisioned())
    keys = KeyRing(folder, ("ES256", "RS256"), 100.0, NOW)
    issuer = Issuer("https://idms.home.example", keys, TokenSettings(), SeededIds(1))
    tokens = OwnTokens(issuer.name, keys, store)
    return Desk(store, issuer, offered(never, store), lambda _what, _fields: None, tokens, (issuer.name,))


def test_the_lifetime_is_the_clients(tmp_path: Path) -> None:
    """Of access and ID token (IDM-07)."""
    client = evolve(APP, access_lifetime=17.0, id_lifetime=23.0)
    granted = Granted("family", client, ALICE, "openid", "3gpp:acr:password", NOW)
    members = desk(tmp_path).answer(granted, None, NOW, "authorization_code")
    assert members["expires_in"] == 17
    assert claims(str(members["access_token"]))["exp"] == NOW + 17
    assert claims(str(members["id_token"]))["exp"] == NOW + 23
    assert "refresh_token" not in members


def test_a_log_in_is_carried_on(tmp_path: Path) -> None:
    """By what is kept of its refresh token: family, context and time of the log-in."""
    at = desk(tmp_path)
    granted = Granted("family", APP, ALICE, "openid", "an:acr:of:old", NOW, "nonce")
    _, kept = at.issuer.refresh_token(granted, NOW)
    assert of(kept, APP, ALICE, "openid") == evolve(granted, nonce=None)
    assert claims(str(at.answer(of(kept, APP, ALICE, "openid"), None, NOW, "refresh_token")["id_token"]))["amr"] == []
