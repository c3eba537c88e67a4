"""Refusals carry their cause, for the log and not for the peer."""

from valserver.errors import Refusal, Refused


def test_a_refusal_without_detail_names_itself() -> None:
    """The cause is the refusal's own words."""
    refused = Refused(Refusal.NOT_BOUND, impu="sip:a")
    assert (refused.cause, refused.impu, str(refused)) == ("user unknown", "sip:a", "user unknown")


def test_a_refusal_may_name_its_cause() -> None:
    """As the token's verifier put it."""
    assert Refused(Refusal.TOKEN, "expired").cause == "expired"
