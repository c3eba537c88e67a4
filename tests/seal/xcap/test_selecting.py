import pytest

from seal.xcap.selecting import Bindings, reached, select, walk
from seal.xcap.tree import Attribute, Element, read_tree
from tests.seal.xcap.documents import INSERTION, NAMESPACES, WATCHERS, selector

WATCHER = "urn:ietf:params:xml:ns:watcherinfo"


def test_the_example_of_the_rfc() -> None:
    """RFC 4825 6.3."""
    found = select(read_tree(WATCHERS), selector('watcherinfo/watcher-list/watcher[@id="8ajksjda7s"]', WATCHER))
    assert isinstance(found, Element)
    assert WATCHERS[found.start : found.end].endswith(b"sip:userA@example.net</watcher>")


@pytest.mark.parametrize(
    ("path", "bindings", "expected"),
    [
        ("foo/a:bar/b:baz", {"a": "urn:test:namespace1-uri", "b": "urn:test:namespace1-uri"}, b"<baz/>"),
        ("foo/a:bar/b:baz", {"a": "urn:test:namespace1-uri", "b": "urn:test:namespace2-uri"}, b"<ns2:baz "),
        ("d:foo/*[1]/*[2]", {"d": "urn:test:default-namespace"}, b"<ns2:baz "),
    ],
)
def test_names_are_compared_expanded(path: str, bindings: dict[str, str], expected: bytes) -> None:
    """RFC 4825 6.4: the prefixes of the document do not matter, nor those of the selector."""
    found = select(read_tree(NAMESPACES), selector(path, "urn:test:default-namespace", **bindings))
    assert isinstance(found, Element)
    assert NAMESPACES[found.start : found.end].startswith(expected)


@pytest.mark.parametrize(
    ("path", "attribute"),
    [
        ("root/el1[2]/@att", "second"),
        ("root/*[3]/@att", "first"),
        ('root/el1[2][@att="second"]/@att', "second"),
        ('root/*[@att="second"]/@att', "second"),
    ],
)
def test_predicates_are_applied_in_order(path: str, attribute: str) -> None:
    """First the position among those of the name, then the attribute."""
    found = select(read_tree(INSERTION), selector(path))
    assert isinstance(found, Attribute)
    assert found.value == attribute


@pytest.mark.parametrize(
    "path",
    [
        "root/el1",
        "root/*",
        'root/*[@att="first"]',
        "root/el1[3]",
        "root/el1[0]",
        'root/el1[1][@att="second"]',
        "root/el3",
        "other",
        "root/el1[1]/@other",
        "root/el1/@att",
        "root/el1[1]/deeper",
        'root/el1[@xmlns="urn:a"]',
    ],
)
def test_none_or_several_are_nothing(path: str) -> None:
    """A step has to select one element (RFC 4825 6.3)."""
    assert select(read_tree(INSERTION), selector(path)) is None


def test_bindings_are_those_of_one_element() -> None:
    """RFC 4825 10."""
    query = {"d": "urn:test:default-namespace", "a": "urn:test:namespace1-uri"}
    found = select(read_tree(NAMESPACES), selector("d:foo/a:bar/a:baz/namespace::*", None, **query))
    assert isinstance(found, Bindings)
    assert found.element.qname == "baz"


def test_it_is_known_how_far_the_steps_lead() -> None:
    """For the report on a parent that is not there."""
    root = read_tree(INSERTION)
    steps = selector("root/el1[2]/a/b").steps
    assert (reached(root, steps), reached(root, steps[:1]), reached(root, selector("a/b").steps)) == (2, 1, 0)
    assert walk(root, steps[:1]) is root
