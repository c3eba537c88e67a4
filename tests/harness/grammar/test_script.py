"""Steps that are shared, and steps that are taken at once, as they are read."""

from pathlib import Path

import pytest

from harness.grammar.script import FOLDER, MOST, check_shared
from harness.grammar.vocabulary import Together, every
from harness.language.scenario import Scenario, parse
from harness.plugin import BESIDE
from valkit.settings import SettingsError

REGISTERED = """\
about: Registers.
takes: {ue: alice, status: }
steps:
  - ue.register: "${ue}"
  - expect.answer: {status: "${status}"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder whose scenarios share steps."""
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "in.yaml").write_text(REGISTERED)
    return tmp_path


def read(folder: Path, steps: str, head: str = "") -> Scenario:
    """Read a scenario with these steps."""
    text = f"name: n\nclauses: [REG-01]\n{head}steps:\n{steps}"
    [scenario] = parse(text, folder / "deep" / "s.yaml", "s.yaml")
    return scenario


def fault(folder: Path, steps: str, head: str = "") -> str:
    """Give what is wrong with a scenario."""
    with pytest.raises(SettingsError) as refused:
        read(folder, steps, head)
    return str(refused.value)


def test_shared_steps_stand_where_they_are_taken_in(folder: Path) -> None:
    """Told what they take, from a folder above the scenario; each knows its own file and line."""
    steps = list(every(read(folder, "  - include: {steps: in, with: {ue: bob, status: 403}}\n").steps))
    assert [str(step) for step in steps] == ["ue.register", "expect.answer"]
    assert getattr(steps[0].told, "ue", None) == "bob"
    assert getattr(steps[1].told, "status", None) == "403"
    assert steps[1].where.endswith(f"{FOLDER}/in.yaml:5")


def test_ours_are_found_from_anywhere(tmp_path: Path) -> None:
    """By name alone, with all that they take as their file has it."""
    steps = list(every(read(tmp_path, "  - include: registered\n").steps))
    assert str(steps[0]) == "ue.sign_in"


def test_values_with_names_stand_wherever_they_are_named(folder: Path) -> None:
    """Also in what shared steps are told, and beside those of a matrix."""
    text = '  - include: {steps: in, with: {ue: "${who}", status: "${code}"}}\n'
    steps = list(every(read(folder, text, "vars: {who: bob}\nmatrix: {code: [200]}\n").steps))
    assert getattr(steps[0].told, "ue", None) == "bob"
    assert "who: is a name of the matrix as well" in fault(
        folder, text, "vars: {who: a}\nmatrix: {who: [b], code: [1]}\n"
    )
    assert "refers to nobody, and nothing here is called so" in fault(folder, '  - ue.register: "${nobody}"\n')


def test_captured_values_go_into_shared_steps_and_come_out_of_them(folder: Path) -> None:
    """They are the scenario's steps; what they are told may be captured, too."""
    shared = 'takes: {id: }\nsteps:\n  - expect.message: {headers: {Call-ID: "${id}"}, capture: {tag: SIP-ETag}}\n'
    (folder / FOLDER / "again.yaml").write_text(shared)
    before = "  - expect.message: {capture: {call: Call-ID}}\n"
    include = '  - include: {steps: again, with: {id: "${captured.call}"}}\n'
    after = '  - expect.message: {headers: {SIP-If-Match: "${captured.tag}"}}\n'
    steps = list(every(read(folder, before + include + after).steps))
    assert [step.speaks_of for step in steps] == [set(), {"call"}, {"tag"}]
    told = fault(folder, include + after)
    assert "again.yaml:3:" in told
    assert "speaks of a captured value call, and no step before captures it" in told


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("include: inn", "there is no shared/inn.yaml (did you mean in?)"),
        ("include: in", "in has to be told status"),
        ("include: {steps: in, with: {status: 200, eu: bob}}", "in does not take eu (expected one of: status, ue)"),
        ("includ: in", "is not a verb (did you mean include?)"),
        ("parallel: [{ue.register: alice}]", "is no list of branches (expected two or more lists of steps)"),
        ("parallel: [[{ue.register: alice}], [{ue.registre: bob}]]", "ue.registre: is not a verb"),
        ("parallel: [[{ue.register: alice}], []]", "parallel[1]: is a branch without a step"),
    ],
)
def test_what_is_written_wrong_is_told_where_it_stands(folder: Path, step: str, says: str) -> None:
    """In the scenario that writes it."""
    told = fault(folder, f"  - {step}\n")
    assert told.startswith("s.yaml:4:")
    assert says in told


