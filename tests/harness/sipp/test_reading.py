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


@pytest.mark.parametrize(
    ("octets", "line"),
    [
        (b"<?xml version='1.0'?>\n<scenario>\n<send>\n</scenario>", 4),
        (b"\n\n<other/>", 3),
        (b"<?xml version='1.0' encoding='UTF-8'?>\n<scenario name='\xff'/>", 2),
        (b"<?xml version='1.0' encoding='martian'?><scenario/>", 1),
        (b"", 1),
    ],
)
def test_where_it_is_wrong_is_told(octets: bytes, line: int) -> None:
    """By the line, and without a word about the parser's own names for the file."""
    with pytest.raises(NotSipp) as refused:
        read(octets)
    assert refused.value.line == line
    assert "string" not in str(refused.value)


@pytest.mark.parametrize(
    ("declared", "used"),
    [
        ('<!ENTITY a "aaaa">', "a"),
        ('<!ENTITY b SYSTEM "file:///etc/passwd">', "b"),
        ('<!ENTITY a "aa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">', "c"),
        ('<!ENTITY % p "x">', "lt"),
    ],
)
def test_entities_are_refused(declared: str, used: str) -> None:
    """Neither from within, nor from a file or the network: what would be left out would not be told."""
    bomb = f'<!DOCTYPE scenario [{declared}]><scenario name="x"><send>&{used};</send></scenario>'
    with pytest.raises(NotSipp, match="it declares entities"):
        read(bomb.encode())


def test_what_sipp_takes_in_attributes_is_taken() -> None:
    """`<` and `&`, which XML wants escaped; messages and comments stay as they are, and lines where they are."""
    octets = b"""
<scenario name="a & b &amp; &#99;">
  <!-- "<&" -->
  <nop display='x > y'><action>
    <ereg regexp="<sip:([^>]*)>&" header="To:"/>
  </action></nop>
  <send><![CDATA[ a < b & "c" ]]></send>
</scenario>"""
    sipp = read(octets)
    assert sipp.name == "a & b & c"
    nop, send = sipp.commands
    assert nop.attributes["display"] == "x > y"
    assert (nop.actions[0].attributes["regexp"], nop.actions[0].line) == ("<sip:([^>]*)>&", 5)
    assert send.text == ' a < b & "c" '


def test_latin_1_is_read_as_it_says() -> None:
    """Most scenarios say so."""
    assert read("<?xml version='1.0' encoding='ISO-8859-1'?><scenario name='Grüße'/>".encode("latin-1")).name == "Grüße"
