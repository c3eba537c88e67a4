from seal.xcap.errors import Conflicting, Refused
from valkit.xcap import Condition, ConflictReport


def test_an_error_shows_its_sentence() -> None:
    """In logs, too."""
    assert str(Refused(404, "there is no such document")) == "there is no such document"
    assert str(Conflicting(Condition.SCHEMA, "no <a> here")) == "no <a> here"


def test_a_conflict_becomes_its_report() -> None:
    """With the parent that would do, which only the server knows as a URI."""
    conflict = Conflicting(Condition.NO_PARENT, "nothing there", 1)
    assert conflict.report("/a/~~/b") == ConflictReport(Condition.NO_PARENT, "nothing there", "/a/~~/b")
