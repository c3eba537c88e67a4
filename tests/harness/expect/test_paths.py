import pytest
from pydantic import TypeAdapter, ValidationError

from harness.expect.paths import NotXml, XPath, found_in, read, strange_prefixes

NS = {"m": "urn:m"}
ROOT = read(b'<a xmlns="urn:m"><b id="1">x</b><b id="2"> <c>y</c>\n <c>z</c> </b><d/><!-- remark --></a>')


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("//m:b/@id", ("1", "2")),
        ("//m:b[@id='1']", ("x",)),
        ("//m:c", ("y", "z")),
        ("/m:a/m:b[2]", ("y\n z",)),
        ("//m:d", ("",)),
        ("//b", ()),
        ("//*[local-name()='c']", ("y", "z")),
        ("count(//m:b)", ("2",)),
        ("1 div 4", ("0.25",)),
        ("//m:b/@id = 2", ("true",)),
        ("string(//m:c)", ("y",)),
        ("//comment()", ("remark",)),
    ],
)
def test_a_path_finds_texts(path: str, found: tuple[str, ...]) -> None:
    """Of elements, attributes, numbers, truth values and strings."""
    TypeAdapter(XPath).validate_python(path)
    assert found_in(ROOT, path, NS) == found


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("//[", "is no XPath: Invalid expression"),
        ("//m:b[", "is no XPath"),
        ("no-such()", "cannot be evaluated"),
        ("$x", "cannot be evaluated"),
        ("document('/etc/passwd')", "cannot be evaluated"),
        ("", "is no XPath"),
    ],
)
def test_a_path_that_is_none_is_told_before_anything_is_played(path: str, says: str) -> None:
    """So is one with functions or variables that nobody has."""
    with pytest.raises(ValidationError, match=says):
        TypeAdapter(XPath).validate_python(path)


def test_one_that_proves_senseless_later_is_told_then() -> None:
    """What is behind a predicate may only be reached where there are elements."""
    with pytest.raises(NotXml, match="cannot be evaluated"):
        found_in(ROOT, "//m:b[$x]", NS)


@pytest.mark.parametrize(
    ("path", "strange"),
    [
        ("//m:b/n:c/@o:d", ("n", "o")),
        ("//m:b/ancestor::m:a", ()),
        ("//*[name()='p:q']/n:*", ("n",)),
        ("/@xml:lang", ()),
    ],
)
def test_a_prefix_has_to_stand_for_a_namespace(path: str, strange: tuple[str, ...]) -> None:
    """Axes are none, nor is what stands in quotes."""
    assert strange_prefixes(path, NS) == strange


@pytest.mark.parametrize(
    "text", [b"", b"<a>", b"<!DOCTYPE a []><a/>", b"<a>\xff</a>", b"<a>" + b"x" * 70_000 + b"</a>"]
)
def test_what_must_not_be_read_is_not(text: bytes) -> None:
    """Nothing at all, half a document, a document type, another encoding, too much."""
    with pytest.raises(NotXml):
        read(text)
