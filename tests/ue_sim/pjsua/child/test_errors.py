import pytest

from ue_sim.pjsua.child.errors import Refused, check


def test_success_is_no_error() -> None:
    """PJ_SUCCESS is 0."""
    check(0)


def test_any_other_status_is_one() -> None:
    """It keeps the number."""
    with pytest.raises(Refused, match="70004") as refused:
        check(70_004)
    assert refused.value.status == 70_004


def test_pjsips_own_words_are_kept() -> None:
    """Where it has some."""
    assert str(Refused(1, "Address already in use")) == "Address already in use"
