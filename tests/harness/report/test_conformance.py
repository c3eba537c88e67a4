from harness.language.places import SHIPPED
from harness.language.requirements import requirements
from harness.language.scenario import parse
from harness.plugin import BESIDE
from harness.report.conformance import conformance, table
from harness.report.results import Result, Verdict

SHOWN = Result("a.yaml", "it binds", Verdict.PASSED, 0.1, ("REG-10", "REG-11"))
BLIND = Result("c.yaml", "it binds there", Verdict.PASSED, 0.1, ("REG-10",), unseen=("c.yaml:4: expect.binding: ...",))
BROKEN = Result("b.yaml", "it binds again", Verdict.FAILED, 0.1, ("REG-10",), "because")


def test_a_requirement_has_the_scenarios_that_name_it() -> None:
    """Each row knows who speaks of it and what they say together."""
    lines = {line.name: line for line in conformance([SHOWN, BROKEN]).lines}
    assert lines["REG-10"].verdict == "failed"
    assert lines["REG-11"].results == (SHOWN,)
    assert lines["REG-01"].verdict == "no scenario"


def test_the_table_shows_counts_and_failures() -> None:
    """One line for each requirement, the names of what failed beneath it."""
    text = table(conformance([SHOWN, BROKEN]))
    assert "REG-10  FAILED 1 of 2  Step 10" in text
    assert "REG-11      ok      1  Step 11" in text
    assert "        FAILED      it binds again" in text
    assert "it binds\n" not in text


def test_with_names_every_scenario_stands_there() -> None:
    """With names, those that passed stand beneath their requirements as well."""
    assert "ok      it binds" in table(conformance([SHOWN]), names=True)


def test_what_nobody_speaks_of_is_told_in_ranges() -> None:
    """The last line names every other requirement, neighbours together."""
    told = table(conformance([SHOWN]), 60)
    assert "IDM-01 to IDM-15" in told
    assert "REG-01 to REG-09, REG-12" in told.replace("\n", " ")
    assert max(map(len, told.splitlines())) <= 60


def test_what_was_shown_is_counted() -> None:
    """A requirement that one scenario refutes is not shown, whatever others say."""
    assert conformance([SHOWN, BROKEN]).summary == "1 of 60 requirements shown"


def test_what_could_not_be_observed_whole_is_shown_in_part() -> None:
    """It is not among those that were shown, and beneath the table stands why."""
    found = conformance([BLIND])
    assert found.summary == "0 of 60 requirements shown, 1 in part"
    first, legend, *_ = table(found).splitlines()
    assert first.startswith("REG-10 in part   1  Step 10")
    assert legend == "in part: each scenario that passed expects something that could not be observed."


def test_one_scenario_that_saw_all_shows_a_requirement() -> None:
    """Whatever others could not observe; nothing is said of parts then."""
    found = conformance([BLIND, SHOWN])
    assert found.summary == "2 of 60 requirements shown"
    assert "in part" not in table(found)


def test_no_line_is_wider_than_asked() -> None:
    """Sentences are cut to the width of the terminal."""
    results = [Result("f", "n" * 200, Verdict.FAILED, 0.1, tuple(requirements()))]
    assert max(map(len, table(conformance(results), 80).splitlines())) <= 80


def test_every_row_of_the_sip_procedures_has_a_scenario() -> None:
    """REG, PUB and SIP are what this core and this VAL server are about; no row may be forgotten."""
    files = [file for file in SHIPPED.parent.rglob("*.yaml") if file.parent.name not in BESIDE]
    named = {
        clause for file in files for scenario in parse(file.read_text(), file, file.name) for clause in scenario.clauses
    }
    asked = {name for name in requirements() if name.startswith(("REG-", "PUB-", "SIP-"))}
    assert asked <= named
