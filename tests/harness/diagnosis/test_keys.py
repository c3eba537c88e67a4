"""Each fault is made for real, with the sets of TS 35.208; what is healthy is found healthy."""

from base64 import b64encode

import pytest
from attrs import evolve

from harness.diagnosis import findings_in
from harness.diagnosis.cards import Card
from harness.diagnosis.facts import Challenge, Synchronisation
from tests.harness.diagnosis.ailing import AMF, OP, OPC, RAND, RIGHT, SET, SQN, K, card, challenge, names, told
from tests.vectors.milenage import FULL
from valkit.aka.milenage import Milenage
from valkit.aka.sequence import LAYOUT
from valkit.aka.vectors import build_auts, generate

OTHER = Milenage(bytes.fromhex(FULL[1].k), bytes.fromhex(FULL[1].opc))


@pytest.mark.parametrize("known", [{"op": SET.op}, {"opc": SET.opc}], ids=["OP", "OPc"])
def test_a_healthy_challenge_has_no_finding(known: dict[str, str]) -> None:
    """Whether OP or OPc is known; with an SQN just above the card's, and the AMF that is expected."""
    assert names([challenge(known=card(SQN - 32, AMF, **known))]) == []


@pytest.mark.parametrize("vector", FULL[:3], ids=range(1, 4))
def test_the_published_sets_are_healthy(vector: object) -> None:
    """Their AUTN is as published."""
    assert isinstance(vector, type(SET))
    known = card(int(vector.sqn, 16) - 32, bytes.fromhex(vector.amf), k=vector.k, op=vector.op)
    assert names([Challenge("set", bytes.fromhex(vector.rand), bytes.fromhex(vector.autn), known)]) == []


def test_op_is_used_as_opc_by_the_network() -> None:
    """Who knows OP gets it wrong at the HSS."""
    (found,) = findings_in([challenge(Milenage(K, OP), card(op=SET.op))])
    assert (found.name, found.evidence) == ("op-as-opc", ("frame 3",))
    assert "used as OPc what the keys given call OP" in found.sentence


def test_opc_is_called_op_here() -> None:
    """The same from the other side: the network is right, and the parameter is not."""
    assert names([challenge(RIGHT, card(op=SET.opc))]) == ["op-as-opc"]


def test_opc_is_derived_a_second_time() -> None:
    """The HSS takes OPc for OP; or OP is called OPc here."""
    assert names([challenge(Milenage.from_op(K, OPC), card(opc=SET.opc))]) == ["opc-as-op"]
    assert names([challenge(RIGHT, card(opc=SET.op))]) == ["opc-as-op"]


@pytest.mark.parametrize("known", [{"k": SET.op, "op": SET.k}, {"k": SET.opc, "opc": SET.k}], ids=["OP", "OPc"])
def test_k_and_the_operators_key_are_exchanged(known: dict[str, str]) -> None:
    """In two columns of a table."""
    assert names([challenge(RIGHT, card(**known))]) == ["keys-swapped"]


def test_mac_is_computed_over_another_amf() -> None:
    """AUTN says b9b9."""
    autn = generate(RIGHT, RAND, SQN, AMF).autn
    (found,) = findings_in([Challenge("frame 3", RAND, autn[:6] + b"\xb9\xb9" + autn[8:], card())])
    assert found.name == "amf-of-mac"
    assert "AMF 8000, but AUTN says b9b9" in found.sentence


@pytest.mark.parametrize(("wanted", "bit"), [("0000", True), ("b9b9", False)])
def test_the_amf_is_not_the_expected_one(wanted: str, *, bit: bool) -> None:
    """Its separation bit alone, or all of it."""
    (found,) = findings_in([challenge(known=card(None, bytes.fromhex(wanted)))])
    assert found.name == "amf"
    assert ("separation bit is the other way round" in found.sentence) == bit


