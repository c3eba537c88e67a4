"""The file in which keys outlive a command."""

import json

import pytest
from attrs import evolve

from tests.support import result_of
from tests.ue_sim.keys.kms import NOW, NUMBER, FakeKms, client
from ue_sim.keys.errors import Doubtful
from ue_sim.keys.ring import KeyRing
from ue_sim.keys.saved import ring_of, text_of
from valkit.ids import SystemIds
from valkit.keymanagement.errors import Unreadable
from valkit.settings import SettingsError


def fetched() -> KeyRing:
    """Give a ring with everything in it."""
    phone = client(FakeKms())
    result_of(phone.fetch("t", "alice"))
    ring: KeyRing = result_of(phone.fetch_others("t"))
    return ring


def test_it_is_read_as_it_was_written() -> None:
    """Keys, certificates, provisioned keys; and they work."""
    ring = fetched()
    again = ring_of(text_of(ring), "keys.json", NOW)
    assert again == ring
    bob = KeyRing("bob", ring.kms)
    bob.verify(b"text", again.sign(b"text", NOW, SystemIds()), "alice", NOW)


def test_what_was_changed_in_it_is_not_believed() -> None:
    """A file is no better than an answer."""
    members = json.loads(text_of(fetched()))
    with pytest.raises(Doubtful, match="another user's"):
        ring_of(json.dumps(members | {"user": "bob"}), "keys.json", NOW)
    swapped = members | {"key_sets": [members["key_sets"][0].replace(str(NUMBER), str(NUMBER + 1))]}
    with pytest.raises(Doubtful, match="UID"):
        ring_of(json.dumps(swapped), "keys.json", NOW)


def test_a_certificate_that_is_over() -> None:
    """Its keys are of no use any more."""
    ring = fetched()
    ring.kms = evolve(ring.kms, certificate=evolve(ring.kms.certificate, valid_to=NOW + 1))
    with pytest.raises(Doubtful, match="does not hold now"):
        ring_of(text_of(ring), "keys.json", NOW + 1)


def test_a_certificate_of_another_domain_that_is_over_is_left_out() -> None:
    """Own keys are none the worse for it, and all such certificates are asked for again."""
    ring = fetched()
    [(uri, other)] = ring.others.items()
    ring.others = {uri: evolve(other, certificate=evolve(other.certificate, valid_to=NOW - 1))}
    again = ring_of(text_of(ring), "keys.json", NOW)
    assert (again.others, again.cache_number, again.numbers) == ({}, None, ring.numbers)


@pytest.mark.parametrize("change", [{"certificate": "<x/>"}, {"key_sets": ["<"]}, {"provisioned": ["<x/>"]}])
def test_what_is_no_such_file(change: dict[str, object]) -> None:
    """It is said; keys are not shown."""
    members = json.loads(text_of(fetched()))
    with pytest.raises(Unreadable):
        ring_of(json.dumps(members | change), "keys.json", NOW)
    with pytest.raises(SettingsError, match=r"keys\.json"):
        ring_of("{}", "keys.json", NOW)
