import json

from harness.report.comparing import Comparison, compare
from harness.report.differing import Change, Changed, Exchanged
from harness.report.model import Played, Sent
from harness.report.results import Verdict
from harness.report.told import NOTHING, as_json, as_markdown, text
from tests.harness.report.test_comparing import failing, interrupted, the_run, without_last_message
from tests.harness.report.test_timing import slow


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
        "  gone 200 OK to REGISTER, valserver to scscf",
        "      in s.yaml::n 4",
        "",
        "Times",
        "  s.yaml::n 2: 52 ms before, now 652 ms, most of it before 401 Unauthorized to REGISTER, scscf to icscf",
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
    found = json.loads(json.dumps(as_json(compare(the_run(), the_run(n1=failing, n2=slow, n4=without_last_message)))))
    assert (found["worse"], found["verdicts"][0]["after"], found["times"][0]["slower"]) == (True, "failed", True)
    assert found["messages"][0]["gone"] == {"200 OK to REGISTER, valserver to scscf": 1}


def test_what_a_report_says_does_nothing_to_a_terminal() -> None:
    """It may come from anywhere: its names are one line each, and move no cursor."""
    named = the_run(n1=lambda made: made.model_copy(update={"id": "\x1b[31mn 1\nVerdicts", "verdict": Verdict.FAILED}))
    said = text(compare(the_run(), named))
    assert "\\x1b[31mn 1\\nVerdicts: new, failed" in said
    assert all(line.isprintable() for line in said.split("\n"))


def test_one_change_in_many_scenarios_is_told_once() -> None:
    """With the first of them, and how many more."""

    def without_header(made: Played) -> Played:
        [first, *rest] = made.events
        assert isinstance(first, Sent)
        lines = [line for line in first.text.split("\n") if not line.startswith("Authorization")]
        return made.model_copy(update={"events": (first.model_copy(update={"text": "\n".join(lines)}), *rest)})

    changed = {f"n{at}": without_header for at in range(5)}
    said = text(compare(the_run(), the_run(**changed))).splitlines()
    assert said[0] == "Messages"
    assert said[1].startswith("  REGISTER, alice to pcscf: Authorization is gone, it was Digest username=")
    assert said[2:] == ["      in s.yaml::n 0", "      in s.yaml::n 1", "      in s.yaml::n 2", "      and in 2 more"]


def test_another_value_is_told_with_both() -> None:
    """And a long one is cut."""
    assert changed_as(Change("Expires", "60", "70")) == "M: Expires was 60, now 70"
    assert changed_as(Change("Subject", None, "hello")) == "M: Subject is new: hello"
    assert changed_as(Change("Subject", "", None)) == "M: Subject is gone"
    assert len(changed_as(Change("Subject", "x" * 5000, None))) < 250


def changed_as(change: Change) -> str:
    """Tell a change of a message."""
    found = Comparison((), (Exchanged("s", {}, {}, (Changed("M", (change,)),)),), (), ())
    return text(found).splitlines()[1].strip()


def test_what_was_not_played_is_told_after_the_rest() -> None:
    """Not as gone, and not as new."""
    then = "  7 scenarios not played then: that run was interrupted after 5 of 12 scenarios"
    assert text(compare(interrupted(the_run(), 5), the_run())).splitlines() == [NOTHING, "", "Not compared", then]
    said = text(compare(interrupted(the_run(), 5), the_run(n9=failing)))
    assert "s.yaml::n 9: not played then, now failed" in said
    assert as_json(compare(interrupted(the_run(), 11), the_run()))["not_played"] == [
        {
            "when": "then",
            "why": "that run was interrupted after 11 of 12 scenarios",
            "ids": ("s.yaml::n 11",),
        }
    ]


def test_markdown_has_room_in_a_comment() -> None:
    """Of thousands of changes it has the first."""
    changes = tuple(Change(f"X-{at}", None, "y" * 1000) for at in range(3000))
    found = Comparison((), (Exchanged("s", {}, {}, (Changed("M", changes),)),), (), ())
    said = as_markdown(found)
    assert len(said) < 32768
    assert "... and 5940 lines more." in said
