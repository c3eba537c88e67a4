import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.valkit.xcap.rfc4825 import ERROR_SCHEMA
from valkit.xcap import Condition, ConflictReport, Existing

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@pytest.mark.parametrize("condition", [each for each in Condition if each is not Condition.EXTENSION], ids=str)
def test_every_report_follows_the_schema(condition: Condition) -> None:
    """The one of RFC 4825 11.2."""
    ancestor = "/xcap/a/users/b/c/~~/d" if condition is Condition.NO_PARENT else None
    existing = (Existing("a/b/@uri", ("x", "y")),) if condition is Condition.NOT_UNIQUE else ()
    ERROR_SCHEMA.assertValid(etree.fromstring(bytes(ConflictReport(condition, "it is so", ancestor, existing))))


@given(st.sampled_from(Condition), TEXT, st.none() | TEXT.filter(bool))
def test_what_is_written_is_read_back(condition: Condition, phrase: str, ancestor: str | None) -> None:
    """All of it."""
    report = ConflictReport(condition, phrase, ancestor, (Existing("a/@b", ("c",)), Existing("d")))
    assert ConflictReport.read(bytes(report)) == report


@given(st.text(max_size=20))
def test_whatever_is_said_can_be_written(text: str) -> None:
    """A URI may name characters that XML has not."""
    existing = (Existing(text, (text,)),)
    read = ConflictReport.read(bytes(ConflictReport(Condition.NOT_UNIQUE, text, text, existing)))
    assert len(read.phrase) == len(text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a/>",
        b"<xcap-error xmlns='urn:ietf:params:xml:ns:xcap-error'/>",
        b"<xcap-error xmlns='urn:ietf:params:xml:ns:xcap-error'><unknown/></xcap-error>",
        b"<!DOCTYPE a><xcap-error xmlns='urn:ietf:params:xml:ns:xcap-error'><no-parent/></xcap-error>",
        b"<a>" + b" " * 70_000 + b"</a>",
    ],
)
def test_what_is_no_report_is_refused(body: bytes) -> None:
    """A server may send anything."""
    with pytest.raises(ValueError, match=r"^(it is|the condition)"):
        ConflictReport.read(body)
