"""What can be wrong with trust."""

from twisted.internet.defer import Deferred

from valkit.net.trust.errors import NotActive, NotYet, Standing, TrustError, UnusableTrust


def test_every_error_is_of_one_tree() -> None:
    """And says why in a sentence."""
    errors: list[TrustError] = [NotYet(Deferred()), NotActive(Standing.UNANSWERED), UnusableTrust("a sentence")]
    assert all(str(error) for error in errors)
