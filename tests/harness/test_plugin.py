import sys

import pytest

from harness.plugin import SCRIPT

pytest_plugins = ["pytester"]

GOOD = """\
name: it registers
clauses: [REG-01, REG-08]
steps:
  - ue.register: alice
  - expect.answer: {status: 200}
"""
BAD = GOOD.replace("status: 200", "status: 403")

INERT = """\
import sys

def test_nothing_was_loaded():
    assert "harness.plugin" in sys.modules
    heavy = {"harness.run.items", "valkit", "twisted.internet.reactor", "ruamel.yaml", "pydantic"}
    assert not heavy & set(sys.modules)
"""

ALONE = ("--disable-plugin-autoload", "-pharness.plugin")
TWISTED = (*ALONE, "-ppytest_twisted")


@pytest.mark.parametrize(
    "text",
    [
        "steps:\n  - ue.register: alice",
        "name: n\nsteps:  # what happens\n\n  # first\n- expect.answer: 200",
        "steps:\n  - {ue.register: alice}",
        "steps:\n  - { 'ue.register': alice }",
        'steps:\n  - "ue.register": alice',
        "steps:\n  - # at first\n    ue.register: alice",
        "steps: [{ue.register: alice}, {expect.answer: 200}]",
        "steps: [ue.register: alice]",
        "steps:\n  [\n    # at first\n    {include: bound},\n  ]",
        '\'steps\': [{"ue.register":"alice"}]',
        'name: n\n"steps" :\n- parallel: []',
    ],
)
def test_a_script_is_known_by_its_verbs(text: str) -> None:
    """Steps with verbs in two parts are what no other file has."""
    assert SCRIPT.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "steps:\n  - uses: actions/checkout@v4",
        "steps: []",
        "steps:\n  - ansible.builtin:\n      x: 1",
        "jobs:\n  a:\n    steps:\n    - ue.register: alice",
        "- a.b: 1",
        "steps: [{uses: actions/checkout@v4}]",
        "steps: [ue.register]",
        "steps:\n  - -ue.register: alice",
        "steps:\n  - 'ue.register\": alice",
        "steps:ue\n  - ue.register: alice",
        "steps: # - ue.register: alice\n  - uses: x",
        "steps:\nother:\n  - ue.register: alice",
    ],
)
def test_other_files_are_left_alone(text: str) -> None:
    """Workflows and playbooks have steps as well."""
    assert not SCRIPT.search(text)


def test_the_plugin_is_inert_without_scenarios(pytester: pytest.Pytester) -> None:
    """In a run of another project nothing is imported, no reactor installed, and no line written."""
    pytester.makepyfile(test_it=INERT)
    pytester.makefile(".yaml", workflow="steps:\n  - uses: something\n")
    with_it = pytester.runpytest_subprocess(*ALONE, "-q")
    without = pytester.runpytest_subprocess("--disable-plugin-autoload", "-q", "--collect-only")
    with_it.assert_outcomes(passed=1)
    assert "val" not in with_it.stdout.str() + with_it.stderr.str()
    assert "1 test collected" in without.stdout.str()


def test_scenarios_run_under_plain_pytest(pytester: pytest.Pytester) -> None:
    """A good one passes, a bad one fails with file, line, what was wanted and what came."""
    pytester.makefile(".yaml", good=GOOD, bad=BAD)
    result = pytester.runpytest_subprocess(*TWISTED, "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*good.yaml::it registers PASSED*"])
    result.stdout.fnmatch_lines(["bad.yaml:5: expect.answer", "  wanted: an answer 403", "  got:    200 OK to alice"])
    assert "Traceback" not in result.stdout.str()


def test_a_scenario_is_chosen_by_clause(pytester: pytest.Pytester) -> None:
    """`-k` knows names and requirements."""
    pytester.makefile(".yaml", good=GOOD, other=GOOD.replace("REG-08", "REG-09"))
    result = pytester.runpytest_subprocess(*TWISTED, "-k", "REG-09", "--collect-only", "-q")
    assert "other.yaml::it registers" in result.stdout.str()
    assert "good.yaml::it registers" not in result.stdout.str()


