"""Signed tokens that somebody brings: whatever they hold, they are read or they are not."""

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import KeySet

from seal.idms.tokens.signed import unverified, verified
from valkit.tokens import SigningKey, jwks
from valkit.tokens.minting import sealed

KEY = SigningKey.generate("ES256")
KEYS = KeySet.import_key_set(json.loads(jwks(KEY)))
HEADER = {"alg": "ES256", "kid": KEY.kid, "typ": "JWT"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "jku", "x5c", "enc", "zip", "cty"])


def token(header: object = HEADER, claims: object = None, key: SigningKey = KEY) -> str:
    """Sign whatever it is."""
    return sealed(key, json.dumps(header).encode(), json.dumps({"sub": "a"} if claims is None else claims).encode())


def bare(header: bytes) -> str:
    """Give a token of this header with a signature of nobody's."""
    return f"{urlsafe_b64encode(header).rstrip(b'=').decode()}.e30.{'A' * 86}"


def test_a_token_is_read() -> None:
    """Its kind and its claims."""
    read = verified(token(), KEYS, ["ES256"])
    assert read is not None
    assert (read.kind, read.claims) == ("JWT", {"sub": "a"})
    assert unverified(token()) == {"sub": "a"}


@pytest.mark.parametrize(
    "brought",
    [
        "",
        "..",
        "é.é.é",
        "\ud800",
        token(key=SigningKey.generate("ES256")),
        token() + ".",
        token() + "=",
        token(HEADER | {"alg": "none"}),
        token(HEADER | {"crit": ["exp"]}),
        token(HEADER | {"crit": 5}),
        bare(b"[" * 9_000),
        bare(b'{"alg":"ES256","a":' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
        bare(b'{"alg":"ES256","alg":"ES256"}'),
        bare(b"NaN"),
        f"e30.{'A' * 20_000}.AA",
    ],
)
def test_what_is_none_is_not_read(brought: str) -> None:
    """Nobody's, of no shape, nested without end, or with an extension that must be understood."""
    assert verified(brought, KEYS, ["ES256"]) is None


def test_the_algorithm_is_the_readers_choice() -> None:
    """Not the token's."""
    assert verified(token(), KEYS, ["RS256"]) is None


@given(st.dictionaries(NAMES, JSON, max_size=4))
def test_any_header_is_survived(changes: dict[str, object]) -> None:
    """Signed or not: read, or not read."""
    for brought in (token(HEADER | changes), token(changes)):
        read = verified(brought, KEYS, ["ES256"])
        assert read is None or read.claims == {"sub": "a"}


@given(JSON)
def test_any_content_is_survived(claims: object) -> None:
    """What is no object has no claims, whoever signed it."""
    brought = token(claims=claims)
    for read in (verified(brought, KEYS, ["ES256"]), unverified(brought)):
        assert read is None or isinstance(getattr(read, "claims", read), dict)
