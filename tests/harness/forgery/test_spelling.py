from harness.forgery import FORGERIES
from harness.forgery.spelling import SPELLING


def test_each_kind_of_it_is_tried() -> None:
    """The table of all kinds has them; that each is refused for its cause is in test_forgery."""
    assert SPELLING.items() <= FORGERIES.items()
