"""Milenage against the official sets, whose values stand in tests/vectors/milenage.py."""

import pytest

from tests.vectors.milenage import FULL, RESPONSES, Full, Response
from valkit.aka.milenage import Milenage, opc_from_op

h = bytes.fromhex


@pytest.mark.parametrize("known", FULL, ids=("set 1", "set 2", "set 3"))
class TestFullSets:
    def test_opc(self, known: Full) -> None:
        """OPc comes from K and OP."""
        assert opc_from_op(h(known.k), h(known.op)) == h(known.opc)

    def test_the_network_computes_f1_to_f5(self, known: Full) -> None:
        """With SQN known, f1 to f5 are those of the set."""
        outputs = Milenage(h(known.k), h(known.opc)).outputs(h(known.rand), int(known.sqn, 16), h(known.amf))
        assert outputs == (h(known.f1), h(known.f2), h(known.f3), h(known.f4), h(known.f5))

    def test_the_usim_computes_the_same_from_the_concealed_sqn(self, known: Full) -> None:
        """With SQN ^ AK known, SQN is revealed and f1 to f5 are those of the set."""
        sqn, outputs = Milenage(h(known.k), h(known.opc)).revealed(h(known.rand), h(known.autn)[:6], h(known.amf))
        assert sqn == int(known.sqn, 16)
        assert outputs == (h(known.f1), h(known.f2), h(known.f3), h(known.f4), h(known.f5))

    def test_f1_star(self, known: Full) -> None:
        """MAC-S is that of the set."""
        milenage = Milenage(h(known.k), h(known.opc))
        assert milenage.f1_star(h(known.rand), int(known.sqn, 16), h(known.amf)) == h(known.f1_star)

    def test_f5_star(self, known: Full) -> None:
        """AK* is that of the set."""
        assert Milenage(h(known.k), h(known.opc)).f5_star(h(known.rand)) == h(known.f5_star)

    def test_op_and_opc_are_two_ways_to_the_same_functions(self, known: Full) -> None:
        """A subscriber given with OP answers as one given with OPc."""
        given_op = Milenage.from_op(h(known.k), h(known.op))
        assert given_op.f5_star(h(known.rand)) == h(known.f5_star)


@pytest.mark.parametrize("known", RESPONSES, ids=("set 4", "set 5", "set 6"))
def test_res(known: Response) -> None:
    """RES is that of the set."""
    milenage = Milenage.from_op(h(known.k), h(known.op))
    assert milenage.outputs(h(known.rand), int(known.sqn, 16), h(known.amf)).res == h(known.f2)


def test_a_key_schedule_serves_many_challenges() -> None:
    """The cipher kept per subscriber has no memory: the same challenge gives the same outputs again."""
    milenage = Milenage(h(FULL[0].k), h(FULL[0].opc))
    first = milenage.outputs(bytes(16), 1, bytes(2))
    milenage.outputs(h(FULL[0].rand), 2, bytes(2))
    assert milenage.outputs(bytes(16), 1, bytes(2)) == first


@pytest.mark.parametrize(("k", "opc"), [(15, 16), (16, 15), (32, 16), (16, 0)])
def test_wrong_lengths_are_refused(k: int, opc: int) -> None:
    """K and OPc have 16 bytes each."""
    with pytest.raises(ValueError, match="bytes, not 16"):
        Milenage(bytes(k), bytes(opc))


def test_an_op_of_wrong_length_is_refused() -> None:
    """OP has 16 bytes."""
    with pytest.raises(ValueError, match="OP has 4 bytes"):
        opc_from_op(bytes(16), bytes(4))
