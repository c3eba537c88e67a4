"""Answers of a key management server changed on their way."""

from typing import Any

import pytest
from attrs import evolve

from harness.lab.tampering import CERTIFICATES, KEYS, KINDS, Tampering, changed
from tests.support import result_of
from tests.ue_sim.keys.kms import HOME, NUMBER, URL, FakeKms, answer, client
from ue_sim.keys.errors import Doubtful, Refused
from valkit.keymanagement.responses import KmsCertCache, KmsInit, KmsKeyProv, KmsResponse


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_one_that_a_client_must_not_believe(kind: str) -> None:
    """And without it the same answer is believed."""
    kms: Any = FakeKms()
    way = Tampering(kms)
    phone: Any = client(kms)
    phone._https = way
    way.kind = kind
    with pytest.raises(Doubtful):
        result_of(phone.fetch("t", "alice"))
    way.kind = None
    assert result_of(phone.fetch("t", "alice")).user == "alice"


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_else_is_changed(kind: str) -> None:
    """A certificate where it is about keys, keys where it is about the certificate, and other messages not at all."""
    init, keys = KmsInit(HOME.certificate), KmsKeyProv((HOME.key_set("alice", NUMBER),))
    response = KmsResponse("alice", "kms", 1.0, "/", message=init)
    assert (changed(response, kind) == response) == (kind in KEYS)
    response = evolve(response, message=keys)
    assert (changed(response, kind) == response) == (kind in CERTIFICATES)
    response = evolve(response, message=KmsCertCache(1, ()))
    assert changed(response, kind) == response


def test_refusals_are_left_as_they_are() -> None:
    """There is nothing in them to be changed."""
    kms: Any = FakeKms(change_answer=lambda _: answer(b"{}", 401, "application/json"))
    phone: Any = client(kms)
    phone._https = Tampering(kms, "rsk")
    with pytest.raises(Refused):
        result_of(phone.fetch("t", "alice"))
    assert kms.asked[0][0].startswith(f"POST {URL}")
