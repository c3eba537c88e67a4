"""Our own access tokens read back: only ours, only access tokens, only while they hold."""

from json import dumps
from pathlib import Path

import pytest
from attrs import evolve

from seal.idms.records import Eras
from seal.idms.stores.store_memory import MemoryStore
from seal.idms.tokens.keys import KeyRing
from seal.idms.tokens.own_tokens import OwnTokens
from tests.seal.idms.parts import APP, claims
from tests.seal.idms.tokens.test_issuing import GRANTED, NAME, NOW, issuer
from tests.support import result_of
from valkit.tokens.minting import sealed


def own(folder: Path) -> OwnTokens:
    """Give the reader of tokens made with the keys of a folder."""
    return OwnTokens(NAME, KeyRing(folder, ("ES256", "RS256"), 100.0, NOW), MemoryStore())


def test_only_access_tokens_of_ours_are_read(tmp_path: Path) -> None:
    """Not ID tokens, not those of other keys or under another name."""
    maker, reader = issuer(tmp_path / "a"), own(tmp_path / "a")
    token, jti = maker.access_token(GRANTED, NOW)
    claims = reader.signed(token)
    assert claims is not None
    assert claims["jti"] == jti
    assert reader.signed(maker.id_token(GRANTED, (), token, NOW)) is None
    assert reader.signed(issuer(tmp_path / "b").access_token(GRANTED, NOW)[0]) is None
    assert evolve(reader, issuer="https://other.example").signed(token) is None
    assert reader.signed("") is None


def test_only_id_tokens_of_ours_are_hints(tmp_path: Path) -> None:
    """Even when their time is over; no access tokens, and nobody else's."""
    maker, reader = issuer(tmp_path / "a"), own(tmp_path / "a")
    access, _ = maker.access_token(GRANTED, NOW)
    hint = maker.id_token(GRANTED, (), access, NOW - 1_000_000)
    said = reader.id_token(hint)
    assert said is not None
    assert (said["sub"], said["aud"]) == (GRANTED.user.user_id, GRANTED.client.client_id)
    assert reader.id_token(access) is None
    assert reader.id_token(issuer(tmp_path / "b").id_token(GRANTED, (), access, NOW)) is None
    assert evolve(reader, keys=KeyRing(tmp_path / "none", (), 100.0, NOW)).id_token(hint) is None
    assert not (tmp_path / "none").exists()


def test_a_token_holds_until_it_ends_or_is_revoked(tmp_path: Path) -> None:
    """By itself, or with its family."""
    maker, reader = issuer(tmp_path), own(tmp_path)
    token, jti = maker.access_token(GRANTED, NOW)
    assert result_of(reader.alive(token, NOW + 299)) is not None
    assert result_of(reader.alive(token, NOW + 300)) is None
    result_of(reader.store.revoke_access(jti, NOW))
    assert result_of(reader.alive(token, NOW)) is None
    other, _ = maker.access_token(GRANTED, NOW)
    assert result_of(reader.alive(other, NOW)) is not None
    result_of(reader.store.revoke_family("fam", NOW))
    assert result_of(reader.alive(other, NOW)) is None


def test_a_token_of_a_user_who_was_removed_does_not_revive(tmp_path: Path) -> None:
    """When another gets the user ID, whose own tokens hold; nothing of the token was kept."""
    maker, store = issuer(tmp_path), MemoryStore()
    reader = evolve(own(tmp_path), store=store)
    result_of(store.add_user(GRANTED.user))
    token, _ = maker.access_token(GRANTED, NOW)
    result_of(store.remove_user(GRANTED.user.user_id))
    result_of(store.add_user(GRANTED.user))
    late, _ = maker.access_token(GRANTED, NOW + 1)
    user = result_of(store.user(GRANTED.user.user_id))
    assert user is not None
    new, _ = maker.access_token(evolve(GRANTED, eras=Eras(user.era)), NOW + 1)
    assert [result_of(reader.alive(each, NOW + 1)) is not None for each in (token, late, new)] == [False, False, True]


def test_a_token_of_a_client_that_was_removed_does_not_revive(tmp_path: Path) -> None:
    """Whoever is registered under its name later."""
    maker, store = issuer(tmp_path), MemoryStore()
    reader = evolve(own(tmp_path), store=store)
    result_of(store.add_client(APP))
    token, _ = maker.access_token(GRANTED, NOW)
    result_of(store.remove_client(APP.client_id))
    result_of(store.add_client(APP))
    assert result_of(reader.alive(token, NOW)) is None


@pytest.mark.parametrize(
    "odd", [{"exp": None}, {"exp": "soon"}, {"scope": ["openid"]}, {"jti": None}, {"sub": 1}, {"client_id": None}]
)
def test_what_our_key_has_signed_is_a_token_of_ours_only_with_what_ours_have(
    tmp_path: Path, odd: dict[str, object]
) -> None:
    """Whoever has the key can sign anything: that is no token, and no fault of the server."""
    maker, reader = issuer(tmp_path), own(tmp_path)
    token, _ = maker.access_token(GRANTED, NOW)
    key = reader.keys.signer("ES256")

    def signed(changes: dict[str, object]) -> str:
        said = {name: value for name, value in (claims(token) | changes).items() if value is not None}
        head = {"alg": key.algorithm, "kid": key.kid, "typ": "at+jwt"}
        return sealed(key, *(dumps(members).encode() for members in (head, said)))

    assert result_of(reader.alive(signed({}), NOW)) is not None
    assert result_of(reader.alive(signed(odd), NOW)) is None
