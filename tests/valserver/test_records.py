"""What is known of an IMPU, as a binding and as text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valserver.records import Binding, Grant, Publication, Record, Registration, decode, encode, packed, unpacked

TIMES = st.floats(0, 1e12)
GRANTS = st.lists(st.builds(Grant, st.text(), st.text(), st.text(), TIMES), max_size=3).map(tuple)
RECORDS = st.builds(
    Record,
    st.text(),
    st.none() | st.text(),
    st.none() | st.builds(Registration, st.text(), st.text(), st.integers(0, 2**32), TIMES, GRANTS, st.text()),
    st.lists(st.builds(Publication, st.text(), st.text(), st.text(), TIMES, GRANTS), max_size=2).map(tuple),
)
BY_REGISTER = Registration("sip:scscf", "c", 1, 100.0, (Grant("dispatch", "phone", "j1", 50.0),))
BY_PUBLISH = Publication("e", "tablet", "t", 80.0, (Grant("video", "tablet", "j2", 50.0),))


@given(RECORDS)
def test_what_was_encoded_decodes_to_the_same(record: Record) -> None:
    """Any text and any time."""
    assert decode(encode(record)) == record


@given(RECORDS)
def test_what_was_packed_unpacks_to_the_same(record: Record) -> None:
    """Field by field, each of its own class."""
    assert unpacked(packed(record)) == record
    assert repr(unpacked(packed(record))) == repr(record)


def test_a_row_from_before_sets_were_known_is_read() -> None:
    """A store written by an earlier version is not thrown away."""
    registration = list(BY_REGISTER._replace(grants=()))[:5]
    assert decode(json.dumps(["sip:a", None, registration, []])).registration == BY_REGISTER._replace(grants=())


@pytest.mark.parametrize("text", ["", "[]", "null", '["a", "b", ["c"], []]', '["a", "b", null, null]', '{"a": 1}'])
def test_what_is_no_record_is_a_value_error(text: str) -> None:
    """Nothing else is raised for a damaged row."""
    with pytest.raises(ValueError):
        decode(text)


def test_a_binding_names_both_ways_it_came() -> None:
    """Services, clients and tokens of registration and publication, each once."""
    binding = Binding.of(Record("sip:a", "alice", BY_REGISTER, (BY_PUBLISH, BY_PUBLISH)))
    assert binding == Binding(
        "sip:a",
        "alice",
        ("dispatch", "video"),
        ("phone", "tablet"),
        ("REGISTER", "PUBLISH"),
        ("j1", "j2"),
        "sip:scscf",
        100.0,
    )


def test_a_binding_by_publish_alone_ends_with_it() -> None:
    """And it knows no registrar."""
    binding = Binding.of(Record("sip:a", "alice", None, (BY_PUBLISH,)))
    assert binding is not None
    assert (binding.registrar, binding.ends) == (None, 80.0)


def test_a_binding_ends_with_the_registration_at_the_latest() -> None:
    """A publication may be meant to live longer."""
    registration = BY_REGISTER._replace(grants=(), ends=60.0)
    binding = Binding.of(Record("sip:a", "alice", registration, (BY_PUBLISH,)))
    assert binding is not None
    assert (binding.via, binding.ends) == (("PUBLISH",), 60.0)


def test_what_is_only_registered_is_no_binding() -> None:
    """Nobody is bound."""
    assert Binding.of(Record("sip:a", None, BY_REGISTER._replace(grants=()), ())) is None
