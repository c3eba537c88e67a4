from valkit.sip.errors import EXCERPT, Misuse, NoAnswer, ParseError, SipError


def test_a_parse_error_says_what_and_shows_the_beginning() -> None:
    """The sentence names the element and quotes so much of the text as finds it, control characters escaped."""
    error = ParseError("Via", "\x00" + "x" * 500, why="is malformed")
    assert str(error) == "Via is malformed: '\\x00" + "x" * (EXCERPT - 1) + "'"
    assert (error.what, error.why, error.answer) == ("Via", "is malformed", 400)
    assert len(error.text) == EXCERPT


def test_an_excerpt_shows_no_token() -> None:
    """What finds a fault is a word or two: not enough of what a peer sent to be of use to whoever reads the log."""
    token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
    assert "eyJzdWI" not in str(ParseError("body", token))


def test_a_parse_error_is_a_value_error() -> None:
    """Settings that hold a URI or a hop are refused like any other bad value."""
    assert issubclass(ParseError, ValueError)
    assert issubclass(ParseError, SipError)


def test_no_answer_has_a_cause() -> None:
    """Whoever waited is told whether time ran out or the transport broke, and the detail if there is one."""
    assert str(NoAnswer("timeout")) == "no answer (timeout)"
    assert str(NoAnswer("transport", "connection refused")) == "no answer (transport): connection refused"
    assert NoAnswer("transport").cause == "transport"


def test_misuse_is_no_parse_error() -> None:
    """What answers a peer's faults never catches our own."""
    assert issubclass(Misuse, SipError)
    assert not issubclass(Misuse, ParseError)
