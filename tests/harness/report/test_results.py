import pytest

from harness.report.results import Result, Verdict, worst

PASSED, FAILED, NOT_APPLICABLE = (Result("f", "n", verdict, 0.0) for verdict in Verdict)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ((PASSED, FAILED), Verdict.FAILED),
        ((PASSED, NOT_APPLICABLE), Verdict.PASSED),
        ((NOT_APPLICABLE,), Verdict.NOT_APPLICABLE),
    ],
)
def test_one_failure_counts(results: tuple[Result, ...], verdict: Verdict) -> None:
    """A requirement is shown by one success and refuted by one failure."""
    assert worst(results) is verdict
