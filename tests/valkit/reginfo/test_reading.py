import pytest

from valkit.reginfo import NAMESPACE, Contact, RegInfo, Registration, Unreadable, read

EXAMPLE = b"""<?xml version="1.0"?>
    <reginfo xmlns="urn:ietf:params:xml:ns:reginfo"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                 version="0" state="full">
      <registration aor="sip:user@example.com" id="as9"
                    state="active">
        <contact id="76" state="active" event="registered"
                 duration-registered="7322"
                 q="0.8">
                 <uri>sip:user@pc887.example.com</uri>
        </contact>
        <contact id="77" state="terminated" event="expired"
                 duration-registered="3600"
                 q="0.5">
                 <uri>sip:user@university.edu</uri>
        </contact>
      </registration>
    </reginfo>
"""
"""RFC 3680 5.3."""


def test_the_example_of_the_rfc() -> None:
    """It is read as it is meant."""
    contacts = (
        Contact("76", "sip:user@pc887.example.com", active=True, event="registered"),
        Contact("77", "sip:user@university.edu", active=False, event="expired"),
    )
    assert read(EXAMPLE) == RegInfo(0, True, (Registration("sip:user@example.com", "as9", "active", contacts),))


def test_foreign_elements_are_passed_over() -> None:
    """What other namespaces add, GRUUs for instance, changes nothing (5.1)."""
    gruu = b'<g:pub-gruu xmlns:g="urn:ietf:params:xml:ns:gruuinfo" uri="sip:x"/></contact>'
    assert read(EXAMPLE.replace(b"</contact>", gruu)) == read(EXAMPLE)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"no document", "XML"),
        (b'<!DOCTYPE reginfo><reginfo version="0" state="full"/>', "document type"),
        (b'<reginfo version="0" state="full"/>', "not reginfo"),
        (f'<reginfo xmlns="{NAMESPACE}" version="0" state="whole"/>'.encode(), "neither full nor partial"),
        (f'<reginfo xmlns="{NAMESPACE}" version="one" state="full"/>'.encode(), "version of reginfo is not a number"),
        (f'<reginfo xmlns="{NAMESPACE}" version="4294967296" state="full"/>'.encode(), "beyond 32 bits"),
        (EXAMPLE.replace(b' id="76"', b""), "contact has no id"),
        (EXAMPLE.replace(b'aor="sip:user@example.com"', b""), "registration has no aor"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, why: str) -> None:
    """One exception for every fault, with a reason."""
    with pytest.raises(Unreadable, match=why):
        read(body)
