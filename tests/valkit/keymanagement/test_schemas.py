"""The schemas in docs/schemas say what is written: every document is valid, and one that is not theirs is not."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from lxml import etree

from tests.valkit.keymanagement.test_requests import REQUESTS
from tests.valkit.keymanagement.test_responses import RESPONSES
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.responses import KmsResponse

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parents[3] / "docs" / "schemas" / "keymanagement.xsd"))
REQUEST = KmsRequest("alice", "kms.home.example", 1.0, "https://kms.home.example/")


def faults(body: bytes) -> list[str]:
    """Give what the schema has against a document."""
    SCHEMA.validate(etree.fromstring(body))
    log: Any = SCHEMA.error_log  # the stubs know of no way to read it
    return [str(entry.message) for entry in log]


@given(REQUESTS)
def test_requests_are_valid(request: KmsRequest) -> None:
    """Whatever is in them."""
    assert faults(bytes(request)) == []


@given(RESPONSES)
def test_responses_are_valid(response: KmsResponse) -> None:
    """Each kind of message, and errors."""
    assert faults(bytes(response)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<UserUri>alice</UserUri>", b""),
        (b"UserUri", b"UserURI"),
        (b"1970-01-01T00:00:01Z", b"yesterday"),
        (b"mcsecKMSInterface:1.0", b"mcsecKMSInterface:2.0"),
    ],
)
def test_others_are_not(old: bytes, new: bytes) -> None:
    """So that a schema that lets everything pass would be noticed."""
    assert faults(bytes(REQUEST)) == []
    assert faults(bytes(REQUEST).replace(old, new)) != []
