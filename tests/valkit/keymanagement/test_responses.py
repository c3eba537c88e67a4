"""Responses."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valkit.keymanagement.support import CERTIFICATE, certificates, key_sets, names, provisioned, times, uris
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.responses import KmsCertCache, KmsError, KmsInit, KmsKeyProv, KmsResponse

MESSAGES = (
    st.builds(KmsInit, certificates)
    | st.builds(KmsKeyProv, st.lists(key_sets, max_size=3).map(tuple), st.lists(provisioned, max_size=2).map(tuple))
    | st.builds(KmsCertCache, st.integers(0, 999_999_999), st.lists(certificates, max_size=3).map(tuple))
)
ERRORS = st.builds(KmsError, st.integers(0, 999), names)
RESPONSES = st.builds(
    KmsResponse, uris, names, times, names, st.none() | names, st.none() | MESSAGES, st.none() | ERRORS
)


@given(RESPONSES)
def test_it_is_read_as_it_was_written(response: KmsResponse) -> None:
    """Every field."""
    assert KmsResponse.parse(bytes(response)) == response


@given(RESPONSES, st.data())
def test_one_that_was_damaged_on_its_way(response: KmsResponse, data: st.DataObject) -> None:
    """It is another one, or unreadable; nothing else comes of it."""
    body = bytearray(bytes(response))
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(Unreadable):
        assert isinstance(KmsResponse.parse(bytes(body)), KmsResponse)


def test_an_initialization_without_certificate() -> None:
    """Whoever is given none cannot go on."""
    body = bytes(KmsResponse("alice", "kms.x", 1.0, "https://kms.x/", message=KmsInit(CERTIFICATE)))
    with pytest.raises(Unreadable, match="no KmsCertificate"):
        KmsResponse.parse(body.replace(b"KmsCertificate", b"SignedKmsCertificate"))


def test_too_many_certificates() -> None:
    """A message has 32 at most."""
    message = KmsCertCache(1, (CERTIFICATE,) * 33)
    with pytest.raises(Unreadable, match="32 certificates"):
        KmsResponse.parse(bytes(KmsResponse("alice", "kms.x", 1.0, "https://kms.x/", message=message)))


@pytest.mark.parametrize("number", [b"-1", b"x", b"1" * 10])
def test_a_cache_number_that_is_none(number: bytes) -> None:
    """It is a number."""
    body = bytes(KmsResponse("alice", "kms.x", 1.0, "https://kms.x/", message=KmsCertCache(1, ())))
    with pytest.raises(Unreadable, match="CacheNum"):
        KmsResponse.parse(body.replace(b'CacheNum="1"', b'CacheNum="' + number + b'"'))
