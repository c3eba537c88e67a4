import pytest
from lxml import etree

from seal.xcap import capabilities
from seal.xcap.conditions import etag_of
from seal.xcap.errors import Refused
from seal.xcap.handling import Request
from tests.valkit.xcap.rfc4825 import CAPS_SCHEMA
from valkit.xcap import XcapUri

TEXT = capabilities.document(["ptt"], ["urn:a"])


def test_the_document_follows_its_schema() -> None:
    """RFC 4825 12.2; it names itself, too."""
    root = etree.fromstring(TEXT)
    CAPS_SCHEMA.assertValid(root)
    said = [each.text for each in root.iter() if each.text]
    assert said == ["xcap-caps", "ptt", capabilities.NAMESPACE, "urn:a"]


def test_it_is_read_as_a_whole() -> None:
    """With a tag, and by nobody written."""
    uri = XcapUri(capabilities.SELECTOR)
    answer = capabilities.answer(Request("GET", uri), TEXT)
    assert (answer.status, answer.body, answer.headers["ETag"]) == (200, TEXT, etag_of(TEXT))
    assert capabilities.answer(Request("GET", uri, if_none_match=etag_of(TEXT)), TEXT).status == 304
    for request, status in (
        (Request("PUT", uri), 405),
        (Request("GET", XcapUri(capabilities.SELECTOR, ("xcap-caps",))), 404),
    ):
        with pytest.raises(Refused) as raised:
            capabilities.answer(request, TEXT)
        assert raised.value.status == status
