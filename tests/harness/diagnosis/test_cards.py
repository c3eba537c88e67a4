import pytest

from harness.diagnosis.cards import Card
from tests.harness.diagnosis.ailing import OP, OPC, SESAME, SET, card, told


def test_keys_are_read_as_told_and_then_as_they_may_have_been_meant() -> None:
    """OP may be OPc in truth, or OPc OP; or K stands in the place of either."""
    assert [reading.name for reading in card(op=SET.op).readings()] == ["given", "op-as-opc", "keys-swapped"]
    assert [reading.name for reading in card(opc=SET.opc).readings()] == ["given", "opc-as-op", "keys-swapped"]


@pytest.mark.parametrize("name", ["top", "topc"])
def test_those_of_tuak_too(name: str) -> None:
    """Though K and TOP have not the same size."""
    tuak = Card(told(algorithm="tuak", **{name: "ab" * 32}))
    assert len(list(tuak.readings())) == 2
    assert tuak.operator_key == {"top": "TOP", "topc": "TOPc"}[name]


def test_a_password_has_no_functions() -> None:
    """It takes the place of the keys."""
    digest = SESAME
    assert list(digest.readings()) == []
    assert digest.password == b"sesame"
    assert digest.operator_key == ""


def test_what_the_card_would_take_is_known_from_its_sqn() -> None:
    """And from nothing else."""
    assert card().window is None
    window = card(0x1000).window
    assert window is not None
    assert not window.accepts(0x1000)
    assert window.accepts(0x1021)


def test_no_key_is_in_a_repr() -> None:
    """Whatever is printed of a card."""
    shown = repr(card(1, op=SET.op))
    assert all(key.hex() not in shown and str(key) not in shown for key in (OP, OPC))
