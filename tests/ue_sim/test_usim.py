"""The card against the network's half of AKA; both rest on the vectors of TS 35.208 in tests/valkit/aka."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ue_sim.usim import MacFailure, Success, SyncFailure, Usim
from valkit.aka.errors import Malformed
from valkit.aka.milenage import Milenage, opc_from_op
from valkit.aka.sequence import LAYOUT, synchronised
from valkit.aka.vectors import generate, open_auts

# TS 35.208 4.3, test set 1
K = bytes.fromhex("465b5ce8b199b49faa5f0a2ee238a6bc")
OP = bytes.fromhex("cdc202d5123e20f62b6d676ac72cb318")
OPC = bytes.fromhex("cd63cb71954a9f4e48a5994e37a02baf")
RAND = bytes.fromhex("23553cbe9637a89d218ae64dae47bf35")
AUTN = bytes.fromhex("55f328b43577b9b94a9ffac354dfafb3")
SQN = 0xFF9BB4D0B607
AMF = bytes.fromhex("8000")

NETWORK = Milenage(K, OPC)

sqns = st.integers(1, 1 << 32)


def challenged(card: Usim, sqn: int, rand: bytes = RAND) -> Success | MacFailure | SyncFailure:
    """Give what the card says to a challenge with this sequence number."""
    return card.challenge(rand, generate(NETWORK, rand, sqn, AMF).autn)


def test_the_challenge_of_set_1_gives_its_res_ck_and_ik() -> None:
    """RES, CK and IK are those of TS 35.208 4.3."""
    outcome = Usim.with_opc(K, OPC, sqn=SQN - 32).challenge(RAND, AUTN)
    assert outcome == Success(
        res=bytes.fromhex("a54211d5e3ba50bf"),
        ck=bytes.fromhex("b40ba9a3c58b2a05bbf0d987b21bf8cb"),
        ik=bytes.fromhex("f769bcd751044604127672711c6d3441"),
    )


def test_op_and_opc_give_the_same_card() -> None:
    """A card made from OP answers as the one made from its OPc."""
    assert opc_from_op(K, OP) == OPC
    assert challenged(Usim.with_op(K, OP), 64) == challenged(Usim.with_opc(K, OPC), 64)


@given(position=st.integers(0, 15), bit=st.integers(0, 7))
def test_no_bit_of_autn_can_change(position: int, bit: int) -> None:
    """Any single changed bit of AUTN is a MAC failure, and uses no sequence number up."""
    card = Usim.with_opc(K, OPC, sqn=SQN - 32)
    edited = bytearray(AUTN)
    edited[position] ^= 1 << bit
    assert card.challenge(RAND, bytes(edited)) == MacFailure()
    assert card.sqn == SQN - 32


def test_opc_in_place_of_op_is_a_mac_failure() -> None:
    """The commonest mistake of a lab, OPc given as OP, shows as a MAC failure."""
    assert challenged(Usim.with_op(K, OPC), 64) == MacFailure()
    knowing = Usim(Milenage.from_op(K, OPC), mistaken=Milenage(K, OPC))
    assert challenged(knowing, 64) == MacFailure(mistaken=True)
    assert challenged(Usim(Milenage.from_op(K, OPC), mistaken=Milenage(bytes(16), OPC)), 64) == MacFailure()


def test_a_challenge_is_taken_once() -> None:
    """The same RAND and AUTN a second time are a synchronisation failure."""
    card = Usim.with_opc(K, OPC)
    assert isinstance(challenged(card, 64), Success)
    assert isinstance(challenged(card, 64), SyncFailure)


@given(used=sqns, offered=sqns)
def test_auts_brings_the_network_into_step(used: int, offered: int) -> None:
    """What the network generates after an AUTS, the card takes."""
    card = Usim.with_opc(K, OPC, sqn=used)
    outcome = challenged(card, offered)
    if isinstance(outcome, SyncFailure):
        sqn_ms = open_auts(NETWORK, RAND, outcome.auts)
        assert sqn_ms == card.sqn
        outcome = challenged(card, LAYOUT.after(synchronised(offered, sqn_ms)))
    assert isinstance(outcome, Success)


def test_auts_of_the_known_answer() -> None:
    """With set 1 used up, AUTS is the one that was computed independently from set 1."""
    card = Usim.with_opc(K, OPC, sqn=SQN)
    assert card.challenge(RAND, AUTN) == SyncFailure(bytes.fromhex("ba853f3c123ccf44e93596e355c6"), 0)


@pytest.mark.parametrize("autn", [b"", AUTN[:15], AUTN + b"\0"], ids=len)
def test_an_autn_of_another_length_is_malformed(autn: bytes) -> None:
    """AUTN has 16 bytes, or it is none."""
    with pytest.raises(Malformed, match="AUTN"):
        Usim.with_opc(K, OPC).challenge(RAND, autn)


def test_nothing_secret_is_shown() -> None:
    """Neither card nor outcome print a key, a RES or a sequence number."""
    card = Usim.with_opc(K, OPC, sqn=SQN - 32)
    shown = repr(card) + repr(card.challenge(RAND, AUTN))
    assert shown == "Usim()Success()"
