from twisted.logger import LogEvent, Logger
from twisted.python.failure import Failure

from harness.run.complaints import Complaints


def test_a_logged_failure_is_a_complaint(failures: list[LogEvent]) -> None:
    """With its words and its traceback; what is only said is none."""
    log = Logger()
    with Complaints() as complaints:
        log.error("said aloud")
        assert complaints.told() is None
        log.failure("a handler failed", Failure(ZeroDivisionError()))
    assert "a handler failed" in str(complaints.told())
    assert "ZeroDivisionError" in str(complaints.told())
    failures.clear()


def test_after_its_block_nothing_is_heard(failures: list[LogEvent]) -> None:
    """Another scenario's failure is not this one's."""
    with Complaints() as complaints:
        pass
    Logger().failure("too late", Failure(ZeroDivisionError()))
    assert complaints.told() is None
    failures.clear()
