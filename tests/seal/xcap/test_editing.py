import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.xcap.editing import delete_node, put_attribute, put_element
from seal.xcap.errors import Conflicting, Refused
from seal.xcap.selecting import select
from seal.xcap.tree import Attribute, Element, read_tree
from tests.seal.xcap.documents import INSERTION, WATCHERS, selector
from tests.seal.xcap.test_tree import documents, elements, everything
from valkit.xcap import AttributeStep, Condition, Name, NodeSelector, Step

LINES = INSERTION.decode().split("\n")


def with_line(number: int, line: str) -> bytes:
    """Give the document of RFC 4825 8.2.3 with another line."""
    return "\n".join([*LINES[:number], line, *LINES[number + 1 :]]).encode()


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ('root/el1[@att="third"]', '<el1 att="third"/>', with_line(3, ' <el1 att="second"/><el1 att="third"/>')),
        ('root/el1[3][@att="third"]', '<el1 att="third"/>', with_line(3, ' <el1 att="second"/><el1 att="third"/>')),
        ('root/*[3][@att="third"]', '<el1 att="third"/>', with_line(3, ' <el1 att="second"/><el1 att="third"/>')),
        ("root/el3", '<el3 att="first"/>', with_line(6, '<el3 att="first"/></root>')),
        ('root/el2[@att="2"]', '<el2 att="2"/>', with_line(5, ' <el2 att="first"/><el2 att="2"/>')),
        ('root/el2[2][@att="2"]', '<el2 att="2"/>', with_line(5, ' <el2 att="first"/><el2 att="2"/>')),
        ('root/*[2][@att="2"]', '<el2 att="2"/>', with_line(2, ' <el1 att="first"/><el2 att="2"/>')),
        ('root/el2[1][@att="2"]', '<el2 att="2"/>', with_line(5, ' <el2 att="2"/><el2 att="first"/>')),
        ('root/*[1][@att="0"]', '<el0 att="0"/>', with_line(2, ' <el0 att="0"/><el1 att="first"/>')),
        ('root/*[@att="3"]', '<el1 att="3"/>', with_line(6, '<el1 att="3"/></root>')),
        ("root/el3[1]", "<el3/>", with_line(6, "<el3/></root>")),
    ],
)
def test_where_an_element_is_inserted(path: str, body: str, expected: bytes) -> None:
    """Every example of RFC 4825 8.2.3, and its rules for which there is none."""
    edited = put_element(INSERTION, selector(path), body.encode())
    assert edited.text == expected
    assert edited.created


def test_an_element_takes_the_place_of_the_one_selected() -> None:
    """Whole, with its attributes; all around it stays (8.2.4)."""
    edited = put_element(INSERTION, selector('root/el1[@att="first"]'), b' \n<el1 att="first">new</el1>\n')
    assert edited.text == with_line(2, ' <el1 att="first">new</el1>')
    assert not edited.created
    assert put_element(b"<a>x</a>", selector("a"), b"<a>y</a>").text == b"<a>y</a>"


def test_an_element_goes_into_one_that_was_a_single_tag() -> None:
    """Which becomes two."""
    assert put_element(b'<a><b c="1" /></a>', selector("a/b/d"), b"<d/>").text == b'<a><b c="1"><d/></b></a>'
    assert put_element(b"<x:a xmlns:x='urn:x'/>", selector("x:a/b", None, x="urn:x"), b"<b/>").text.endswith(b"</x:a>")


def test_prefixes_of_the_document_hold_in_what_is_put() -> None:
    """And declarations in it are kept, though the document has the same ones (8.2.3)."""
    text = b'<p:a xmlns:p="urn:p"></p:a>'
    fragment = b'<p:b xmlns:p="urn:p"><p:c/></p:b>'
    where = selector("q:a/q:b", None, q="urn:p")
    assert put_element(text, where, fragment).text == b'<p:a xmlns:p="urn:p">' + fragment + b"</p:a>"
    assert put_element(text, where, b"<p:b/>").text == b'<p:a xmlns:p="urn:p"><p:b/></p:a>'


