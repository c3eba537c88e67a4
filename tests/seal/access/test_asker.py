"""Who an asker is."""

from seal.access.asker import Asker, bearer
from valkit.tokens import AccessToken

ACCESS = AccessToken("alice", ("dispatch",), "iss", "sub", "val-client", "j1", 2.0, 1.0, 0.0, "openid 3gpp:seal:x")


def test_the_bearer_of_a_token_is_whom_it_names() -> None:
    """With its services, client, scopes, and whatever else it says."""
    asker = bearer(ACCESS, {"SKeyProv": True})
    assert (asker.val_user_id, asker.val_service_ids, asker.client_id) == ("alice", ("dispatch",), "val-client")
    assert asker.scopes == {"openid", "3gpp:seal:x"}
    assert asker.claims["SKeyProv"] is True
    assert (asker.is_network, asker.name) == (False, "alice")


def test_a_network_function_is_known_by_what_is_asserted() -> None:
    """It is no VAL user and has no services."""
    asker = Asker(asserted="sip:val@home.example")
    assert (asker.is_network, asker.name, asker.val_user_id) == (True, "sip:val@home.example", "")


def test_claims_are_not_shown() -> None:
    """They may be private."""
    assert "hidden" not in repr(bearer(ACCESS, {"x": "hidden"}))
