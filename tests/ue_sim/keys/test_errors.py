"""Errors of the key management client."""

from ue_sim.errors import UeError
from ue_sim.keys.errors import Doubtful, KeysError, NoKeys, Refused, Unreachable, Unusable


def test_all_are_of_one_tree() -> None:
    """A scenario and a command catch one."""
    assert all(issubclass(each, KeysError) for each in (Doubtful, NoKeys, Refused, Unreachable, Unusable))
    assert issubclass(KeysError, UeError)


def test_a_refusal_has_its_status() -> None:
    """And what was said, if anything was."""
    assert (str(Refused(403)), Refused(403).status) == ("the key management server refuses: 403", 403)
    assert str(Refused(403, "not yours")).endswith("403 (not yours)")
