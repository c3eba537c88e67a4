from harness.evidence.errors import Damaged, EvidenceError, NotACapture


def test_damage_names_the_byte() -> None:
    """So that whoever made the file can look."""
    assert str(Damaged(40, "the file ends")) == "damaged at byte 40: the file ends"


def test_there_is_one_tree() -> None:
    """Whoever reads evidence catches all of it."""
    assert all(issubclass(error, EvidenceError) for error in (Damaged, NotACapture))