def test_the_sqn_is_behind() -> None:
    """By how much, in steps of SEQ; the same number again is behind by none."""
    (found,) = findings_in([challenge(known=card(SQN + 7 * LAYOUT.indices))])
    assert found.name == "sqn-behind"
    assert found.sentence.startswith("The SQN of the challenge, 000000001000, is 7 behind the card's, 0000000010e0")
    assert names([challenge(known=card(SQN))]) == ["sqn-behind"]


def test_the_sqn_is_ahead_beyond_delta() -> None:
    """Someone took the clock for it."""
    (found,) = findings_in([challenge(known=card(SQN), sqn=SQN + ((1 << 28) + 1 << 5))])
    assert found.name == "sqn-ahead"
    assert "is 268435457 ahead" in found.sentence


def test_rand_or_autn_is_cut_off() -> None:
    """Its size is told, and nothing else of it."""
    (found,) = findings_in([Challenge("--autn", RAND, b"12345", card())])
    assert (found.name, found.sentence) == ("autn-size", "AUTN has 5 bytes, not 16.")


def auts(octets: bytes, *, settled: bool = False, known: Card | None = None) -> Synchronisation:
    """Give the AUTS of a card in answer to the challenge."""
    return Synchronisation("frame 5", challenge(known=known), b64encode(octets).decode(), settled)


def test_a_card_that_was_followed_is_healthy() -> None:
    """The next challenge succeeded."""
    assert names([auts(build_auts(RIGHT, RAND, SQN + 64), settled=True)]) == []


@pytest.mark.parametrize("known", [None, card(op=SET.opc)], ids=["right", "OP and OPc mixed up"])
def test_the_card_says_where_it_is(known: Card | None) -> None:
    """If no later challenge shows that the HSS has heard it."""
    (found,) = findings_in([auts(build_auts(RIGHT, RAND, SQN + 64), known=known)])
    assert found.name == "auts-sqn"
    assert "000000001040, and the challenge has 000000001000: 2 behind" in found.sentence


def made(sqn_ms: int, amf: bytes = bytes(2), *, ak: bool = False, f1: bool = False) -> bytes:
    """Make an AUTS with something wrong."""
    key = RIGHT.outputs(RAND, sqn_ms, amf)
    mask = key.ak if ak else RIGHT.f5_star(RAND)
    mac = key.mac_a if f1 else RIGHT.f1_star(RAND, sqn_ms, amf)
    return (sqn_ms ^ int.from_bytes(mask)).to_bytes(6) + mac


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (made(SQN, AMF), "AMF* 8000 in place of 0000"),
        (made(SQN, ak=True), "concealed with AK (f5)"),
        (made(SQN, f1=True), "f1 in place of f1*"),
        (build_auts(OTHER, RAND, SQN), "other keys"),
        (build_auts(RIGHT, bytes(16), SQN), "another RAND"),
    ],
)
def test_an_auts_that_does_not_fit_says_why(octets: bytes, why: str) -> None:
    """What cards and testers get wrong."""
    (found,) = findings_in([auts(octets)])
    assert found.name == "auts-mac"
    assert why in found.sentence


@pytest.mark.parametrize(("text", "why"), [(bytes(14).hex(), "hexadecimal digits"), ("????", "neither base64")])
def test_an_auts_in_another_form(text: str, why: str) -> None:
    """SIPp would write hexadecimal digits."""
    (found,) = findings_in([evolve(auts(b""), auts=text)])
    assert found.name == "auts-form"
    assert why in found.sentence


def test_tuak_is_understood_as_well() -> None:
    """TOP where TOPc belongs."""
    hss, ue = told(algorithm="tuak", topc="ab" * 32), told(algorithm="tuak", top="ab" * 32)
    functions = Card(hss).functions
    assert functions is not None
    autn = generate(functions, RAND, SQN, AMF).autn
    assert names([Challenge("frame 3", RAND, autn, Card(hss))]) == []
    assert names([Challenge("frame 3", RAND, autn, Card(ue))]) == ["op-as-opc"]
