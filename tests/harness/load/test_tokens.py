from typing import Any

import pytest

from harness.load import tokens
from harness.load.tokens import Issuing, logged_in, minted
from harness.load.users import TEMPLATE, generated, listed
from harness.signing_in import NotHad
from valkit.ids import SystemIds
from valkit.tokens import KeySet, SigningKey, TokenPolicy, Verifier, jwks

IDENTITY = TEMPLATE + "identity: {issuer: 'https://127.0.0.3:8443', client_id: val-client}\n"


def test_minted_tokens_hold_and_name_their_users() -> None:
    """Each is for one user, for the services named; a token that was given stays."""
    key = SigningKey.generate("ES256")
    users = minted(
        generated(TEMPLATE, "", 2), Issuing(key, "https://i", "val-server", ("dispatch",), 60), 1e9, SystemIds()
    )
    verifier = Verifier(TokenPolicy("https://i", "val-server"), KeySet.from_jwks(jwks(key)))
    for user in users:
        found = verifier.verify(user.token or "", 1e9)
        assert (found.val_user_id, tuple(found.val_service_ids)) == (user.name, ("dispatch",))
    assert minted(users, Issuing(key, "other", "x", ("y",), 60), 1e9, SystemIds()) == users


async def test_who_has_no_way_to_a_token_goes_without() -> None:
    """Nobody is asked."""
    users = generated(TEMPLATE, "", 3)
    assert await logged_in(None, users) == users


async def test_a_log_in_that_fails_is_told_with_whose_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """One is enough: a load without the tokens that were meant is worth nothing."""

    async def refused(_: Any) -> None:
        raise NotHad("Not signed in: wrong password.", 1)

    monkeypatch.setattr(tokens, "way_of", lambda _: None)
    monkeypatch.setattr(tokens, "without_browser", lambda *_: refused)
    users = listed(IDENTITY, "phone.yaml", "login,login_password\nalice,word", "users.csv")
    with pytest.raises(NotHad, match="alice: Not signed in: wrong password"):
        await logged_in(None, users)
