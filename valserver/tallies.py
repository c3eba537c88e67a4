"""Which events of a VAL server are counted for its metrics, and by what."""

from itertools import chain

from valkit.carriers.errors import CarrierCause
from valkit.net.trust.errors import Standing
from valkit.tallies import Tally
from valkit.tokens.errors import Cause
from valserver.errors import Refusal
from valserver.migration.errors import Objection, Whereabouts

CAUSES = tuple(each.value for each in chain(Refusal, Cause, CarrierCause, Standing, Objection, Whereabouts))
"""Why requests and tokens are refused."""

TALLIES = (
    Tally("val_binding_events", "What became of bindings", ("bound", "rebound", "moved", "unbound", "no token")),
    Tally(
        "val_refused",
        "Requests and tokens refused, or tolerated, by cause",
        ("refused", "tolerated"),
        {"cause": CAUSES},
    ),
    Tally(
        "val_followed_events", "Registrations that are followed from now on, or no longer", ("followed", "unfollowed")
    ),
    Tally(
        "val_migrations",
        "What became of migrations, by cause",
        (
            "migration authorized",
            "migration checked",
            "user migrated",
            "migration refused",
            "migration unanswered",
            "migration ended",
            "user returned",
        ),
        {"cause": [each.value for each in Objection]},
    ),
)