@pytest.mark.parametrize(
    ("path", "body", "condition"),
    [
        ('root/el1[@att="third"]', b'<el1 att="fourth"/>', Condition.CANNOT_INSERT),
        ("root/el3", b"<el4/>", Condition.CANNOT_INSERT),
        ("root/el1", b"<el1/>", Condition.CANNOT_INSERT),
        ('root/el1[4][@att="4"]', b'<el1 att="4"/>', Condition.CANNOT_INSERT),
        ("root/el3[2]", b"<el3/>", Condition.CANNOT_INSERT),
        ("root/el3[0]", b"<el3/>", Condition.CANNOT_INSERT),
        ("root/el1[1]/a[2]", b"<a/>", Condition.CANNOT_INSERT),
        ('root/el1[@att="first"]', b'<el1 att="second"/>', Condition.CANNOT_INSERT),
        ("other", b"<other/>", Condition.CANNOT_INSERT),
        ("root", b"<other/>", Condition.CANNOT_INSERT),
        ("root/none/a", b"<a/>", Condition.NO_PARENT),
        ("root/el1/a", b"<a/>", Condition.NO_PARENT),
        ("root/el3", b"<el3>", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"<el3/><el3/>", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"</root><root>", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"text", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"<!-- a --><el3/>", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"<?xml version='1.0'?><el3/>", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"<!DOCTYPE el3><el3/>", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"<el3><p:a/></el3>", Condition.NOT_XML_FRAGMENT),
        ("root/el3", b"<el3>\xff</el3>", Condition.NOT_UTF8),
    ],
)
def test_an_element_that_cannot_be_put(path: str, body: bytes, condition: Condition) -> None:
    """Each for its reason."""
    with pytest.raises(Conflicting) as raised:
        put_element(INSERTION, selector(path), body)
    assert raised.value.condition is condition


def test_of_a_parent_that_is_not_there_it_is_known_how_near_one_is() -> None:
    """One step leads somewhere."""
    with pytest.raises(Conflicting) as raised:
        put_element(INSERTION, selector("root/none/a/b"), b"<b/>")
    assert raised.value.steps == 1


def test_an_attribute_is_put() -> None:
    """Behind the others, or in the place of the old; its quotation marks are part of it (7.7)."""
    added = put_attribute(INSERTION, selector("root/el2/@new"), b"'a&amp;b'")
    assert added.text == with_line(5, " <el2 att=\"first\" new='a&amp;b'/>")
    assert added.created
    changed = put_attribute(INSERTION, selector("root/el2/@att"), b'"2"')
    assert changed.text == with_line(5, ' <el2 att="2"/>')
    assert not changed.created
    whole = put_attribute(b"<a>x</a>", selector("a/@b"), b'"1"')
    assert whole.text == b'<a b="1">x</a>'


def test_an_attribute_in_a_namespace_takes_a_prefix_of_the_document() -> None:
    """Bindings of the document cannot be changed so (7.10)."""
    text = b'<a xmlns:p="urn:p"/>'
    assert put_attribute(text, selector("a/@q:b", None, q="urn:p"), b'"1"').text == b'<a xmlns:p="urn:p" p:b="1"/>'
    with pytest.raises(Conflicting, match="no prefix is bound"):
        put_attribute(text, selector("a/@q:b", None, q="urn:q"), b'"1"')


@pytest.mark.parametrize(
    ("path", "body", "condition"),
    [
        ("root/none/@a", b'"1"', Condition.NO_PARENT),
        ('root/el1[@att="first"]/@att', b'"third"', Condition.CANNOT_INSERT),
        ("root/el2/@a", b"1", Condition.NOT_ATTRIBUTE_VALUE),
        ("root/el2/@a", b'"1" b="2"', Condition.NOT_ATTRIBUTE_VALUE),
        ("root/el2/@a", b'"<"', Condition.NOT_ATTRIBUTE_VALUE),
        ("root/el2/@a", b'"&nbsp;"', Condition.NOT_ATTRIBUTE_VALUE),
        ("root/el2/@a", b'"a&b"', Condition.NOT_ATTRIBUTE_VALUE),
        ("root/el2/@a", b'"\xff"', Condition.NOT_UTF8),
    ],
)
def test_an_attribute_that_cannot_be_put(path: str, body: bytes, condition: Condition) -> None:
    """The second is the example of 7.7."""
    with pytest.raises(Conflicting) as raised:
        put_attribute(INSERTION, selector(path), body)
    assert raised.value.condition is condition


def test_a_node_is_taken_out_and_nothing_around_it() -> None:
    """White space stays (8.4)."""
    assert delete_node(INSERTION, selector("root/el2")) == with_line(5, " ")
    assert delete_node(INSERTION, selector("root/el2/@att")) == with_line(5, " <el2/>")
    assert delete_node(INSERTION, selector("root/el1[2]")) == with_line(3, " ")


