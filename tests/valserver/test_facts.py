"""Facts know how they came."""

from valserver.facts import Deregistered, LoggedOff, Published, Registered, Terminated


def test_a_fact_knows_its_method() -> None:
    """REGISTER for registrations and their end, PUBLISH for publications and theirs, NOTIFY for what is told."""
    assert Registered("sip:a", "", "", 1, 0.0, None).via == Deregistered("sip:a", "", 1).via == "REGISTER"
    assert Terminated("sip:a", "").via == "NOTIFY"
    assert Published("sip:a", "", "", None, "", 0.0, None).via == LoggedOff("sip:a", "", "").via == "PUBLISH"
