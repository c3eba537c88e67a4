"""valkit.carriers.bearer: the token in a header."""

import pytest

from tests.valkit.carriers.support import INFO, OTHER, TOKEN, enclosing, register
from valkit.carriers import BEARER, CARRIERS, Carried, CarrierCause, CarrierError, by_kind, find_tokens
from valkit.sip.message import Request

DIGEST = (
    'Digest username="alice@home.example",realm="home.example",nonce="bm9uY2U=",uri="sip:home.example",response="0"'
)


def bearing(value: str, message: Request | None = None) -> Request:
    """Add such a header behind the one of IMS AKA."""
    message = register(None) if message is None else message
    return message.adding("Authorization", DIGEST).adding("Authorization", value)


@pytest.mark.parametrize("value", [f"Bearer {TOKEN}", f"bearer  {TOKEN}", f"BEARER\t{TOKEN}"])
def test_the_header_is_read(value: str) -> None:
    """In the message itself and in the REGISTER that a core encloses, whatever the scheme's case."""
    assert find_tokens(bearing(value)) == Carried(TOKEN, None, "bearer")
    carried = find_tokens(enclosing(bearing(value)))
    assert carried == Carried(TOKEN, None, "bearer", "<sip:alice@home.example>")


def test_what_is_written_is_read() -> None:
    """As RFC 8898 has it."""
    name, value = BEARER.write(TOKEN)
    assert (name, BEARER.read(value.encode())) == ("Authorization", Carried(TOKEN, None, "bearer"))


@pytest.mark.parametrize("value", ["Bearer", "Bearer a b", 'Bearer "a"', "Bearer a,b", "Bearer \udcff"])
def test_another_form_is_not_believed(value: str) -> None:
    """It is a doubt, not the absence of a token."""
    with pytest.raises(CarrierError) as caught:
        find_tokens(bearing(value))
    assert caught.value.cause is CarrierCause.UNREADABLE


def test_the_digest_of_ims_aka_is_no_bearer() -> None:
    """Nor is another scheme that begins alike."""
    assert find_tokens(register(None).adding("Authorization", DIGEST)) is None
    assert find_tokens(bearing(f"Bearer2 {TOKEN}")) is None


def test_where_it_is_not_asked_for_it_is_not_found() -> None:
    """A server that wants tokens in documents only looks at no header."""
    documents = by_kind(row for row in CARRIERS.values() if row is not BEARER)
    assert find_tokens(bearing(f"Bearer {TOKEN}"), documents) is None


def test_a_header_and_a_body_must_agree() -> None:
    """Two tokens are one too many, wherever they stand; the same one without a client is another statement."""
    with pytest.raises(CarrierError, match="two tokens"):
        find_tokens(bearing(f"Bearer {OTHER}", register(INFO)))
