import pytest

from harness.report.performance import ScenarioFailed
from tests.harness.report.runs import FAILURE, performance
from valkit.trace import Http, Message


def test_a_figure_has_its_numbers_and_its_title() -> None:
    """The seed's own, in the columns that it draws."""
    ladder = performance().ladder
    assert ladder.title.startswith("Figure 5.X.3.2.2-1: ")
    assert [row.number for row in ladder.rows if row.number][:2] == ["1", "2"]


def test_each_element_by_itself_has_the_numbers_too() -> None:
    """Figures draw a core as one column; whoever looks for a fault wants each of its elements, and the steps."""
    figure, by_element = performance().ladder, performance().by_element
    assert by_element.title == "token in REGISTER"
    assert len(by_element.columns) > len(figure.columns)
    assert [row.number for row in by_element.rows if row.number] == [row.number for row in figure.rows]


def test_messages_are_what_was_sent_in_its_order() -> None:
    """Notes are not among them."""
    messages = performance().messages
    assert messages == tuple(event for event in performance().events if isinstance(event, Message | Http))
    assert 0 < len(messages) < len(performance().events)


def test_a_failure_is_raised_with_its_text() -> None:
    """Only for a scenario that failed."""
    performance().judge()
    with pytest.raises(ScenarioFailed, match="wanted: an answer 403"):
        performance(failure=FAILURE).judge()
