import tracemalloc
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from seal.xcap.errors import Conflicting
from seal.xcap.tree import DEPTH, MOST, Element, read_tree, without_mark
from tests.seal.xcap.documents import NAMESPACES, WATCHERS
from valkit.xcap import Condition, Name

CONTENT = st.text(st.sampled_from("ab \n\té<>&\"']"), max_size=6)
NAMES = st.sampled_from(["a", "b", "x:a", "y:b"])


def escaped(text: str) -> str:
    """Write text so that it can stand anywhere."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")


@st.composite
def elements(draw: st.DrawFn, depth: int = 2) -> str:
    """Write an element, with whatever may stand in one."""
    name = draw(NAMES)
    attributes = draw(st.dictionaries(st.sampled_from(["i", "j", "x:i"]), CONTENT, max_size=3))
    tag = "".join(
        f'{draw(st.sampled_from([" ", "  ", chr(10)]))}{key}="{escaped(value)}"' for key, value in attributes.items()
    )
    if draw(st.booleans()):
        tag += draw(st.sampled_from([' xmlns="urn:d"', ' xmlns:x="urn:other"', ' xmlns=""']))
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from([f"<{name}{tag}/>", f"<{name}{tag} />", f"<{name}{tag}></{name} >"]))
    inside = (
        elements(depth - 1) | CONTENT.map(escaped) | st.sampled_from(["<!-- <a> -->", "<?p <a> ?>", "<![CDATA[<a>]]>"])
    )
    return f"<{name}{tag}>{''.join(draw(st.lists(inside, max_size=4)))}</{name}>"


def documents() -> st.SearchStrategy[bytes]:
    """Write whole documents."""
    start = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- é --><r xmlns:x="urn:x" xmlns:y="urn:y">'
    return st.lists(elements(), max_size=3).map(lambda inside: f"{start}{''.join(inside)}</r>".encode())


def everything(element: Element) -> list[Element]:
    """Give an element and all that is in it."""
    return [element, *chain.from_iterable(everything(child) for child in element.children)]


def outline(element: Element) -> object:
    """Say what is in an element."""
    attributes = {str(each.name): each.value for each in element.attributes}
    return str(element.name), attributes, [outline(child) for child in element.children]


def outline_by_lxml(element: etree._Element) -> object:
    """Say the same of what another parser found."""
    children = element.iterchildren(tag=etree.Element)
    return (
        element.tag,
        {str(name): value for name, value in element.items()},
        [outline_by_lxml(child) for child in children],
    )


@given(documents())
def test_what_is_read_is_what_another_parser_reads(text: bytes) -> None:
    """Names, attributes and children, in their order (lxml)."""
    assert outline(read_tree(text)) == outline_by_lxml(etree.fromstring(text))


@given(documents())
def test_every_element_knows_where_it_stands(text: bytes) -> None:
    """The slice is the element: from its opening bracket to its closing one, and so are its attributes."""
    for element in everything(read_tree(text)):
        written = text[element.start : element.end]
        alone = read_tree(written, namespaces=False)
        assert (alone.start, alone.end, alone.qname) == (0, len(written), element.qname)
        assert text[element.start : element.opened].endswith(b"/>" if element.is_empty_tag else b">")
        if not element.is_empty_tag:
            assert text[element.closing : element.end].startswith(b"</")
        for attribute in element.attributes:
            quote = text[attribute.quoted : attribute.quoted + 1]
            assert quote in {b'"', b"'"}
            assert text[attribute.end - 1 : attribute.end] == quote
            assert text[attribute.start : attribute.start + 1].isspace()


def test_an_attribute_knows_its_value_and_where_it_is() -> None:
    """As normalized by XML, and as written."""
    text = b"<a b = 'x\ny&amp;' xmlns:p='urn:p' p:c=\"&#65;\"/>"
    first, second = read_tree(text).attributes
    assert (first.name, first.value) == (Name(None, "b"), "x y&")
    assert text[first.start : first.end] == b" b = 'x\ny&amp;'"
    assert (second.name, second.value) == (Name("urn:p", "c"), "A")
    assert text[second.quoted : second.end] == b'"&#65;"'


def test_namespaces_in_scope_are_known() -> None:
    """Declared here or by an ancestor; the default one can be taken back."""
    bar = read_tree(NAMESPACES).children[0]
    assert bar.scope.namespaces == {"": "urn:test:namespace1-uri", "ns1": "urn:test:namespace1-uri"}
    assert read_tree(b'<a xmlns="urn:a"><b xmlns=""/></a>').children[0].scope.namespaces == {}


def test_declarations_are_shared_by_all_that_is_in_their_scope() -> None:
    """Whatever a document of the largest size declares for however many: it takes up but some times its size."""
    declared = " ".join(f'xmlns:a{number:x}="{number:x}"' for number in range(1_700))
    inside = '<e xmlns:z="z"/>' * 999
    text = f"<r {declared}>{inside}</r>".encode()
    tracemalloc.start()
    root = read_tree(text)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(root.children[-1].scope.namespaces) == 1_701
    assert most < 256 * len(text)


def test_text_is_found_by_nobody() -> None:
    """Only elements and attributes are nodes here."""
    assert [len(each.children) for each in everything(read_tree(WATCHERS))] == [1, 2, 0, 0]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (b"", Condition.NOT_WELL_FORMED),
        (b"<a>", Condition.NOT_WELL_FORMED),
        (b"<a></b>", Condition.NOT_WELL_FORMED),
        (b"<a/><b/>", Condition.NOT_WELL_FORMED),
        (b"<a b='1' b='2'/>", Condition.NOT_WELL_FORMED),
        (b"<x:a/>", Condition.NOT_WELL_FORMED),
        (b"<a>&undefined;</a>", Condition.NOT_WELL_FORMED),
        (b"<a>\x00</a>", Condition.NOT_WELL_FORMED),
        (b'<!DOCTYPE a [<!ENTITY b "lol">]><a>&b;</a>', Condition.NOT_WELL_FORMED),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>', Condition.NOT_WELL_FORMED),
        (b"<a>" * (DEPTH + 1) + b"</a>" * (DEPTH + 1), Condition.NOT_WELL_FORMED),
        (b"<a>" + b"<b/>" * MOST + b"</a>", Condition.NOT_WELL_FORMED),
        (b"<a>\xff</a>", Condition.NOT_UTF8),
        ("<a>é</a>".encode("utf-16"), Condition.NOT_UTF8),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', Condition.NOT_UTF8),
    ],
)
def test_what_is_not_read(text: bytes, condition: Condition) -> None:
    """Each for its reason; nothing is fetched, nothing expands."""
    with pytest.raises(Conflicting) as raised:
        read_tree(text)
    assert raised.value.condition is condition
    assert raised.value.phrase


def test_within_bounds_it_is_read() -> None:
    """To the last element."""
    assert len(everything(read_tree(b"<a>" * DEPTH + b"</a>" * DEPTH))) == DEPTH


@given(st.binary(max_size=60) | st.text("<>a/=\"'&;:![]?- x#\x00é", max_size=60).map(str.encode))
def test_any_octets_are_read_or_refused(text: bytes) -> None:
    """Only Conflicting comes out."""
    try:
        assert read_tree(text).end <= len(text)
    except Conflicting as error:
        assert error.condition in {Condition.NOT_WELL_FORMED, Condition.NOT_UTF8}  # noqa: PT017  either may be


def test_a_byte_order_mark_is_taken_off() -> None:
    """And nothing else."""
    assert without_mark(b"\xef\xbb\xbf<a/>") == without_mark(b"<a/>") == b"<a/>"
