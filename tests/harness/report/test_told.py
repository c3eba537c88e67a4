import json

from harness.report.comparing import compare
from harness.report.results import Verdict
from harness.report.told import NOTHING, as_json, as_markdown, text
from tests.harness.report.test_comparing import failing, slow, the_run, without_last_message


def test_nothing_is_told_as_nothing() -> None:
    """In one sentence."""
    found = compare(the_run(), the_run())
    assert text(found) == NOTHING
    assert as_markdown(found) == f"### ✅ {NOTHING}\n"


def test_each_change_is_told_under_its_title() -> None:
    """What is worse first."""
    found = compare(the_run(), the_run(n1=failing, n2=slow, n4=without_last_message))
    assert text(found).splitlines() == [
        "Verdicts",
        "  s.yaml::n 1: passed before, now failed",
        "      s.yaml:9: expect.answer: wanted an answer 403, got 200 OK to alice",
        "",
        "Requirements",
        "  REG-01: shown before, now failed: Figure 5.X.3.2.2-1 step 1: REGISTER (IMPI, IMPU).",
        found_line(text(found), "  REG-10: shown before, now failed: "),
        "",
        "Messages",
        "  s.yaml::n 4",
        "      gone 200 OK to REGISTER, valserver to scscf",
        "",
        "Times",
        "  s.yaml::n 2: 52 ms before, now 452 ms, most of it before 401 Unauthorized to REGISTER, scscf to icscf",
    ]


def found_line(whole: str, begin: str) -> str:
    """Give the line that begins so."""
    [line] = [line for line in whole.splitlines() if line.startswith(begin)]
    return line


def test_markdown_says_first_whether_it_is_worse() -> None:
    """And nothing of names is markup."""
    worse = as_markdown(compare(the_run(), the_run(n1=failing)))
    assert worse.startswith("### ❌ Something got worse\n\n**Verdicts**\n\n- s.yaml::n 1: passed before, now failed\n")
    assert as_markdown(compare(the_run(), the_run(n2=slow))).startswith("### ✅ Nothing got worse\n\n**Times**\n")


def test_gone_and_new_scenarios_are_told_so() -> None:
    """Neither has two verdicts."""
    assert "s.yaml::n 1: passed before, now not there" in text(compare(the_run(), the_run(n1=None)))
    assert "s.yaml::n 1: new, passed" in text(compare(the_run(n1=None), the_run()))


def test_json_has_the_same() -> None:
    """In plain values."""
    found = as_json(compare(the_run(), the_run(n1=failing, n2=slow, n4=without_last_message)))
    assert json.loads(json.dumps(found)) == found
    assert (found["worse"], found["verdicts"][0]["after"], found["times"][0]["slower"]) == (True, "failed", True)
    assert found["messages"][0]["gone"] == {"200 OK to REGISTER, valserver to scscf": 1}


def test_what_a_report_says_does_nothing_to_a_terminal() -> None:
    """It may come from anywhere: its names are one line each, and move no cursor."""
    named = the_run(n1=lambda made: made.model_copy(update={"id": "\x1b[31mn 1\nVerdicts", "verdict": Verdict.FAILED}))
    said = text(compare(the_run(), named))
    assert "\\x1b[31mn 1\\nVerdicts: new, failed" in said
    assert all(line.isprintable() for line in said.split("\n"))
