from attrs import evolve

from harness.diagnosis.responding import RIGHT, computed, the_way
from tests.harness.diagnosis.ailing import KEYS, answered, digest
from valkit.sip import Credentials


def test_the_right_way_is_tried_first() -> None:
    """Nothing is otherwise then."""
    way = the_way(answered(digest().response(KEYS.res, "REGISTER")))
    assert way is not None
    assert (way.name, way.what) == (RIGHT, "")


def test_a_way_says_what_is_otherwise() -> None:
    """As the end of a sentence."""
    way = the_way(answered(digest().response(KEYS.res, "PUBLISH")))
    assert way is not None
    assert (way.name, way.what) == ("digest-method", "the method PUBLISH")


def test_nothing_leads_to_anything() -> None:
    """Then there is no way."""
    assert the_way(answered("0" * 32)) is None


def test_what_cannot_be_computed_is_left_alone() -> None:
    """Without keys, with a parameter missing, or with an AUTS."""
    right = answered(digest().response(KEYS.res, "REGISTER"))
    assert computed(evolve(right, card=None)) is None
    assert computed(evolve(right, credentials=Credentials.build("Digest", {"response": "0" * 32}))) is None
    assert computed(answered("0" * 32, auts="AAAAAAAAAAAAAAAAAAA=")) is None


def test_no_key_is_in_a_repr() -> None:
    """Of what is computed with."""
    apart = computed(answered("0" * 32))
    assert KEYS.res.hex() not in repr(apart)
    assert str(KEYS.res) not in repr(apart)
