"""REGISTERs as cores, phones and SIPp send them."""

import pytest

from harness.third_party import is_third_party, names_another
from tests.harness.diagnosis.test_registering import GRANTED, OWN, TOLD, request


def test_a_third_party_register_is_known_by_its_from() -> None:
    """It is not whom To names; and it has no Digest, though perhaps the token in a header."""
    assert is_third_party(TOLD.message)
    assert is_third_party(request(sender="scscf", Authorization="Bearer ey"))
    assert not is_third_party(OWN.message)
    assert not is_third_party(GRANTED.message)
    assert not is_third_party(request("PUBLISH", sender="scscf"))
    assert not is_third_party(request(sender="night", Authorization='Digest username="a"'))
    assert not is_third_party(OWN.message.with_header("From", "<sip:a b>;tag=1"))


@pytest.mark.parametrize(
    ("sender", "whom", "another"),
    [
        ("sip:scscf@home.example", "sip:alice@home.example", True),
        ("sip:scscf.home.example:6060", "sip:alice@home.example", True),
        ("sip:scscf.home.example", "tel:+15550100", True),
        ("sip:alice@home.example", "sip:alice@home.example", False),
        ("sip:alice@192.0.2.1:5061", "sip:alice@192.0.2.3:5060", False),
        ("SIP:%61lice@home.example", "sips:alice@other.example;transport=tcp", False),
        ("sip:+15550100;phone-context=x@home.example;user=phone", "tel:+1-555-0100", False),
        ("sip:[field0]@[local_ip]:[local_port]", "sip:[field0]@[remote_ip]:[remote_port]", False),
        ("urn:service:sos", "urn:service:sos", False),
    ],
)
def test_the_user_counts_and_the_host_does_not(sender: str, whom: str, *, another: bool) -> None:
    """SIPp has its own address in From; an S-CSCF has a user of its own, or none."""
    assert names_another(sender, whom) == another
