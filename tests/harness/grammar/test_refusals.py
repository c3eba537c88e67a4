import pytest

from harness.grammar.refusals import refused_so


@pytest.mark.parametrize(
    ("wanted", "got"),
    [(403, "403"), ("403", "403"), ("no keys", "NoKeys"), ("not_signed_in", "NotSignedIn"), ("invalid_grant",) * 2],
)
def test_a_refusal_may_be_written_in_several_ways(wanted: int | str, got: str) -> None:
    """As a number, as words, and as a code has it."""
    assert refused_so(wanted, got)


@pytest.mark.parametrize(("wanted", "got"), [(None, "403"), (401, "403"), ("no keys", "Unusable"), ("", "403")])
def test_another_refusal_is_not_the_one_that_was_wanted(wanted: int | str | None, got: str) -> None:
    """Nor is any where none was."""
    assert not refused_so(wanted, got)