@pytest.mark.parametrize("path", ["root/el1[1]", "root/*[1]", "root", "root/*[2]"])
def test_a_deletion_that_would_delete_more_when_sent_again_is_refused(path: str) -> None:
    """Another element would then be the first; and a document has a root (8.4)."""
    with pytest.raises(Conflicting) as raised:
        delete_node(INSERTION, selector(path))
    assert raised.value.condition is Condition.CANNOT_DELETE


def test_positional_deletion_with_an_attribute() -> None:
    """Which makes it safe (7.5)."""
    assert delete_node(INSERTION, selector('root/el1[1][@att="first"]')) == with_line(2, " ")


@pytest.mark.parametrize("path", ["root/el1", "root/el3", "root/el2/@none"])
def test_nothing_cannot_be_deleted(path: str) -> None:
    """404."""
    with pytest.raises(Refused) as raised:
        delete_node(INSERTION, selector(path))
    assert raised.value.status == 404


STEPS = st.builds(
    Step,
    st.none() | st.builds(Name, st.sampled_from([None, "urn:d", "urn:x", "urn:other"]), st.sampled_from("ab")),
    st.none() | st.integers(0, 4),
    st.none() | st.tuples(st.builds(Name, st.none(), st.sampled_from("ij")), st.text("ab", max_size=1)),
)
ROOT = Step(Name(None, "r"))


@given(documents(), st.lists(STEPS, min_size=1, max_size=2), elements())
def test_what_was_put_is_what_is_there(text: bytes, steps: list[Step], fragment: str) -> None:
    """GET(PUT(x)) = x, a second PUT changes nothing, and all else is as it was (7)."""
    where = NodeSelector((ROOT, *steps))
    try:
        once = put_element(text, where, fragment.encode())
    except Conflicting:
        return
    found = select(read_tree(once.text), where)
    assert isinstance(found, Element)
    assert once.text[found.start : found.end] == fragment.encode()
    twice = put_element(once.text, where, fragment.encode())
    assert (twice.text, twice.created) == (once.text, False)
    before = select(read_tree(text), where)
    gone = len(everything(before)) if isinstance(before, Element) else 0
    assert once.created is not isinstance(before, Element)
    assert len(everything(read_tree(once.text))) == len(everything(read_tree(text))) - gone + len(everything(found))


@given(documents(), st.lists(STEPS, max_size=2), st.sampled_from("ij"), st.sampled_from(['"x"', "'a&amp;'", '""']))
def test_an_attribute_that_was_put_is_what_is_there(text: bytes, steps: list[Step], name: str, value: str) -> None:
    """As for elements."""
    where = NodeSelector((ROOT, *steps), AttributeStep(Name(None, name)))
    try:
        once = put_attribute(text, where, value.encode())
    except Conflicting:
        return
    found = select(read_tree(once.text), where)
    assert isinstance(found, Attribute)
    assert once.text[found.quoted : found.end] == value.encode()
    assert put_attribute(once.text, where, value.encode()).text == once.text


@given(documents(), st.data())
def test_what_was_deleted_is_gone(text: bytes, data: st.DataObject) -> None:
    """And a second DELETE finds nothing (7); by position alone only the last one can be deleted (7.5)."""
    children = read_tree(text).children
    if not children:
        return
    at = data.draw(st.integers(1, len(children)))
    step = data.draw(st.sampled_from([Step(None, at), Step(children[at - 1].name)]))
    before = select(read_tree(text), NodeSelector((ROOT, step)))
    where = NodeSelector((ROOT, step))
    if step.position is not None and at < len(children):
        with pytest.raises(Conflicting) as raised:
            delete_node(text, where)
        assert raised.value.condition is Condition.CANNOT_DELETE
    elif isinstance(before, Element):
        rest = delete_node(text, where)
        assert rest == text[: before.start] + text[before.end :]
        with pytest.raises(Refused):
            delete_node(rest, where)


def test_the_example_of_an_insertion_by_position() -> None:
    """RFC 4825 7.4: the second watcher."""
    where = selector('watcherinfo/watcher-list/*[2][@id="hhggff"]', "urn:ietf:params:xml:ns:watcherinfo")
    edited = put_element(WATCHERS, where, b'<watcher id="hhggff"/>')
    ids = [each.attributes[0].value for each in read_tree(edited.text).children[0].children]
    assert ids == ["active", "hhggff", "pending"]
