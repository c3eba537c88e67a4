from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK


def test_exit_codes_are_those_of_the_manual() -> None:
    """Other people's scripts rest on these numbers."""
    assert (OK, FAILED, BAD_INPUT, BAD_ENVIRONMENT) == (0, 1, 2, 3)
