from harness.evidence.exported import pdu
from harness.seen.capture import _pdu
from tests.harness.scenes import request
from valkit.sip import Hop
from valkit.trace import Message


def test_what_our_own_captures_export_is_read() -> None:
    """With both ends; TLS is told as TCP, which it is over."""
    for transport, read in (("udp", "udp"), ("tcp", "tcp"), ("tls", "tcp")):
        for host in ("192.0.2.1", "::1"):
            message = Message(1.0, Hop(transport, host, 5060), Hop(transport, host, 5061), request())
            found = pdu(_pdu(message))
            assert found is not None
            assert (found.source, found.target) == (Hop(read, host, 5060), Hop(read, host, 5061))
            assert found.octets.startswith(b"REGISTER sip:home.example SIP/2.0\r\n")


def test_without_addresses_the_message_is_read_all_the_same() -> None:
    """Wireshark exports what it knows."""
    assert pdu(b"\x00\x0c\x00\x04sip\x00\x00\x00\x00\x00hello") == (None, None, b"hello")


def test_tags_that_do_not_end_are_none() -> None:
    """Nor are those that claim more than there is."""
    assert pdu(b"\x00\x0c\x00\x04sip\x00") is None
    assert pdu(b"\x00\x0c\xff\xffsip") is None
    assert pdu(b"") is None
