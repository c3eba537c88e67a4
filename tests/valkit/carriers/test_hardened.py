"""valkit.carriers.hardened: what the XML parser must not be made to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.carriers import CarrierCause, CarrierError
from valkit.carriers.hardened import LARGEST, well_formed


def cause_of(body: bytes) -> CarrierCause:
    """Say why this is not read."""
    with pytest.raises(CarrierError) as caught:
        well_formed(body)
    return caught.value.cause


def test_a_document_is_read() -> None:
    """With a declaration, a byte order mark, or neither."""
    for body in (
        b"<a>\xc3\xa9</a>",
        b'<?xml version="1.0" encoding="UTF-8"?><a>\xc3\xa9</a>',
        b"\xef\xbb\xbf<a>\xc3\xa9</a>",
    ):
        assert well_formed(body).text == "é"


def test_security_entities_of_a_document_type() -> None:
    """Billion laughs, external entities and external types all need a DOCTYPE, and none is read."""
    bomb = b'<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    file = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    remote = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>'
    assert {cause_of(bomb), cause_of(file), cause_of(remote)} == {CarrierCause.DOCTYPE}


def test_security_document_type_in_another_encoding() -> None:
    """A DOCTYPE cannot hide in UTF-16 or UTF-7, since only UTF-8 is read, whatever the declaration says."""
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>'
    assert cause_of(bomb.encode("utf-16")) is CarrierCause.NOT_UTF8
    assert cause_of(bomb.encode("utf-16-le")) is CarrierCause.NOT_XML
    assert cause_of(b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE a+AD4-') is CarrierCause.NOT_XML


def test_security_include() -> None:
    """XInclude is not carried out: the element stays what it is."""
    body = b'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/passwd" parse="text"/></a>'
    assert not "".join(map(str, well_formed(body).itertext()))


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"", CarrierCause.NOT_XML),
        (b"<a>", CarrierCause.NOT_XML),
        (b"<a></b>", CarrierCause.NOT_XML),
        (b"<a/><b/>", CarrierCause.NOT_XML),
        (b"<a>&undefined;</a>", CarrierCause.NOT_XML),
        (b"<a>\x00</a>", CarrierCause.NOT_XML),
        (b"<a b='1' b='2'/>", CarrierCause.NOT_XML),
        (b"<x:a/>", CarrierCause.NOT_XML),
        (b"<a>" * 5000, CarrierCause.NOT_XML),
        (b"<a>\xff</a>", CarrierCause.NOT_UTF8),
        (b"<a>" + b"x" * LARGEST + b"</a>", CarrierCause.TOO_LARGE),
    ],
)
def test_what_is_refused(body: bytes, cause: CarrierCause) -> None:
    """Each has its cause."""
    assert cause_of(body) is cause


@given(st.binary(max_size=60) | st.text("<>a/=\"'&;:![]?- x#\x00é", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Only CarrierError comes out."""
    try:
        root = well_formed(body)
    except CarrierError:
        return
    assert root.tag
