import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.sipp.script import Line, Lost, Script, flow, written
from valkit.settings import documents


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        ("yes", '"yes"'),
        ("alice", "alice"),
        (200, "200"),
        (None, "null"),
        (["sip:a@b"], '["sip:a@b"]'),
        ({"ue": "alice", "token": True}, "{ue: alice, token: yes}"),
        ("0123", '"0123"'),
    ],
)
def test_values_are_written_plain_where_that_is_no_risk(value: object, text: str) -> None:
    """A reader is to find it readable."""
    assert flow(value) == text


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_whatever_is_written_is_read_as_the_same(value: dict[str, str]) -> None:
    """No text breaks out of its place."""
    (document,) = documents(f"a: {flow(value)}\n", "x")
    assert document.value == {"a": value}


def test_a_script_is_written_with_what_was_lost() -> None:
    """At its end, with lines; steps have their comments."""
    script = Script("one", "one.xml", ("REG-01",), {"sipp": {"impi": "sipp@home.example"}})
    script.lines.append(Line("ue.register", {"ue": "sipp"}, "line 5: REGISTER"))
    script.lost.append(Lost(9, "<exec> has no counterpart"))
    text = written(script)
    assert "  # line 5: REGISTER\n  - ue.register: {ue: sipp}\n" in text
    assert text.endswith("# not converted, line 9: <exec> has no counterpart\n")
    assert "      impi: sipp@home.example\n" in text
    assert script.acts
