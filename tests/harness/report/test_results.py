import pytest
from attrs import evolve

from harness.report.results import Failure, Result, Verdict, together

PASSED, FAILED, NOT_APPLICABLE = (Result("f", "n", verdict, 0.0) for verdict in Verdict)
BLIND = evolve(PASSED, unseen=("s.yaml:9: expect.binding: ...",))


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ((PASSED, FAILED), "failed"),
        ((BLIND, FAILED), "failed"),
        ((PASSED, BLIND, NOT_APPLICABLE), "shown"),
        ((BLIND, NOT_APPLICABLE), "shown in part"),
        ((NOT_APPLICABLE,), "not applicable"),
        ((), "no scenario"),
    ],
)
def test_one_failure_counts(results: tuple[Result, ...], verdict: str) -> None:
    """A requirement is shown by one success in which all could be observed, and refuted by one failure."""
    assert together(results) == verdict


def test_a_failure_reads_from_the_step_to_the_message() -> None:
    """Where, what was wanted, what came, what the doctor says of it; the message last, as it is long."""
    told = Failure("expect.answer", "s.yaml:9", "403", "200", "SIP/2.0 200 OK\nCSeq: 2", found=("The nonce is stale.",))
    assert str(told).splitlines() == [
        "s.yaml:9: expect.answer",
        "  wanted: 403",
        "  got:    200",
        "  doctor: The nonce is stale.",
        "    SIP/2.0 200 OK",
        "    CSeq: 2",
    ]