def test_clauses_stand_in_junit(pytester: pytest.Pytester) -> None:
    """Each is a property of its test case."""
    pytester.makefile(".yaml", good=GOOD)
    pytester.runpytest_subprocess(*TWISTED, "--junitxml=out.xml").assert_outcomes(passed=1)
    text = (pytester.path / "out.xml").read_text()
    assert '<property name="clause" value="REG-01" />' in text
    assert '<property name="clause" value="REG-08" />' in text


def test_a_file_that_is_wrong_does_not_hide_the_others(pytester: pytest.Pytester) -> None:
    """Every fault of every file is told, and nothing is played."""
    pytester.makefile(
        ".yaml", a=GOOD.replace("ue.register", "ue.regster"), b=GOOD.replace("REG-08", "REG-88"), good=GOOD
    )
    result = pytester.runpytest_subprocess(*TWISTED)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "a.yaml:4:5: steps[0].ue.regster: is not a verb (did you mean ue.register?)" in result.stdout.str()
    assert "b.yaml:2:19: clauses[1]: REG-88 is not a requirement" in result.stdout.str()


def test_the_plugin_is_quick_to_load(pytester: pytest.Pytester) -> None:
    """It imports pytest and the standard library, nothing else of ours or others'."""
    ours = "('harness', 'valkit', 'twisted')"
    code = f"import sys, harness.plugin; print([m for m in sys.modules if m.split('.')[0] in {ours}])"
    result = pytester.run(sys.executable, "-c", code)
    assert result.stdout.str().strip() == "['harness', 'harness.run', 'harness.run.carried', 'harness.plugin']"


@pytest.mark.parametrize(
    "first",
    ["  - include: bound", "  - parallel:\n      - [{ue.register: alice}]\n      - [{clock.advance: 1s}]"],
    ids=["include", "parallel"],
)
def test_a_script_may_begin_with_steps_that_are_shared_or_go_on_at_once(pytester: pytest.Pytester, first: str) -> None:
    """Though every script of the file does, it is collected."""
    shared = pytester.mkdir("shared")
    (shared / "bound.yaml").write_text("steps:\n  - ue.register: alice\n")
    pytester.makefile(".yaml", first=GOOD.replace("  - ue.register: alice", first))
    result = pytester.runpytest_subprocess(*TWISTED, "--collect-only", "-q")
    assert "first.yaml::it registers" in result.stdout.str()
    assert "shared" not in result.stdout.str()


@pytest.mark.parametrize(
    "text",
    [
        "steps:" + "\n # x" * 20_000,
        "steps: [" + " " * 20_000 + "-",
        "steps: [" + " {" * 20_000,
        "\nsteps:\n - " * 5_000,
    ],
)
def test_a_long_file_that_is_none_is_soon_known_as_that(text: str) -> None:
    """Its length in steps: there is one way only to read each character."""
    assert not SCRIPT.search(text)


def test_what_val_run_takes_is_collected(pytester: pytest.Pytester) -> None:
    """Lists and mappings in brackets, words in quotes, and a byte order mark are YAML as well."""
    flow = "name: it registers\nclauses: [REG-01]\nsteps: [{'ue.register': alice}, {expect.answer: {status: 200}}]\n"
    pytester.makefile(".yaml", flow=flow)
    (pytester.path / "marked.yaml").write_text(f"\ufeff{GOOD}", "utf-8")
    result = pytester.runpytest_subprocess(*TWISTED, "--collect-only", "-q")
    assert "flow.yaml::it registers" in result.stdout.str()
    assert "marked.yaml::it registers" in result.stdout.str()


def test_every_verb_is_known_by_its_first_part() -> None:
    """The plugin imports no vocabulary, so it names the parts itself."""
    import harness.language.scenario  # noqa: F401, PLC0415  declares the verbs, which this module must not load before
    from harness.grammar.vocabulary import verbs  # noqa: PLC0415  as above

    assert all(SCRIPT.search(f"steps:\n  - {name}: x") for name in verbs())


def test_without_a_reactor_a_scenario_says_so(pytester: pytest.Pytester) -> None:
    """And so does a lab that is not there; neither ends in a traceback."""
    pytester.makefile(".yaml", good=GOOD)
    without = pytester.runpytest_subprocess(*ALONE).stdout.str()
    assert "do not turn that plugin off" in without
    nowhere = pytester.runpytest_subprocess(*TWISTED, "--val-lab", "none.yaml").stdout.str()
    assert "none.yaml:1:1: cannot be read (No such file or directory)" in nowhere
    assert "Traceback" not in without + nowhere
