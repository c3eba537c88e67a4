from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from valkit.reginfo import Contact, RegInfo, Registration, read

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[2] / "vectors" / "reginfo.xsd"))

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
numbers = st.none() | st.integers(0, 2**32 - 1)
ENDINGS = ["expired", "deactivated", "probation", "unregistered", "rejected"]
contacts = st.builds(
    Contact,
    id=words,
    uri=st.just("sip:alice@127.0.0.11:5060"),
    active=st.booleans(),
    event=st.sampled_from(["registered", "created", "refreshed", "shortened", *ENDINGS]),
    expires=numbers,
    retry_after=numbers,
    call_id=st.none() | words,
    cseq=numbers,
    params=st.lists(st.tuples(words, words), max_size=2).map(tuple),
)
registrations = st.builds(
    Registration,
    aor=st.just("sip:alice@home.example"),
    id=words,
    state=st.sampled_from(["init", "active", "terminated"]),
    contacts=st.lists(contacts, max_size=3).map(tuple),
)
documents = st.builds(RegInfo, st.integers(0, 2**32 - 1), st.booleans(), st.lists(registrations, max_size=2).map(tuple))


@given(documents)
def test_what_is_written_is_valid_and_reads_as_the_same(document: RegInfo) -> None:
    """Every document is one of the schema of RFC 3680 5.4, and nothing of it is lost."""
    SCHEMA.assertValid(etree.fromstring(bytes(document)))
    assert read(bytes(document)) == document