def test_what_is_wrong_in_shared_steps_is_told_in_their_file(folder: Path) -> None:
    """With the line there, whoever takes them in."""
    (folder / FOLDER / "bad.yaml").write_text("steps:\n  - ue.register: {ue: alice, tokn: yes}\n")
    assert "bad.yaml:2:30: steps[0].ue.register.tokn: is not known" in fault(folder, "  - include: bad\n")


def test_steps_that_take_themselves_in_are_refused(folder: Path) -> None:
    """Round however many corners."""
    (folder / FOLDER / "a.yaml").write_text("steps:\n  - include: b\n")
    (folder / FOLDER / "b.yaml").write_text("steps:\n  - include: a\n")
    assert "takes itself in, or too deep (a in b in a)" in fault(folder, "  - include: a\n")


def test_branches_are_read_each_by_itself(folder: Path) -> None:
    """With shared steps in them, and branches within branches."""
    first = "      - [{include: {steps: in, with: {status: 200}}}]\n"
    text = f"  - parallel:\n{first}      - - ue.register: bob\n        - expect.answer: 200\n"
    [together] = read(folder, text).steps
    assert isinstance(together, Together)
    assert [len(branch) for branch in together.branches] == [2, 2]


def test_a_scenario_asks_for_something_if_a_branch_does(folder: Path) -> None:
    """And not if none does."""
    asks = "  - parallel:\n      - [{ue.register: alice}]\n      - [{ue.register: bob}]\n"
    assert "ask for nothing" in fault(folder, asks)


def test_a_file_of_shared_steps_is_checked_by_itself(folder: Path) -> None:
    """As far as that goes without what it has to be told; one that takes nothing, to the end."""
    check_shared(folder / FOLDER / "in.yaml")
    (folder / FOLDER / "bad.yaml").write_text("takes: {ue: alice}\nsteps:\n  - ue.register: {ue: '${ui}'}\n")
    with pytest.raises(SettingsError, match="refers to ui"):
        check_shared(folder / FOLDER / "bad.yaml")
    assert FOLDER in BESIDE


def test_what_shared_steps_take_is_used_by_them(folder: Path) -> None:
    """Else those who tell it would have the steps done for somebody else."""
    (folder / FOLDER / "idle.yaml").write_text("takes: {ue: alice}\nsteps:\n  - ue.register: alice\n")
    with pytest.raises(SettingsError, match=r"idle.yaml:1:9: takes.ue: is used nowhere"):
        check_shared(folder / FOLDER / "idle.yaml")
    assert "takes.ue: is used nowhere" in fault(folder, "  - include: {steps: idle, with: {ue: bob}}\n")


def test_a_key_that_is_wrong_hides_no_step_of_shared_ones(folder: Path) -> None:
    """Of the file itself, and of whoever takes it in."""
    (folder / FOLDER / "bad.yaml").write_text("abuot: x\nsteps:\n  - ue.dance: alice\n")
    with pytest.raises(SettingsError) as error:
        check_shared(folder / FOLDER / "bad.yaml")
    assert [fault.line for fault in error.value.faults] == [1, 3]
    told = fault(folder, "  - include: {steps: bad, with: {ue: bob}}\n")
    assert "abuot: is not known" in told
    assert "bad does not take ue" in told


def test_steps_that_multiply_are_refused_before_they_are_all_read(folder: Path) -> None:
    """Ten times ten times ten; said once and with its place, in a scenario and of the shared files themselves."""
    for number in range(7):
        (folder / FOLDER / f"bomb{number}.yaml").write_text("steps:\n" + f"  - include: bomb{number + 1}\n" * 10)
    (folder / FOLDER / "bomb7.yaml").write_text("steps:\n  - ue.register: alice\n")
    told = fault(folder, "  - include: bomb0\n")
    assert "bomb" in told.partition(":")[0]
    assert (
        f"is one step too many (bomb6 in bomb5 in bomb4 in bomb3 in bomb2 in bomb1 in bomb0) (expected at most {MOST}"
        in (told.replace("bomb7 in ", ""))
    )
    assert len(told.splitlines()) == 1
    with pytest.raises(SettingsError, match="is one step too many"):
        check_shared(folder / FOLDER / "bomb0.yaml")
