"""Which notes of a gateway are counted for its metrics, and by what."""

from valkit.tallies import Tally

TALLIES = (
    Tally(
        "val_gateway_refused",
        "Migration messages passed on to nobody, by cause",
        ["migration message refused"],
        {
            "cause": ["not_our_server", "no_agreement", "not_that_partner"],
        },
    ),
    Tally("val_gateway_unanswered", "Tries that the next hop left without an answer", ["next hop unavailable"]),
)
