from harness.forgery.workshop import Workshop, encoded, header
from valkit.tokens import SigningKey


def test_a_member_that_is_none_is_left_out() -> None:
    """Written without spaces, as issuers write it."""
    assert encoded({"alg": None, "kid": "a"}) == b'{"kid":"a"}'


def test_forger_and_issuer_have_keys_of_one_kind() -> None:
    """So that only the kid tells them apart, and no key is shown."""
    workshop = Workshop(SigningKey.generate("ES256"), SigningKey.generate("ES256"))
    assert header(workshop.key) | {"kid": ""} == header(workshop.stranger) | {"kid": ""}
    assert workshop.key.kid != workshop.stranger.kid
    assert repr(workshop) == "Workshop()"
