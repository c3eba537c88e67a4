"""valkit.carriers.errors: a cause, and a detail that shows no token."""

from valkit.carriers import CarrierCause, CarrierError


def test_an_error_reads_as_a_sentence() -> None:
    """Cause first, then what was found."""
    assert str(CarrierError(CarrierCause.DUPLICATE, "It is val-client-id.")) == (
        "An element that must be there once is there twice. It is val-client-id."
    )
    assert str(CarrierError(CarrierCause.TWO_TOKENS)) == CarrierCause.TWO_TOKENS.sentence
