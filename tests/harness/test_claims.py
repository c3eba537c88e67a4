from harness.claims import token_in
from tests.harness.scenes import TOKEN, request


def test_a_token_is_told_by_its_claims() -> None:
    """Who speaks, for which services, and which token it is; never the token."""
    claimed = token_in(request(token=TOKEN))
    assert claimed is not None
    assert (claimed.val_user_id, claimed.val_service_ids, claimed.jti) == ("alice", ("dispatch",), "token-1")
    assert str(claimed) == "token: alice in dispatch"
    assert TOKEN not in repr(claimed)


def test_no_token_is_none() -> None:
    """A request without a body carries none."""
    assert token_in(request()) is None


def test_what_is_no_token_is_told_as_unreadable() -> None:
    """Something stands where a token should, and cannot be read: that is a token for whoever asks if there is one."""
    assert str(token_in(request(token="not-a-token"))) == "token: ? in ?"
