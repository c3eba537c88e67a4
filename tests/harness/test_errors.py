from harness.errors import EnvironmentFault, Finding, HarnessError, NotApplicable, Unmet


def test_an_unmet_expectation_says_what_was_wanted_and_what_came() -> None:
    """The finding is kept for the report; its text is one line."""
    unmet = Unmet(Finding("a 200", "a 403", "SIP/2.0 403 Forbidden"))
    assert str(unmet) == "wanted a 200, got a 403"
    assert unmet.finding.message.startswith("SIP/2.0")


def test_there_is_one_tree() -> None:
    """Whoever runs scenarios can catch all of it."""
    assert all(issubclass(error, HarnessError) for error in (Unmet, NotApplicable, EnvironmentFault))
