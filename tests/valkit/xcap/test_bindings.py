import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.xcap import BadSelector
from valkit.xcap.bindings import read_bindings, written
from valkit.xcap.uris import decoded


def test_several_are_read() -> None:
    """RFC 4825 6.4, with and without space between them."""
    query = "xmlns(a=urn:test:namespace1-uri)\n   xmlns(b = urn:test:namespace2-uri)"
    assert read_bindings(query) == {"a": "urn:test:namespace1-uri", "b": "urn:test:namespace2-uri"}


def test_other_schemes_are_ignored() -> None:
    """As a server must (RFC 4825 6.4)."""
    assert read_bindings("xpointer(id('a(b)'))xmlns(a=urn:a)") == {"a": "urn:a"}


@pytest.mark.parametrize("query", ["a=b", "xmlns(a=urn:a", "xmlns(=urn:a)", "xmlns(urn:a)", "(a=b)", "xmlns(a=urn:a)x"])
def test_what_is_no_binding_is_refused(query: str) -> None:
    """A query that is there means something."""
    with pytest.raises(BadSelector):
        read_bindings(query)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9.-]{0,8}", fullmatch=True), st.text(min_size=1, max_size=20)))
def test_what_is_written_is_read_back(bindings: dict[str, str]) -> None:
    """Parentheses and circumflexes are escaped, all else is encoded."""
    stripped = {prefix: namespace.lstrip() for prefix, namespace in bindings.items()}
    query = written(stripped)
    assert query.isascii()
    assert read_bindings(decoded(query)) == stripped
