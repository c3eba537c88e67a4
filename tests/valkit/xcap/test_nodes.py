import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.xcap import AttributeStep, BadSelector, BindingsStep, Name, NodeSelector, NothingThere, Step
from valkit.xcap.nodes import read_selector, step

NS = "urn:ietf:params:xml:ns:watcherinfo"


def read(*segments: str) -> NodeSelector:
    """Read segments where the default namespace is `NS` and `a` is bound to `urn:a`."""
    return read_selector(segments, {"a": "urn:a"}, NS)


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ("watcher", Step(Name(NS, "watcher"))),
        ("a:watcher", Step(Name("urn:a", "watcher"))),
        ("*", Step()),
        ("watcher[2]", Step(Name(NS, "watcher"), 2)),
        ('watcher[@id="8ajk"]', Step(Name(NS, "watcher"), None, (Name(None, "id"), "8ajk"))),
        ("*[2][@a:id='x/y']", Step(None, 2, (Name("urn:a", "id"), "x/y"))),
        ('watcher[@id="&lt;&#65;&#x42;&quot;"]', Step(Name(NS, "watcher"), None, (Name(None, "id"), '<AB"'))),
    ],
)
def test_each_kind_of_step(segment: str, expected: Step) -> None:
    """RFC 4825 6.3: by name, by position, by attribute, by both; attributes without a prefix are in no namespace."""
    assert read(segment) == NodeSelector((expected,))


def test_a_selector_may_end_in_an_attribute_or_in_bindings() -> None:
    """The terminal selectors."""
    element = Step(Name(NS, "list"))
    assert read("list", "@name") == NodeSelector((element,), AttributeStep(Name(None, "name")))
    assert read("list", "@a:name") == NodeSelector((element,), AttributeStep(Name("urn:a", "name")))
    assert read("list", "namespace::*") == NodeSelector((element,), BindingsStep())


@pytest.mark.parametrize("segment", ["b:watcher", 'watcher[@b:id="x"]', "@b:id"])
def test_a_prefix_that_is_not_bound_is_the_clients_mistake(segment: str) -> None:
    """400 (RFC 4825 8)."""
    with pytest.raises(BadSelector, match="does not bind the prefix b"):
        read("watcherinfo", segment)


@pytest.mark.parametrize(
    "segments",
    [
        (),
        ("",),
        ("@name",),
        ("namespace::*",),
        ("watcher[0x1]",),
        ('watcher[@id="a"][2]',),
        ("watcher[last()]",),
        ("parent::node()",),
        ("watcher[@id=x]",),
        ('watcher[@id="&nbsp;"]',),
        ('watcher[@id="&#xD800;"]',),
        ('watcher[@id="&#x110000;"]',),
        ("list", "", "entry"),
    ],
)
def test_an_extension_that_nobody_knows_selects_nothing(segments: tuple[str, ...]) -> None:
    """404 (RFC 4825 8)."""
    with pytest.raises(NothingThere):
        read(*segments)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), st.none() | st.integers(1, 99))
def test_a_step_that_is_written_is_read_back(value: str, position: int | None) -> None:
    """Whatever is in the attribute."""
    assert read(step("entry", position, ("uri", value))) == NodeSelector(
        (Step(Name(NS, "entry"), position, (Name(None, "uri"), value)),)
    )


@given(st.lists(st.text("ab*[]@=\"'1:&;/ \n", max_size=12), max_size=4))
def test_any_segments_are_read_or_refused(segments: list[str]) -> None:
    """Nothing else comes out."""
    with contextlib.suppress(BadSelector, NothingThere):
        assert read(*segments).steps


def test_names_are_shown_as_others_write_them() -> None:
    """In Clark's notation."""
    assert (str(Name(None, "a")), str(Name("urn:a", "b"))) == ("a", "{urn:a}b")
