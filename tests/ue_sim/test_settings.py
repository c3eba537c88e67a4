from pathlib import Path

import pytest

from ue_sim.settings import Carrier, Timing, UeSettings
from valkit.settings import SettingsError, read
from valkit.sip.hop import Hop

MINIMAL = """\
impi: alice@home.example
impu: sip:alice@home.example
usim:
  k: 000102030405060708090a0b0c0d0e0f
  opc: 101112131415161718191a1b1c1d1e1f
"""


def settings(more: str = "", text: str = MINIMAL) -> UeSettings:
    """Read a file of this text."""
    return read(UeSettings, text + more, "ue.yaml")


def test_a_minimal_file_is_enough() -> None:
    """Who the phone is and its card; all else has a default."""
    phone = settings()
    assert (phone.home, phone.carrier, phone.publish.event) == ("home.example", Carrier.VAL_INFO, "poc-settings")
    assert phone.usim.k == bytes(range(16))
    assert phone.publish.expires == 4294967295


def test_a_phone_without_a_card_is_told_what_to_write() -> None:
    """Which keys, and how they are written."""
    text = MINIMAL.partition("usim:")[0]
    with pytest.raises(SettingsError, match=r"usim: is missing \(expected: .*\{k: 32 hexadecimal digits, opc: 32 hex"):
        settings(text=text)


def test_the_instance_is_the_same_each_time() -> None:
    """It is a UUID that follows from the IMPI, and stands for the client too (RFC 5626 4.1)."""
    assert settings().instance_id == settings().instance_id == settings().client_id
    assert settings().instance_id.startswith("urn:uuid:")
    assert settings("instance: urn:x:1\nclient: c1\n").client_id == "c1"


def test_everything_can_be_set() -> None:
    """A file with all that a phone can be told."""
    phone = settings(
        "domain: ims.example\n"
        "core: udp:192.0.2.1:5060\n"
        "listen: tcp:192.0.2.11:0\n"
        "feature_tags: {+g.3gpp.mcptt: null, +g.3gpp.icsi-ref: urn}\n"
        "register_headers: {P-Access-Network-Info: IEEE-802.11}\n"
        "carrier: mcptt-info\n"
        "publish: {to: 'sip:val@home.example', expires: 3600, headers: {Accept-Contact: '*'}}\n"
        "timing: radio\n"
    )
    assert (phone.home, phone.core, phone.listen) == (
        "ims.example",
        Hop("udp", "192.0.2.1", 5060),
        Hop("tcp", "192.0.2.11", 0),
    )
    assert phone.feature_tags == {"+g.3gpp.mcptt": None, "+g.3gpp.icsi-ref": "urn"}
    assert (phone.carrier, phone.publish.expires, phone.timing.timers.t1) == (Carrier.MCPTT_INFO, 3600, 2.0)


def test_the_timers_are_those_of_the_network() -> None:
    """Without a radio in between T1 is 500 ms (RFC 3261); with one it is 2 s (TS 24.229 7.7)."""
    assert [timing.timers.t1 for timing in Timing] == [0.5, 2.0]


def test_the_sequence_number_is_hexadecimal() -> None:
    """As HSS and card makers write it."""
    text = MINIMAL + "  sqn: 00000000ff20\n"
    assert settings(text=text).usim.sqn == 0xFF20


@pytest.mark.parametrize(
    ("line", "other", "complaint"),
    [
        ("  opc: 101112131415161718191a1b1c1d1e1f\n", "", "expected exactly one of them"),
        ("  opc: 101112131415161718191a1b1c1d1e1f\n", "  opc: 1011\n", "expected 32 hexadecimal digits"),
        ("  k: 0001", "  answers: [SHA-256]\n  k: 0001", "answers no challenge that AKA can"),
        ("  k: 0001", "  answers: [AKAv3]\n  k: 0001", "is no challenge algorithm .expected one of AKAv1-MD5"),
        ("  k: 0001", "  k: xx01", "expected 32 or 64 hexadecimal digits"),
        ("impi: alice@home.example", "impi: alice", "expected something like alice@home.example"),
        ("impu: sip:alice@home.example", "impu: alice", "expected something like sip:alice@home.example"),
        ("usim:", "core: 192.0.2.1\nusim:", "expected something like udp:127.0.0.1:5060"),
        ("usim:", "carier: val-info\nusim:", "did you mean carrier"),
        ("  k:", "  sqn: 1000000000000\n  k:", "expected hexadecimal digits, at most 48 bits"),
    ],
)
def test_a_wrong_file_is_told_what_was_expected(line: str, other: str, complaint: str) -> None:
    """Each fault names what would have been right, and never shows a key."""
    assert line in MINIMAL
    with pytest.raises(SettingsError, match=complaint) as caught:
        settings(text=MINIMAL.replace(line, other))
    assert "0102030405" not in str(caught.value)


def test_keys_are_not_shown() -> None:
    """The repr of settings has no K, OPc or sequence number in it."""
    shown = repr(settings().usim)
    assert repr(bytes(range(16))) not in shown
    assert "opc" not in shown
    assert "sqn" not in shown


def test_the_example_is_a_phone() -> None:
    """The file that the README names, as it is and with every comment taken in."""
    text = (Path(__file__).parents[2] / "examples" / "ue.yaml").read_text()
    assert read(UeSettings, text, "ue.yaml").impu == "sip:alice@home.example"
    everything = (
        text.replace("# All", "## All")
        .replace("# A phone", "## A phone")
        .replace("# Files", "## Files")
        .replace("\n# ", "\n")
    )
    assert read(UeSettings, everything, "ue.yaml").publish.to == "sip:val@home.example"
