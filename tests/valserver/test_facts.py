"""Facts know how they came."""

from valserver.facts import Deregistered, LoggedOff, Published, Registered


def test_a_fact_knows_its_method() -> None:
    """REGISTER for registrations and their end, PUBLISH for publications and theirs."""
    assert Registered("sip:a", "", "", 1, 0.0, None).via == Deregistered("sip:a", "", 1).via == "REGISTER"
    assert Published("sip:a", "", "", None, "", 0.0, None).via == LoggedOff("sip:a", "", "").via == "PUBLISH"
