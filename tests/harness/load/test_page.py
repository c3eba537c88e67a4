import re

from harness.load.page import page
from harness.load.result import Result
from harness.load.tally import Second, Tally
from harness.load.verdict import Limits
from tests.harness.load.results import asked, result


def test_the_page_tells_the_result_and_draws_it() -> None:
    """Steps, causes, limits, and a line for each row of each picture."""
    text = page(result(Limits(p99=0.02)))
    assert "1 of 6 journeys failed" in text
    assert "Too much: p99 of register was 60.0 ms" in text
    assert text.count("<polyline") == 9


def test_what_others_wrote_is_text() -> None:
    """A reason phrase is no markup."""
    assert "403 &lt;b&gt;" in page(result())
    assert "403 <b>" not in page(result())


def test_the_page_needs_no_network_and_no_script() -> None:
    """Nothing is fetched, and the policy says so."""
    text = page(result())
    assert "default-src 'none'" in text
    assert not re.search(r"<script|(?:src|href)=\"(?!data:)", text)


def test_a_load_that_had_not_begun_has_a_page_as_well() -> None:
    """It says so."""
    assert "Nothing had begun yet" in page(Result(asked(), Tally(), 0.0, 0.0, interrupted=True))


def test_a_load_that_ended_early_says_why_and_is_not_well() -> None:
    """Though all succeeded that was counted."""
    text = page(Result(asked(), Tally({0: Second(begun=1, succeeded=1)}), 0.0, 1.0, fault="A process <died>"))
    assert "It ended before its time: A process &lt;died&gt;" in text
    assert '<h1 class="bad">' in text
