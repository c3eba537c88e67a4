from pathlib import Path

import pytest

from harness.language.scenario import parse
from valkit.settings import SettingsError

GOOD = """\
name: it registers
clauses: [REG-01]
steps:
  - ue.register: alice
  - expect.answer: 200
"""


def faults(text: str) -> list[str]:
    """Give what is wrong with a text."""
    with pytest.raises(SettingsError) as refused:
        parse(text, Path("s.yaml"), "s.yaml")
    return [str(fault) for fault in refused.value.faults]


def test_a_scenario_is_steps_with_lines() -> None:
    """Each step knows its verb, what it is told, and where it stands."""
    [scenario] = parse(GOOD, Path("s.yaml"), "s.yaml")
    assert (scenario.name, scenario.clauses, scenario.lab) == ("it registers", ("REG-01",), "home")
    lines = [(str(step), scenario.document.line(step.place)) for step in scenario.steps]
    assert lines == [("ue.register", 4), ("expect.answer", 5)]


def test_a_file_may_hold_several() -> None:
    """Documents divided by --- are scenarios of their own."""
    found = parse(GOOD + "---\n" + GOOD.replace("it", "she"), Path("s.yaml"), "s.yaml")
    assert [scenario.name for scenario in found] == ["it registers", "she registers"]


def test_each_case_of_a_matrix_is_a_scenario() -> None:
    """The values stand in the name, so that one case can be chosen."""
    text = GOOD.replace("steps", "matrix: {who: [alice, bob]}\nsteps").replace("register: alice", 'register: "${who}"')
    assert [one.name for one in parse(text, Path("s.yaml"), "s.yaml")] == ["it registers [alice]", "it registers [bob]"]


def test_an_unknown_verb_is_named_with_a_guess() -> None:
    """A misspelt verb is told at its line, with the one that was meant."""
    assert faults(GOOD.replace("ue.register", "ue.regster")) == [
        "s.yaml:4:5: steps[0].ue.regster: is not a verb (did you mean ue.register?)"
    ]


def test_what_a_verb_is_told_is_checked() -> None:
    """An argument that a verb does not have is told at its own place."""
    assert faults(GOOD.replace("ue.register: alice", "ue.register: {tokn: yes}")) == [
        "s.yaml:4:5: steps[0].ue.register.ue: is missing (expected: Which phone.)",
        "s.yaml:4:19: steps[0].ue.register.tokn: is not known (did you mean token?)",
    ]


def test_all_faults_of_all_documents_are_told() -> None:
    """One wrong document does not hide what is wrong in the next."""
    found = faults(GOOD.replace("REG-01", "REG-99") + "---\n" + GOOD.replace("steps", "stops"))
    assert found[0].startswith("s.yaml:2:11: clauses[0]: REG-99 is not a requirement")
    assert any("stops: is not known" in fault for fault in found)


def test_no_fault_hides_another() -> None:
    """What is wrong with the keys, with a step's form, with a verb and with a header field is all told at once."""
    text = """\
name: it registers
clauses: []
figure: 5.9-1
steps:
  - ue.register
  - ue.regster: alice
  - expect.message: {to: core, headers: {Contcat: x}}
"""
    assert [fault.partition(" (")[0] for fault in faults(text)] == [
        "s.yaml:2:10: clauses: is empty",
        "s.yaml:3:9: figure: 5.9-1 is not a known figure",
        "s.yaml:5:5: steps[0]: is text",
        "s.yaml:6:5: steps[1].ue.regster: is not a verb",
        "s.yaml:7:21: steps[2].expect.message: Contcat is no header field that is known",
    ]


def test_a_step_is_one_verb() -> None:
    """Two verbs in one item are a slip of indentation, and told so."""
    assert "names 2 verbs" in faults(GOOD.replace("  - expect.answer", "    expect.answer"))[0]


def test_a_figure_must_be_known() -> None:
    """A figure that is not among those described is refused with the ones that are."""
    assert "is not a known figure (expected 5.X.2.3.1-1" in faults("figure: 5.9-1\n" + GOOD)[0]


def test_a_name_stands_once_in_a_file() -> None:
    """Scenarios are chosen by name, so a second one is refused with the line of the first."""
    assert faults(GOOD + "---\n" + GOOD) == ["s.yaml:7:1: name: 'it registers' is given twice (first on line 1)"]


def test_a_name_can_be_printed() -> None:
    """It goes to terminals and reports, which would obey an escape sequence; so would a value in it."""
    assert "holds what cannot be printed" in faults(GOOD.replace("it registers", r'"it \e[2J"'))[0]
    text = GOOD.replace("steps", r'matrix: {who: ["a\e[2J"]}' + "\nsteps")
    assert any("holds what cannot be printed" in fault for fault in faults(text))


def test_what_is_empty_is_said_to_be() -> None:
    """In the words of someone who writes YAML."""
    assert faults(GOOD.replace("[REG-01]", "[]"))[0].endswith("clauses: is empty (expected at least one)")


def test_a_scenario_of_ones_own_names_no_requirement() -> None:
    """They are those of the source document; whoever shows something else leaves them out."""
    [scenario] = parse(GOOD.replace("clauses: [REG-01]\n", ""), Path("s.yaml"), "s.yaml")
    assert scenario.clauses == ()
