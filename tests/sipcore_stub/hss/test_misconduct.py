import pytest

from sipcore_stub.hss.hss import Hss
from sipcore_stub.hss.misconduct import Spoilt, rand_of, sqn_of
from tests.sipcore_stub.parts import IMPI, Notes, card, subscriber
from ue_sim.usim import MacFailure, Success, SyncFailure, Usim
from valkit.aka.sequence import LAYOUT
from valkit.ids import SeededIds


@pytest.mark.parametrize(
    ("spoilt", "outcome"),
    [
        (Spoilt.WRONG_MAC, MacFailure),
        (Spoilt.SQN_BEHIND, SyncFailure),
        (Spoilt.SQN_AHEAD, SyncFailure),
        (Spoilt.RAND_REUSED, Success),
    ],
)
def test_a_card_finds_it_out_once(spoilt: Spoilt, outcome: type) -> None:
    """What is wrong with one challenge is what its card says of it, and the next one is honest again."""
    hss, usim = Hss([subscriber()], SeededIds("hss"), Notes()), Usim(card())
    first = hss.vector(IMPI)
    assert isinstance(usim.challenge(first.rand, first.autn), Success)
    hss.spoil(IMPI, spoilt)
    spoiled, honest = hss.vector(IMPI), hss.vector(IMPI)
    assert isinstance(usim.challenge(spoiled.rand, spoiled.autn), outcome)
    assert (spoiled.rand == first.rand) is (spoilt is Spoilt.RAND_REUSED)
    assert isinstance(usim.challenge(honest.rand, honest.autn), Success)


def test_an_honest_challenge_is_left_alone() -> None:
    """The next number, and a fresh RAND; so is the first RAND of all, which there is none before."""
    assert sqn_of(None, 77, LAYOUT, 1 << 28) == 77
    assert rand_of(None, b"fresh", b"last") == rand_of(Spoilt.RAND_REUSED, b"fresh", None) == b"fresh"
