"""Why somebody is not served here, as the events name it."""

from valkit.net.trust.errors import NotActive
from valserver.errors import ValServerError
from valserver.migration.errors import NotServed, Unavailable, Whereabouts


def test_each_is_of_its_tree() -> None:
    """So that whoever judges tokens handles it as one that is not active."""
    refused = NotServed(Whereabouts.MIGRATED_AWAY)
    assert isinstance(refused, NotActive)
    assert (refused.cause.value, str(refused)) == ("migrated_away", Whereabouts.MIGRATED_AWAY.sentence)
    assert isinstance(Unavailable("x"), ValServerError)
