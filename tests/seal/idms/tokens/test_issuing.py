"""Tokens as they are made: headers, claims, and what ties them to each other."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from attrs import evolve

from seal.idms.records import family_of
from seal.idms.settings import TokenSettings
from seal.idms.tokens.issuing import Granted, Issuer, secret
from seal.idms.tokens.keys import KeyRing
from seal.secrets import digest
from tests.seal.idms.parts import ALICE, APP, claims
from valkit.ids import SeededIds
from valkit.tokens import KeySet, TokenPolicy, Verifier
from valkit.tokens.compact import decode, split
from valkit.tokens.strictjson import read_object

NOW = 1_795_000_000.0
NAME = "https://idms.home.example"
GRANTED = Granted("fam", APP, ALICE, "openid 3gpp:seal:val_service", "3gpp:acr:password", NOW - 5, "n")


def issuer(folder: Path, **changes: object) -> Issuer:
    """Give an issuer with new keys."""
    keys = KeyRing(folder, ("ES256", "RS256"), 100.0, NOW)
    return Issuer(NAME, keys, TokenSettings.model_validate(changes), SeededIds(1))


def header(token: str) -> dict[str, object]:
    """Read a token's header."""
    return read_object(decode(split(token.encode()).header))


def test_an_access_token_is_one_of_rfc_9068(tmp_path: Path) -> None:
    """A VAL server believes it as it is; its jti names its family."""
    made = issuer(tmp_path)
    token, jti = made.access_token(GRANTED, NOW)
    said = header(token)
    assert (said["typ"], said["alg"]) == ("at+jwt", "ES256")
    keys = KeySet.from_jwks(made._keys.jwks())
    access = Verifier(TokenPolicy(NAME, "val-server"), keys).verify(token, NOW)
    assert (access.subject, access.client_id, access.jti) == ("alice", "app", jti)
    assert family_of(jti) == "fam"
    assert access.val_service_ids == ("dispatch", "telemetry")


def test_an_id_token_is_tied_to_its_access_token(tmp_path: Path) -> None:
    """By at_hash (OpenID Connect Core 3.1.3.6); and is no access token."""
    token = issuer(tmp_path).id_token(GRANTED, ("pwd",), "access", NOW)
    assert (header(token)["typ"], header(token)["alg"]) == ("JWT", "RS256")
    half = urlsafe_b64encode(sha256(b"access").digest()[:16]).rstrip(b"=").decode()
    assert claims(token)["at_hash"] == half
    assert claims(token)["auth_time"] == NOW - 5
    assert "nonce" not in claims(issuer(tmp_path).id_token(evolve(GRANTED, nonce=None), (), "access", NOW))


def test_a_refresh_token_is_kept_as_its_digest_only(tmp_path: Path) -> None:
    """256 random bits; who reads the store cannot use it."""
    token, kept = issuer(tmp_path).refresh_token(GRANTED, NOW)
    assert kept.token_hash == digest(token)
    assert token not in repr(kept)
    assert len(token) == 43
    assert kept.expires == NOW + APP.refresh_lifetime


def test_names_of_claims_and_algorithms_are_settings(tmp_path: Path) -> None:
    """For servers of MCPTT."""
    made = issuer(tmp_path, user_claim="mcptt_id", access_algorithm="RS256")
    token, _ = made.access_token(GRANTED, NOW)
    assert (header(token)["alg"], claims(token)["mcptt_id"]) == ("RS256", "sip:alice@home.example")


def test_secrets_go_anywhere() -> None:
    """In a URL, a header, a form, as they are."""
    assert all(part.isalnum() for part in secret(SeededIds(2)).replace("-", "a").replace("_", "a"))
