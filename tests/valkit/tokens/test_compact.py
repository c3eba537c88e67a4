"""valkit.tokens.compact: a token cut at its dots, in exactly one spelling."""

from base64 import urlsafe_b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import jose
from valkit.tokens import Cause, TokenRejected
from valkit.tokens.compact import LONGEST, decode, payload_of, split


def cause_of(token: bytes) -> Cause:
    """Say why this is no token."""
    with pytest.raises(TokenRejected) as caught:
        split(token)
    return caught.value.cause


def test_the_token_of_rfc_7515() -> None:
    """A.1.1: three segments, of which the signature has 32 bytes."""
    segments = split(jose.HS256_TOKEN.encode())
    assert decode(segments.header) == b'{"typ":"JWT",\r\n "alg":"HS256"}'
    assert decode(segments.payload).startswith(b'{"iss":"joe",\r\n')
    assert segments.signed == segments.header + b"." + segments.payload
    assert len(segments.signature) == 32


@given(st.binary(max_size=70), st.binary(max_size=70), st.binary(max_size=70))
def test_segments_come_out_as_they_went_in(header: bytes, payload: bytes, signature: bytes) -> None:
    """Any bytes can be a segment."""
    text = b".".join(urlsafe_b64encode(data).rstrip(b"=") for data in (header, payload, signature))
    segments = split(text)
    assert (decode(segments.header), decode(segments.payload), segments.signature) == (header, payload, signature)


@given(st.text("ABab01-_", max_size=12).map(str.encode))
def test_one_text_for_one_value(text: bytes) -> None:
    """A segment that decodes is the one that encoding gives: there is no second spelling of a token."""
    with suppress(TokenRejected):
        assert urlsafe_b64encode(decode(text)).rstrip(b"=") == text


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"a",
        b"AA.AA",
        b"AA.AA.AA.AA",
        b"AA.AA.AA=",
        b"AA.AA.AA==",
        b"AA.AA. AA",
        b"AA.AA.AA\n",
        b" AA.AA.AA",
        b"AA.AA.A+",
        b"AA.AA.A/",
        b"AA.AA.\xff\xff",
        b"AA.AA.A",
        b"AA.AA.AB",
        b"AA.AA.AAB",
    ],
)
def test_what_is_no_token(token: bytes) -> None:
    """Wrong number of segments, padding, white space, the other alphabet, a lonely character, bits left over."""
    assert cause_of(token) is Cause.MALFORMED


def test_stray_bits_in_header_and_payload_are_seen_when_they_are_read() -> None:
    """Header and payload are decoded later, by the same rule."""
    with pytest.raises(TokenRejected):
        decode(split(b"AB.AA.AA").header)


def test_an_encrypted_token_is_told_apart() -> None:
    """Five segments are a JWE (RFC 7516 7.1), which has a cause of its own."""
    assert cause_of(b"AA.AA.AA.AA.AA") is Cause.ENCRYPTED


def test_a_huge_token_is_refused_before_it_is_read() -> None:
    """Length is checked first."""
    assert cause_of(b"A" * (LONGEST + 1)) is Cause.TOO_LONG


def test_a_payload_can_be_read_without_being_believed() -> None:
    """To choose whose key is to be asked for; what is none is refused with its cause."""
    assert payload_of("e30.eyJpc3MiOiJhIn0.AAAA") == {"iss": "a"}
    for text in ("e30.W10.AAAA", "e30.AAAA.AAAA", "a.b", "\u00e4"):
        with pytest.raises(TokenRejected) as caught:
            payload_of(text)
        assert caught.value.cause is Cause.MALFORMED
