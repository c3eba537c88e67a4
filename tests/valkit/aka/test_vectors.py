"""AUTN and AUTS, against known answers and for any key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors.milenage import FULL, RESYNCS, Full, Resync
from valkit.aka.errors import MacFailure, Malformed
from valkit.aka.milenage import Milenage
from valkit.aka.vectors import Keys, accept, build_auts, generate, open_auts

h = bytes.fromhex
blocks = st.binary(min_size=16, max_size=16)
subscribers = st.builds(Milenage, blocks, blocks)
sqns = st.integers(0, 2**48 - 1)
amfs = st.binary(min_size=2, max_size=2)


@pytest.mark.parametrize("known", FULL, ids=("set 1", "set 2", "set 3"))
def test_a_vector_is_that_of_the_set(known: Full) -> None:
    """AUTN, XRES, CK and IK are those of the set."""
    functions = Milenage(h(known.k), h(known.opc))
    vector = generate(functions, h(known.rand), int(known.sqn, 16), h(known.amf))
    assert vector == (h(known.rand), h(known.autn), Keys(h(known.f2), h(known.f3), h(known.f4)))


@given(subscribers, blocks, sqns, amfs)
def test_a_usim_accepts_what_its_network_made(functions: Milenage, rand: bytes, sqn: int, amf: bytes) -> None:
    """Whatever the key, RAND, SQN and AMF: the USIM finds SQN, and RES, CK and IK as the network has them."""
    vector = generate(functions, rand, sqn, amf)
    assert accept(functions, rand, vector.autn) == (sqn, vector.keys)


@given(subscribers, blocks, sqns, amfs, st.integers(0, 127))
def test_a_usim_refuses_an_autn_with_any_bit_changed(
    functions: Milenage, rand: bytes, sqn: int, amf: bytes, bit: int
) -> None:
    """MAC-A covers SQN and AMF, and itself."""
    autn = int.from_bytes(generate(functions, rand, sqn, amf).autn) ^ 1 << bit
    with pytest.raises(MacFailure):
        accept(functions, rand, autn.to_bytes(16))


def test_a_usim_refuses_a_network_that_takes_op_for_opc() -> None:
    """The commonest mistake of a laboratory shows itself as a MAC failure."""
    known = FULL[0]
    mistaken = Milenage(h(known.k), h(known.op))
    autn = generate(mistaken, h(known.rand), 1, bytes(2)).autn
    with pytest.raises(MacFailure):
        accept(Milenage(h(known.k), h(known.opc)), h(known.rand), autn)


@pytest.mark.parametrize("known", RESYNCS, ids=("set 1", "libosmocore"))
def test_auts_is_the_known_one(known: Resync) -> None:
    """AUTS for SQN_MS is the known one, and opens to the same SQN_MS."""
    functions = Milenage(h(known.k), h(known.opc))
    assert build_auts(functions, h(known.rand), int(known.sqn_ms, 16)) == h(known.auts)
    assert open_auts(functions, h(known.rand), h(known.auts)) == int(known.sqn_ms, 16)


@given(subscribers, blocks, sqns)
def test_the_network_reads_the_sqn_out_of_an_auts(functions: Milenage, rand: bytes, sqn: int) -> None:
    """AUTS is undone for any key and SQN."""
    assert open_auts(functions, rand, build_auts(functions, rand, sqn)) == sqn


@given(subscribers, blocks, sqns, st.integers(0, 111))
def test_the_network_refuses_an_auts_with_any_bit_changed(functions: Milenage, rand: bytes, sqn: int, bit: int) -> None:
    """MAC-S covers SQN_MS, and itself."""
    auts = int.from_bytes(build_auts(functions, rand, sqn)) ^ 1 << bit
    with pytest.raises(MacFailure):
        open_auts(functions, rand, auts.to_bytes(14))


def test_an_auts_belongs_to_one_challenge() -> None:
    """An AUTS for one RAND does not fit another."""
    functions = Milenage(bytes(16), bytes(16))
    with pytest.raises(MacFailure):
        open_auts(functions, b"another challenge"[:16], build_auts(functions, bytes(16), 7))


@pytest.mark.parametrize("size", [0, 15, 17])
def test_an_autn_of_another_length_is_malformed(size: int) -> None:
    """AUTN has 16 bytes."""
    with pytest.raises(Malformed, match=f"AUTN has {size} bytes"):
        accept(Milenage(bytes(16), bytes(16)), bytes(16), bytes(size))


@pytest.mark.parametrize("size", [0, 13, 16])
def test_an_auts_of_another_length_is_malformed(size: int) -> None:
    """AUTS has 14 bytes."""
    with pytest.raises(Malformed, match=f"AUTS has {size} bytes"):
        open_auts(Milenage(bytes(16), bytes(16)), bytes(16), bytes(size))


def test_keys_do_not_show_themselves() -> None:
    """RES, CK and IK stay out of logs and failure messages, also inside a vector."""
    vector = generate(Milenage(bytes(16), bytes(16)), bytes(16), 1, bytes(2))
    assert "keys=Keys(...)" in repr(vector)
