import pytest

from harness.forgery.mutations import MUTATIONS
from harness.forgery.words import IS, accepted


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("expired", "200 for a token that is expired: it was accepted"),
        ("wrong_issuer", "200 for a token with wrong issuer: it was accepted"),
        ("cut_short", "200 for a document that is cut short: it was accepted"),
    ],
)
def test_a_token_that_was_taken_is_told_in_words(kind: str, said: str) -> None:
    """What is wrong with it, or with what it travels in."""
    assert accepted(200, kind) == said


def test_words_are_of_kinds_that_there_are() -> None:
    """None is of a kind that has gone."""
    assert set(MUTATIONS) >= IS
