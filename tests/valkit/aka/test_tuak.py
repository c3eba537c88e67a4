"""TUAK against the official sets (tests/vectors/tuak.py), and against a Keccak-f[1600] of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valkit.aka.keccak import permuted
from tests.vectors.tuak import PERMUTATIONS, SETS, Known, Permutation
from valkit.aka.tuak import Sizes, Tuak, topc_from_top
from valkit.aka.vectors import accept, build_auts, generate, open_auts

h = bytes.fromhex
NAMES = [f"set {number}" for number in range(1, 7)]


def functions(known: Known) -> Tuak:
    """Give the functions of a set."""
    sizes = Sizes(*(len(value) // 2 for value in (known.f2, known.f3, known.f4, known.f1)))
    return Tuak(h(known.k), h(known.topc), sizes, known.iterations)


@pytest.mark.parametrize("known", SETS, ids=NAMES)
class TestSets:
    def test_topc(self, known: Known) -> None:
        """TOPc comes from K, TOP and the number of iterations."""
        assert topc_from_top(h(known.k), h(known.top), known.iterations) == h(known.topc)

    def test_the_network_computes_f1_to_f5(self, known: Known) -> None:
        """With SQN known, f1 to f5 are those of the set, in the sizes of the set."""
        outputs = functions(known).outputs(h(known.rand), int(known.sqn, 16), h(known.amf))
        assert outputs == (h(known.f1), h(known.f2), h(known.f3), h(known.f4), h(known.f5))

    def test_the_usim_computes_the_same_from_the_concealed_sqn(self, known: Known) -> None:
        """With SQN ^ AK known, SQN is revealed and f1 to f5 are those of the set."""
        concealed = (int(known.sqn, 16) ^ int(known.f5, 16)).to_bytes(6)
        sqn, outputs = functions(known).revealed(h(known.rand), concealed, h(known.amf))
        assert sqn == int(known.sqn, 16)
        assert outputs == (h(known.f1), h(known.f2), h(known.f3), h(known.f4), h(known.f5))

    def test_f1_star(self, known: Known) -> None:
        """MAC-S is that of the set."""
        assert functions(known).f1_star(h(known.rand), int(known.sqn, 16), h(known.amf)) == h(known.f1_star)

    def test_f5_star(self, known: Known) -> None:
        """AK* is that of the set."""
        assert functions(known).f5_star(h(known.rand)) == h(known.f5_star)

    def test_top_and_topc_are_two_ways_to_the_same_functions(self, known: Known) -> None:
        """A subscriber given with TOP answers as one given with TOPc."""
        given_top = Tuak.from_top(h(known.k), h(known.top), iterations=known.iterations)
        assert given_top.f5_star(h(known.rand)) == h(known.f5_star)


@pytest.mark.parametrize("known", PERMUTATIONS, ids=NAMES)
def test_the_witness_is_keccak(known: Permutation) -> None:
    """Our plain Keccak-f[1600] is that of the official sets, so what it says of TUAK counts."""
    assert permuted(h(known.before)).hex() == known.after


@given(
    k=st.binary(min_size=16, max_size=16) | st.binary(min_size=32, max_size=32),
    top=st.binary(min_size=32, max_size=32),
    rand=st.binary(min_size=16, max_size=16),
    iterations=st.integers(1, 4),
)
def test_every_iteration_is_one_permutation(k: bytes, top: bytes, rand: bytes, iterations: int) -> None:
    """AK* by the letter of TS 35.231 6.6, the whole state permuted as often as is asked, is the one of TUAK."""
    instance = 0xC0 | (len(k) == 32)
    state = sum(
        value << bit
        for bit, value in (
            (0, int.from_bytes(top)),
            (256, instance),
            (264, int.from_bytes(b"TUAK1.0")),
            (320, int.from_bytes(rand)),
            (512, int.from_bytes(k)),
            (768, 0b11111),
            (1087, 1),
        )
    ).to_bytes(200, "little")
    for _ in range(iterations):
        state = permuted(state)
    assert Tuak(k, top, iterations=iterations).f5_star(rand) == state[96:102][::-1]


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=16), st.integers(0, 2**48 - 1))
def test_vectors_and_auts_go_both_ways(k: bytes, rand: bytes, sqn: int) -> None:
    """What a network with TUAK makes, a USIM with TUAK accepts; and its AUTS is understood."""
    tuak = Tuak(k, k, Sizes(res=32, ck=32, ik=32), iterations=3)
    vector = generate(tuak, rand, sqn, b"\x80\x00")
    assert (len(vector.autn), len(vector.keys.res), len(vector.keys.ck)) == (16, 32, 32)
    assert accept(tuak, rand, vector.autn) == (sqn, vector.keys)
    assert open_auts(tuak, rand, build_auts(tuak, rand, sqn)) == sqn


@pytest.mark.parametrize(
    ("k", "topc", "iterations", "said"),
    [
        (24, 32, 1, "K has 24 bytes, not 16 or 32"),
        (16, 16, 1, "TOPc has 16 bytes, not 32"),
        (16, 32, 0, "1 to 255 iterations, not 0"),
        (16, 32, 256, "1 to 255 iterations, not 256"),
    ],
)
def test_wrong_lengths_are_refused(k: int, topc: int, iterations: int, said: str) -> None:
    """The message names what is wrong, not its value."""
    with pytest.raises(ValueError, match=said):
        Tuak(bytes(k), bytes(topc), iterations=iterations)


@pytest.mark.parametrize("sizes", [{"res": 7}, {"ck": 8}, {"ik": 24}, {"mac": 4}])
def test_sizes_that_tuak_has_not_are_refused(sizes: dict[str, int]) -> None:
    """INSTANCE has no code for them."""
    with pytest.raises(ValueError, match="must be in"):
        Sizes(**sizes)
