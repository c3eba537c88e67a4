"""valkit.settings.document: values, places, and everything that is refused."""

from contextlib import suppress
from io import StringIO
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from valkit.settings import Document, SettingsError, documents
from valkit.settings.document import DEPTH_LIMIT, SIZE_LIMIT, WrittenFloat, WrittenInt

SCENARIO = dedent("""\
    name: token in REGISTER
    steps:
      - ue.sign_in: {ue: alice}
      - ue.register:
          ue: alice
          token: yes
    """)


def one(text: str) -> Document:
    """Read the one document of this text."""
    (document,) = documents(text, "a.yaml")
    return document


def faults(text: str) -> list[str]:
    """Say what is wrong with this text."""
    with pytest.raises(SettingsError) as caught:
        documents(text, "a.yaml")
    return list(map(str, caught.value.faults))


def test_plain_values() -> None:
    """Mappings, lists and scalars come out as Python's own, text as it is written."""
    text = "a: [1, 0x1f, 0o17, 1.5, .inf, true, null, ~, 2026-11-23, yes, 'x', \"y\"]\nb:\n"
    assert one(text).value == {
        "a": [1, 31, 15, 1.5, float("inf"), True, None, None, "2026-11-23", "yes", "x", "y"],
        "b": None,
    }


@pytest.mark.parametrize("written", ["00112233445566778899001122334455", "+7", "1_000", "0x1f"])
def test_a_whole_number_keeps_its_spelling(written: str) -> None:
    """A key that happens to have only digits can still be taken as text."""
    value = one(f"a: {written}").value
    assert isinstance(value, dict)
    assert isinstance(value["a"], WrittenInt)
    assert str(value["a"]) == written


@pytest.mark.parametrize("written", ["1.10", "12e45", "-.INF"])
def test_a_number_keeps_its_spelling(written: str) -> None:
    """Version 1.10 is not 1.1."""
    value = one(f"a: {written}").value
    assert isinstance(value, dict)
    assert isinstance(value["a"], WrittenFloat)
    assert str(value["a"]) == written


@pytest.mark.parametrize("written", ["0b11", "!!int x", "1" * 5000, "!!float x"])
def test_what_only_looks_like_a_number_is_text(written: str) -> None:
    """It is the field that says whether a number was wanted."""
    assert one(f"a: {written}").value == {"a": written.rpartition(" ")[2]}


def test_every_node_has_a_line() -> None:
    """A step is where its dash stands, a member where its key stands."""
    document = one(SCENARIO)
    assert document.line(()) == 1
    assert document.line(("steps",)) == 2
    assert document.line(("steps", 1)) == 4
    assert document.position(("steps", 1, "ue.register", "token")) == (6, 7)


def test_what_is_not_there_stands_where_it_would() -> None:
    """The place of a missing key is the place of the mapping that lacks it."""
    document = one(SCENARIO)
    assert not document.has(("steps", 0, "ue.sign_in", "password"))
    assert document.line(("steps", 0, "ue.sign_in", "password")) == 3


def test_a_fault_points_at_the_value_or_at_the_key() -> None:
    """What is wrong with a value points at the value, what is wrong with a key at the key."""
    document = one(SCENARIO)
    path = ("steps", 0, "ue.sign_in", "ue")
    assert str(document.fault(path, "is nobody")) == "a.yaml:3:22: steps[0].ue.sign_in.ue: is nobody"
    assert str(document.fault(path, "is odd", at_key=True)) == "a.yaml:3:18: steps[0].ue.sign_in.ue: is odd"


def test_several_documents() -> None:
    """`---` divides documents, and lines go on counting."""
    first, second = documents("a: 1\n---\nb: 2\n", "a.yaml")
    assert first.value == {"a": 1}
    assert second.line(("b",)) == 3


def test_aliases_are_followed() -> None:
    """An anchored part may be used again."""
    assert one("a: &x {k: 1}\nb: *x\n").value == {"a": {"k": 1}, "b": {"k": 1}}


