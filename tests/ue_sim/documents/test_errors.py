from ue_sim.documents.errors import DocumentsError, Refused
from valkit.xcap import Condition, ConflictReport


def test_a_refusal_says_its_status_and_what_was_said() -> None:
    """And keeps the report of a conflict."""
    report = ConflictReport(Condition.SCHEMA, "no")
    refused = Refused(409, "no", report)
    assert (str(refused), refused.report) == ("the server refuses: 409 (no)", report)
    assert str(Refused(403)) == "the server refuses: 403"
    assert isinstance(refused, DocumentsError)
