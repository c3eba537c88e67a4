"""Token responses, and when tokens are renewed."""

from json import dumps

import pytest

from ue_sim.identity.errors import Refused, Unreachable, Unusable
from ue_sim.identity.id_token import SignedIn
from ue_sim.identity.tokens import Granted, TokenSet

RESPONSE: dict[str, object] = {"access_token": "a", "token_type": "bearer", "expires_in": 300}
WHO = SignedIn("alice", "sip:alice@home.example", ("dispatch",), None, None)


def granted(status: int = 200, /, **changes: object) -> Granted:
    """Read a response that is changed so."""
    return Granted.read(status, dumps(RESPONSE | changes).encode())


def test_the_rest_is_optional() -> None:
    """ID token, refresh token and scope need not be there (TS 33.434 A.4.2.5)."""
    assert granted() == Granted("a", 300.0, None, None, None)
    whole = granted(refresh_token="r", id_token="i", scope="openid")
    assert (whole.refresh_token, whole.id_token, whole.scope) == ("r", "i", "openid")


@pytest.mark.parametrize(
    "changes", [{"access_token": ""}, {"token_type": "mac"}, {"expires_in": None}, {"expires_in": "1"}]
)
def test_what_is_required_is_there(changes: dict[str, object]) -> None:
    """And of its kind."""
    with pytest.raises(Unusable):
        granted(**changes)


def test_a_refusal_has_its_code() -> None:
    """And what the server says of it, if that can be shown."""
    with pytest.raises(Refused, match=r"invalid_grant \(used\)") as caught:
        granted(400, error="invalid_grant", error_description="used")
    assert caught.value.code == "invalid_grant"
    with pytest.raises(Refused, match=r"invalid_grant$"):
        granted(400, error="invalid_grant", error_description="\x1b[2J")
    with pytest.raises(Unusable, match="400 and no error"):
        granted(400)
    with pytest.raises(Unreachable, match="500 and no error"):
        granted(500)


@pytest.mark.parametrize(("expires_in", "renew_at"), [(300, 1240.0), (600, 1540.0), (60, 1030.0)])
def test_tokens_are_renewed_before_they_end(expires_in: int, renew_at: float) -> None:
    """A minute before, or half way."""
    assert TokenSet.of(granted(expires_in=expires_in), WHO, "openid", 1000.0).renew_at == renew_at


def test_a_renewal_keeps_what_was_not_replaced() -> None:
    """A server need not give a new refresh or ID token (RFC 6749 6)."""
    first = TokenSet.of(granted(refresh_token="r", id_token="i"), WHO, "openid", 1000.0)
    second = first.renewed(granted(access_token="b"), None, 2000.0)
    assert (second.access_token, second.refresh_token, second.id_token, second.who) == ("b", "r", "i", WHO)
    assert second.expires == 2300.0
    assert second.renewed(granted(refresh_token="s"), None, 3000.0).refresh_token == "s"


def test_a_repr_has_no_token() -> None:
    """Neither access nor refresh token."""
    tokens = TokenSet.of(granted(access_token="xyzzy", refresh_token="plugh"), WHO, "openid", 1000.0)
    assert not {"xyzzy", "plugh"} & set(repr(tokens).replace("'", " ").split())