def test_all_duplicate_keys_are_named_at_once() -> None:
    """A second key of the same name would silently win elsewhere; here each is a fault with its line."""
    assert faults("a: 1\nb: {c: 1, c: 2}\na: 3\n") == [
        "a.yaml:2:11: b.c: is given twice (first on line 2)",
        "a.yaml:3:1: a: is given twice (first on line 1)",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.yaml:1:1: is empty (expected a mapping of keys to values)"),
        ("# only a comment\n", "a.yaml:1:1: is empty (expected a mapping of keys to values)"),
        ("a:\n\tb: 1\n", "a.yaml:2:1: a tab stands where YAML wants spaces"),
        ("a: b: c\n", "a.yaml:1:5: a second `name: value` stands on a line (expected braces"),
        ("- ue.register: alice, token: yes\n", "a.yaml:1:28: a second `name: value` stands on a line (expected"),
        ("- ue.register: {ue: ${whom}}\n", "a.yaml:1:22: a brace stands within braces (expected a text with ${...}"),
        ("a: [1\n", "a.yaml:2:1: expected ',' or ']', but got '<stream end>', while parsing a flow sequence"),
        ("a: *x\n", "a.yaml:1:4: a value begins with *, which makes it an alias"),
        ("b: 1\na: \x01\n", "a.yaml:2:4: holds a character that YAML forbids"),
        ("a: !!python/object x\n", "a.yaml:1:4: a: begins with !, which makes it a tag that is not known"),
        (
            "a: !secret x\n",
            "a.yaml:1:4: a: begins with !, which makes it a tag that is not known (expected a plain",
        ),
        ("a: &x {k: 1}\nb: {<<: *x}\n", "a.yaml:2:5: b: a key must be a plain word (merge keys are not understood)"),
        ("? [a]\n: 1\n", "a.yaml:1:3: a key must be a plain word (merge keys are not understood)"),
        ("%YAML 9.9\n---\na: 1\n", "a.yaml:1:1: found incompatible YAML document"),
        ("x" * (SIZE_LIMIT + 1), f"a.yaml:1:1: is too long (expected at most {SIZE_LIMIT} characters)"),
        ("[" * 5000, f"a.yaml:1:1: is nested deeper than {DEPTH_LIMIT} levels"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    """Each way to be wrong has a place and a sentence."""
    (fault,) = faults(text)
    assert fault.startswith(said)


@pytest.mark.parametrize("start", ["!", "!!", "!a!", "*"])
def test_a_secret_without_quotes_is_not_repeated(start: str) -> None:
    """YAML takes what begins so for a tag, an alias or an anchor; the fault says what, and not which."""
    with pytest.raises(SettingsError) as error:
        documents(f"k: {start}s3cret", "a.yaml")
    assert "s3cret" not in str(error.value)


def test_an_anchor_may_come_twice_and_is_not_repeated() -> None:
    """No warning tells of it, since it may be a secret without quotes."""
    assert one("k: &s3cret 1\nb: &s3cret 2").value == {"k": 1, "b": 2}


def test_an_alias_bomb_is_refused() -> None:
    """Nine lines that would grow to a billion values stop at the limit."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    (fault,) = faults("\n".join(lines))
    assert "is too much" in fault


def test_a_structure_that_holds_itself_is_refused() -> None:
    """An alias to what surrounds it has no end, so it stops at the depth limit."""
    (fault,) = faults("a: &a [*a]\n")
    assert "is too much (expected at most 32 levels" in fault


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"\n\t #,?%@`.0<\x01é"), max_size=60))
def test_any_text_gives_documents_or_faults(text: str) -> None:
    """No text makes anything but documents or a SettingsError."""
    with suppress(SettingsError):
        assert all(document.has(()) for document in documents(text, "a.yaml"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-10, 10) | st.text(alphabet="abyesno01.", max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
        max_leaves=10,
    )
)
def test_values_agree_with_the_library_loader(value: object) -> None:
    """What YAML's own loader reads is what we read."""
    out = StringIO()
    YAML(typ="safe", pure=True).dump(value, out)
    assert one(out.getvalue()).value == YAML(typ="safe", pure=True).load(out.getvalue())
