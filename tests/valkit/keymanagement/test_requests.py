"""Requests."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valkit.keymanagement.support import names, provisioned, times, uris
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.requests import KmsRequest

REQUESTS = st.builds(
    KmsRequest,
    uris,
    names,
    times,
    names,
    st.none() | names,
    st.none() | names,
    st.lists(provisioned, max_size=3).map(tuple),
)


@given(REQUESTS)
def test_it_is_read_as_it_was_written(request: KmsRequest) -> None:
    """Every field."""
    assert KmsRequest.parse(bytes(request)) == request


@given(REQUESTS, st.data())
def test_one_that_was_damaged_on_its_way(request: KmsRequest, data: st.DataObject) -> None:
    """It is another one, or unreadable; nothing else comes of it."""
    body = bytearray(bytes(request))
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(Unreadable):
        assert isinstance(KmsRequest.parse(bytes(body)), KmsRequest)


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """They are no request."""
    with pytest.raises(Unreadable):
        KmsRequest.parse(body)


def test_too_many_keys() -> None:
    """A request provisions sixteen at most."""
    keys = (ProvisionedKey("k", "dispatch", b"x"),) * 17
    with pytest.raises(Unreadable, match="16 keys"):
        KmsRequest.parse(bytes(KmsRequest("alice", "kms.x", 1.0, "https://kms.x/", keys=keys)))


def test_a_signed_request_is_not_understood() -> None:
    """Its signature would not be checked, so it is not taken for one that was."""
    inner = bytes(KmsRequest("alice", "kms.x", 1.0, "https://kms.x/")).partition(b"\n")[2]
    body = b'<SignedKmsRequest xmlns="urn:3gpp:ns:mcsecKMSInterface:1.0">' + inner + b"</SignedKmsRequest>"
    with pytest.raises(Unreadable, match="no KmsRequest"):
        KmsRequest.parse(body)
