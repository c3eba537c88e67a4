from sipcore_stub.errors import Cause, CoreError, Refused


def test_a_refusal_says_why_and_of_what() -> None:
    """The sentence of the cause, and what it was about, for the log."""
    refused = Refused(Cause.UNKNOWN_USER, "bob@home.example", [("Allow", "REGISTER")])
    assert isinstance(refused, CoreError)
    assert str(refused) == "no subscriber has this IMPI: bob@home.example"
    assert refused.headers == (("Allow", "REGISTER"),)


def test_a_refusal_without_detail_is_its_cause() -> None:
    """Nothing stands behind the sentence where there is nothing to add."""
    assert str(Refused(Cause.LOOP)) == "the request came round to us again"
