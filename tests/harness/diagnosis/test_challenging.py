import pytest

from harness.diagnosis.challenging import amf_of_the_mac, fitting, is_as_given, sqn_of
from harness.diagnosis.facts import Challenge
from tests.harness.diagnosis.ailing import AMF, OP, RAND, RIGHT, SET, SQN, K, card, challenge
from valkit.aka.milenage import Milenage
from valkit.aka.vectors import generate


def test_a_fact_without_keys_says_nothing_of_keys() -> None:
    """It is not known whose they are."""
    unknown = Challenge("frame 1", bytes(16), bytes(16))
    assert fitting(unknown) is None
    assert not is_as_given(unknown)
    assert amf_of_the_mac(unknown) is None


def test_the_reading_that_fits_is_found() -> None:
    """As given, or with OP and OPc mixed up."""
    for functions, known, name in ((RIGHT, card(), "given"), (Milenage(K, OP), card(op=SET.op), "op-as-opc")):
        told = challenge(functions, known)
        reading = fitting(told)
        assert reading is not None
        assert reading.name == name
        assert is_as_given(told) == (name == "given")


def test_the_sqn_is_known_to_who_made_it_alone() -> None:
    """MAC-A proves it."""
    assert sqn_of(RIGHT, challenge()) == SQN
    assert sqn_of(Milenage(K, OP), challenge()) is None


@pytest.mark.parametrize("amf", [b"\0\0", b"\xb9\xb9", b"\x00\x80"])
def test_the_amf_of_the_mac_is_tried(amf: bytes) -> None:
    """The usual ones, and the one of AUTN the other way round."""
    autn = generate(RIGHT, RAND, SQN, amf).autn
    assert amf_of_the_mac(Challenge("frame 3", RAND, autn[:6] + AMF + autn[8:], card())) == amf
