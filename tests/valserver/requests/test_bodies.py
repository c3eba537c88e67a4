"""Bodies understood, extensions refused, identities made canonical."""

import pytest

from tests.valserver.parts import register
from valkit.sip import parse_uri
from valserver.errors import Refusal, Refused
from valserver.requests.bodies import REGISTER_BODIES, impu_of, require_body, require_extensions, token_bodies


@pytest.mark.parametrize("kind", ["message/sip", "Message/SIP; x=y", "multipart/mixed;boundary=b", "multipart/related"])
def test_a_known_body_is_taken(kind: str) -> None:
    """In any spelling; multiparts of any kind are looked into."""
    require_body(register().with_body(b"x", kind), REGISTER_BODIES)


def test_the_bodies_of_carriers_are_theirs() -> None:
    """A header has none."""
    assert token_bodies(["bearer", "mcvideo-info"]) == ("application/vnd.3gpp.mcvideo-info+xml",)


def test_an_unknown_body_is_refused() -> None:
    """RFC 3261 8.2.3."""
    with pytest.raises(Refused) as refused:
        require_body(register().with_body(b"v=0", "application/sdp"), REGISTER_BODIES)
    assert refused.value.refusal is Refusal.UNKNOWN_BODY


def test_an_unknown_body_may_be_optional() -> None:
    """RFC 3261 20.11."""
    request = register().with_body(b"v=0", "application/sdp")
    require_body(request.with_header("Content-Disposition", "render; handling = Optional"), REGISTER_BODIES)


def test_no_body_is_no_fault() -> None:
    """Whatever Content-Type says."""
    require_body(register(Content_Type="application/sdp"), REGISTER_BODIES)


def test_no_extension_is_supported() -> None:
    """RFC 3261 8.2.2.3."""
    require_extensions(register())
    with pytest.raises(Refused, match="requires path"):
        require_extensions(register(Require="path"))


@pytest.mark.parametrize(
    ("uri", "impu"),
    [
        ("sip:alice@home.example", "sip:alice@home.example"),
        ("SIP:%61lice@HOME.example;user=phone", "sip:alice@home.example"),
        ("sip:Alice@home.example", "sip:Alice@home.example"),
        ("tel:+1-555(0100)", "tel:+15550100"),
        ("sip:home.example", "sip:home.example"),
    ],
)
def test_an_identity_has_one_spelling(uri: str, impu: str) -> None:
    """RFC 3261 10.3, step 5; and the short way agrees with the long one."""
    assert impu_of(uri) == impu == parse_uri(uri).aor()


@pytest.mark.parametrize("uri", ["", "alice", "sip:", "sip:a@b@c", "sip:al ice@home.example"])
def test_what_is_no_identity_is_refused(uri: str) -> None:
    """With a cause for the log."""
    with pytest.raises(Refused, match="not an identity"):
        impu_of(uri)


def test_an_identity_is_text() -> None:
    """Octets that are no UTF-8 could not be stored."""
    with pytest.raises(Refused):
        impu_of("urn:\udcff")


@pytest.mark.parametrize("uri", ["urn:x:y\0z", "urn:x:\x1b[31m"])
def test_an_identity_has_no_control_characters(uri: str) -> None:
    """Behind a NUL two identities would be kept as one, and one that was answered 200 would be forgotten."""
    with pytest.raises(Refused) as refused:
        impu_of(uri)
    assert refused.value.refusal is Refusal.BAD_REQUEST
