"""The XML, read with suspicion."""

import pytest

from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.markup import KMS, Reading, add, document, element

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f'<KmsRequest xmlns="{KMS}"><UserUri>&b;</UserUri></KmsRequest>'
)
EXTERNAL = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    f'<KmsRequest xmlns="{KMS}"><UserUri>&a;</UserUri></KmsRequest>'
)


def reading(inner: str, **namespaces: str) -> Reading:
    """Read a document with this in it."""
    declared = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in namespaces.items())
    return Reading.of(f'<KmsRequest xmlns="{KMS}"{declared}>{inner}</KmsRequest>'.encode(), "KmsRequest")


@pytest.mark.parametrize("body", [BOMB, EXTERNAL])
def test_a_document_type_is_refused_before_it_is_parsed(body: str) -> None:
    """So no bomb goes off, and no file is read."""
    with pytest.raises(Unreadable, match="document type"):
        Reading.of(body.encode(), "KmsRequest")


def test_too_large_a_document() -> None:
    """64 KiB are enough."""
    with pytest.raises(Unreadable, match="bytes"):
        Reading.of(b" " * 65_537, "KmsRequest")


@pytest.mark.parametrize(
    "body", [b"", b"<", b"\xff", b"<KmsRequest/>", b'<KmsResponse xmlns="urn:3gpp:ns:mcsecKMSInterface:1.0"/>']
)
def test_another_document(body: bytes) -> None:
    """It must be well-formed, of this name and of this namespace."""
    with pytest.raises(Unreadable):
        Reading.of(body, "KmsRequest")


def test_elements_of_other_namespaces_are_passed_over() -> None:
    """The schema lets others extend it (TS 33.180 D.3.5)."""
    found = reading("<x:Time>1</x:Time><Time>2</Time><x:More/>", x="urn:example:x")
    assert found.number("Time") == 2


@pytest.mark.parametrize(
    ("inner", "question"),
    [
        ("", "text"),
        ("<A/>", "text"),
        ("<A>1</A><A>2</A>", "text"),
        ("<A><B/></A>", "text"),
        (f"<A>{'a' * 2049}</A>", "text"),
        ("<A>a\tb</A>", "text"),
        ("<A>-1</A>", "number"),
        ("<A>\u0661</A>", "number"),
        ("<A>1234567890123</A>", "number"),
        ("<A>maybe</A>", "flag"),
        ("<A>ABC</A>", "octets"),
        ("<A>now</A>", "time"),
        ("<A>!</A>", "identity"),
    ],
)
def test_what_is_not_as_it_must_be(inner: str, question: str) -> None:
    """Each has a sentence that names the element."""
    with pytest.raises(Unreadable):
        getattr(reading(inner), question)("A")


def test_what_may_be_left_out() -> None:
    """An empty one is as good as none."""
    found = reading("<A/>")
    assert (found.optional("A"), found.optional_number("B"), found.optional_time("C")) == (None, None, None)
    assert not found.flag("D")


def test_identities_in_both_ways_that_are_in_use() -> None:
    """Hexadecimal as in the standard's examples, or base64."""
    found = reading(f"<A>{'AB' * 32}</A><B>{'q6ur' * 10}q6s=</B>")
    assert found.identity("A") == found.identity("B") == b"\xab" * 32


def test_wrapped_keys_are_not_taken_for_keys() -> None:
    """What is wrapped in a transport key (EncKeyContentType) is not understood, and is no key."""
    found = reading('<A y:type="EncKeyContentType">AB</A>', y="http://www.w3.org/2001/XMLSchema-instance")
    with pytest.raises(Unreadable, match="wrapped in another key"):
        found.key("A")


def test_values_as_they_are_written() -> None:
    """Nothing is written for None."""
    root = element("KmsRequest")
    for value in (True, False, b"\xab", 7, None):
        add(root, "A", value)
    assert [each.text for each in root] == ["true", "false", "AB", "7"]
    assert document(root).startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
