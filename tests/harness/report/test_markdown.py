from attrs import evolve

from harness.report.markdown import FAILURES, markdown, plain
from harness.report.results import Verdict
from tests.harness.report.runs import FAILURE, performance, played, run


def test_a_run_without_failure_is_two_lines_and_a_table() -> None:
    """The table is folded away."""
    first, _, second, *rest = markdown(run()).splitlines()
    assert first == "### ✅ val: 1 passed, 0 failed"
    assert second == "2 of 60 requirements shown, in 1 min 15 s, val 1.2.3."
    assert "| ✅ | REG-01 Figure 5.X.3.2.2-1 step 1: REGISTER (IMPI, IMPU). | 1 |" in rest
    assert rest[1].startswith("<details>")


def test_what_could_not_be_observed_whole_has_a_sign_of_its_own() -> None:
    """And is not counted among what was shown."""
    text = markdown(run(played(performance(), unseen=("s.yaml:9: expect.binding: ...",))))
    assert "0 of 60 requirements shown, 2 in part, in 1 min 15 s" in text
    assert "| 🟡 | REG-01 Figure" in text
    assert "\n🟡 in part: each scenario that passed expects something that could not be observed.\n" in text


def test_an_interrupted_run_is_not_said_to_have_passed() -> None:
    """How far it got."""
    first, _, second, *_ = markdown(run().model_copy(update={"interrupted_of": 9})).splitlines()
    assert first == "### ⚠️ val: 1 passed, 0 failed"
    assert second == "Interrupted after 1 of 9 scenarios."


def test_a_run_that_the_machine_ended_failed() -> None:
    """Whatever had passed by then."""
    ended = {"interrupted_of": 9, "ended_by": "port taken"}
    first, _, second, *_ = markdown(run().model_copy(update=ended)).splitlines()
    assert first == "### ❌ val: 1 passed, 0 failed"
    assert second == "Ended after 1 of 9 scenarios: port taken"


def test_a_failure_is_told_with_its_cause() -> None:
    """Where, what was wanted and what came."""
    text = markdown(
        run(played(performance(failure=FAILURE)), played(performance(name="b"), verdict=Verdict.NOT_APPLICABLE))
    )
    assert text.startswith("### ❌ val: 0 passed, 1 failed, 1 n/a\n")
    assert text.splitlines()[4:8] == [
        "**token in REGISTER** (s.yaml:2): It travels.",
        "- s.yaml:9: expect.answer",
        "- wanted: an answer 403",
        "- got: 200 OK to alice",
    ]


def test_what_the_doctor_says_follows_the_cause() -> None:
    """A line for each."""
    failure = evolve(FAILURE, found=("The nonce is stale. (RFC 7616 3.3)", "And more."))
    said = markdown(run(played(performance(failure=failure))))
    assert "- got: 200 OK to alice\n- doctor: The nonce is stale. (RFC 7616 3.3)\n- doctor: And more.\n" in said


def test_nothing_of_a_message_is_markup() -> None:
    """Names and texts of others write no table, no link and no HTML."""
    assert plain("<b>|`x`|*y* [z](u)\n@here #1 &amp;") == r"\<b\>\|\`x\`\|\*y\* \[z\](u) @&#8203;here \#&#8203;1 \&amp;"
    failure = evolve(FAILURE, got="<img src=x>")
    assert r"got: \<img src=x\>" in markdown(run(played(performance(failure=failure))))


def test_nobody_is_notified_and_no_issue_is_linked() -> None:
    """Nor by what stands in quotes or behind an escape; an address stays one."""
    assert plain("@octocat") == "@&#8203;octocat"
    assert plain("by '@org/team', *@octocat_, o/r#12 #x") == (
        r"by '@&#8203;org/team', \*@&#8203;octocat\_, o/r\#&#8203;12 \#x"
    )
    assert plain("sip:alice@home.example") == "sip:alice@home.example"


def test_many_failures_fit_into_a_comment() -> None:
    """The first of them, and how many more there are."""
    failure = evolve(FAILURE, got="x" * 10_000)
    text = markdown(run(*(played(performance(failure=failure, name=f"n {at}")) for at in range(FAILURES + 2))))
    assert "... and 2 more." in text
    assert len(text) < 65_536


def test_nothing_of_a_message_moves_a_cursor() -> None:
    """Whoever shows the file on a terminal reads what there was."""
    failure = evolve(FAILURE, got="403 \x1b[31m\x07\x9b31m")
    assert r"got: 403 \\x1b\[31m\\x07\\x9b31m" in markdown(run(played(performance(failure=failure))))
