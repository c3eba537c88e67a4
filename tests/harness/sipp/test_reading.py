import pytest

from harness.sipp.reading import LARGEST, NotSipp, read

TEXT = b"""<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="one">
  <send retrans="500"><![CDATA[
    OPTIONS sip:a SIP/2.0
  ]]></send>
  <!-- nothing -->
  <recv response="200" rrs="true"><action><ereg regexp="x" search_in="msg" assign_to="1"/></action></recv>
</scenario>
"""


def test_commands_come_in_their_order_with_their_lines() -> None:
    """With attributes, message and actions; the document type of SIPp is passed over."""
    sipp = read(TEXT)
    assert sipp.name == "one"
    send, recv = sipp.commands
    assert (send.name, send.line, send.attributes) == ("send", 4, {"retrans": "500"})
    assert send.text.strip() == "OPTIONS sip:a SIP/2.0"
    assert (recv.line, recv.attributes["response"], recv.actions[0].name) == (8, "200", "ereg")


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"REGISTER sip:a SIP/2.0", "it is no XML"),
        (b"<IMSSubscription/>", "its root is IMSSubscription"),
        (b"<scenario>" + b" " * LARGEST + b"</scenario>", "more than 4 MB"),
    ],
)
def test_anything_else_is_refused(octets: bytes, why: str) -> None:
    """With what it is instead."""
    with pytest.raises(NotSipp, match=why):
        read(octets)


def test_entities_are_not_expanded() -> None:
    """Neither from within, nor from a file or the network."""
    bomb = b'<!DOCTYPE scenario [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    sipp = read(bomb + b'<scenario name="x"><send>&a;&b;</send></scenario>')
    assert "aaaa" not in sipp.commands[0].text
    assert "root:" not in sipp.commands[0].text
