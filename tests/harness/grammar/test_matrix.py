import pytest

from harness.grammar.matrix import Case
from harness.grammar.matrix import cases as read
from valkit.settings import Document, Fault, SettingsError, documents


def document(text: str) -> Document:
    """Read a text of one document."""
    [found] = documents(text, "s.yaml")
    return found


def cases(found: Document) -> tuple[Case, ...]:
    """Give the cases of a document; SettingsError with every fault."""
    faults = list[Fault]()
    made = read(found, faults)
    if faults:
        raise SettingsError(faults)
    return made


def test_without_a_matrix_there_is_one_case() -> None:
    """A document without a matrix stays as it is."""
    [case] = cases(document("name: a\nsteps: [1]"))
    assert case.label == ""
    assert case.document.value == {"name": "a", "steps": [1]}


def test_each_combination_is_a_case() -> None:
    """Two names with two and three values make six cases, each named by its values."""
    found = cases(document("matrix: {kind: [a, b], way: [x, y, z]}\nuses: ['${kind}', '${way}']"))
    assert [case.label for case in found] == ["a, x", "a, y", "a, z", "b, x", "b, y", "b, z"]


def test_a_reference_becomes_the_value_itself() -> None:
    """A text that is nothing but a reference becomes number, list or mapping; within a text it becomes text."""
    [case] = cases(document('matrix: {n: [7]}\nwhole: "${n}"\npart: "n${n}"\nlist: ["${n}"]\n"k${n}": 1'))
    assert case.document.value == {"whole": 7, "part": "n7", "list": [7], "k7": 1}


def test_a_member_of_a_value_is_reached_by_a_dot() -> None:
    """A value that is a mapping is named by its first member and gives each by name."""
    [case] = cases(document('matrix: {t: [{kind: expired, cause: late}]}\nsays: "${t.cause}"'))
    assert case.label == "expired"
    assert case.document.value == {"says": "late"}


def test_values_alike_in_their_first_member_are_named_by_what_differs() -> None:
    """Two rows of a report never have one name; what all of them share is not repeated."""
    values = (
        "[{at: a, do: GET, path: /x, on: 1}, {at: a, do: POST, path: /x, on: 1}, {at: b, do: GET, path: /x, on: 1}]"
    )
    assert [case.label for case in cases(document(f"matrix: {{t: {values}}}\nuses: '${{t}}'"))] == [
        "a GET",
        "a POST",
        "b",
    ]


@pytest.mark.parametrize("key", ["matrix", "vars"])
def test_a_name_that_is_used_nowhere_is_a_fault(key: str) -> None:
    """Cases that differ in what they are called would show the same thing twice."""
    text = f'{key}: {{n: [1]}}\nname: "a ${{n}}"\nsteps: %s'
    with pytest.raises(SettingsError, match=rf"s.yaml:1:\d+: {key}.n: is used nowhere \(expected \$\{{n\}} in what"):
        cases(document(text % "[1]"))
    assert cases(document(text % '["${n.a} ${n}"]'.replace("${n.a} ", "")))


def test_a_value_given_twice_is_a_fault() -> None:
    """Its case could not be told from the other's."""
    with pytest.raises(SettingsError, match=r"s.yaml:3:9: matrix.t\[1\]: is given twice \(first on line 2\)"):
        cases(document("matrix:\n  t: [{a: 1, b: 2},\n        {a: 1, b: 2}]"))


def test_an_unknown_reference_is_a_fault_at_its_line() -> None:
    """What the matrix does not give is named, with the line where it is asked for."""
    with pytest.raises(SettingsError, match=r"s.yaml:2:7: says: refers to m, and nothing here is called so"):
        cases(document('matrix: {n: [1]}\nsays: "${m}"'))


@pytest.mark.parametrize("matrix", ["[]", "{n: 1}", "{n: []}"])
def test_a_matrix_is_names_with_lists(matrix: str) -> None:
    """Anything else is refused with what was expected."""
    with pytest.raises(SettingsError, match="expected names, each with a list of values"):
        cases(document(f"matrix: {matrix}"))


def test_a_matrix_of_too_many_cases_is_refused() -> None:
    """Told at once, with its line, and none of them is made."""
    lists = ", ".join(f"{name}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]" for name in "abcdefgh")
    with pytest.raises(
        SettingsError, match=r"s.yaml:2:9: matrix: makes 100000000 scenarios \(expected at most 10000\)"
    ):
        cases(document(f"name: n\nmatrix: {{{lists}}}"))


def test_what_steps_capture_is_not_known_yet() -> None:
    """Its references stay, in steps, beside those of a matrix."""
    [case] = cases(document('matrix: {n: [7]}\nsteps: ["${captured.x}", "${n}:${captured.x}"]'))
    assert case.document.value == {"steps": ["${captured.x}", "7:${captured.x}"]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('name: "${captured.x}"', "s.yaml:1:7: name: refers to captured.x, which there is in steps alone"),
        ('steps: [{"${captured.x}": 1}]', "stands for a captured value (expected a name here)"),
        ("vars: {captured: 1}", "s.yaml:1:8: vars.captured: is what captured values go by (expected another name)"),
        ("matrix: {captured: [1]}", "s.yaml:1:10: matrix.captured: is what captured values go by"),
    ],
)
def test_captured_values_are_values_of_steps(text: str, says: str) -> None:
    """Not names, not of the head, and nothing else is called so."""
    with pytest.raises(SettingsError) as refused:
        cases(document(text))
    assert says in str(refused.value)


def test_a_value_that_can_be_no_name_is_told_where_it_stands_for_one() -> None:
    """A mapping or a list in the place of a key."""
    with pytest.raises(SettingsError, match=r"s\.yaml:2.*stands for a mapping \(expected a name here\)"):
        cases(document('matrix: {t: [{a: {b: 1}}]}\nstep: {"${t.a}": 1}'))
