import pytest

from sipcore_stub.hss.elements import Elements, children, content, document, local_name


def test_a_document_without_comments() -> None:
    """Only elements are children; text that a comment interrupts is whole."""
    root = document(b"<a><!-- one --><b>x<!-- two -->y</b><?pi?><c/></a>")
    assert [local_name(child) for child in root] == ["b", "c"]
    assert content(root[0]) == "xy"


def test_a_namespace_does_not_matter() -> None:
    """The schema has none; some exports declare one."""
    root = document(b'<a xmlns="urn:x"><b/><b/></a>')
    assert (local_name(root), len(list(children(root, "b")))) == ("a", 2)


@pytest.mark.parametrize("text", [b"", b"<a>", b"<a>&x;</a>", b"\xff\xfe"])
def test_what_is_no_xml(text: bytes) -> None:
    """A sentence, and no exception of the parser's own."""
    with pytest.raises(ValueError, match="well-formed"):
        document(text)


def test_a_document_type_is_refused() -> None:
    """With it what stands in the file is not what is read: it may name another file, or grow without end."""
    with pytest.raises(ValueError, match="has a document type declaration"):
        document(b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>&f;</a>')


def test_readers_of_values() -> None:
    """Text, number, flag, expression: each from a child."""
    reader, root = Elements(), document(b"<a><t> x </t><n>7</n><f>1</f><e>^x$</e></a>")
    assert (reader.text(root, "t"), reader.number(root, "n", range(8)), reader.flag(root, "f")) == ("x", 7, True)
    pattern = reader.pattern(root, "e")
    assert pattern is not None
    assert pattern.is_in("x")
    absent = (reader.number(root, "none", range(2), 1), reader.flag(root, "none"), reader.pattern(root, "none"))
    assert absent == (1, False, None)
    assert reader.faults == []


def test_every_fault_is_kept_with_its_line() -> None:
    """What is given in its place is harmless."""
    reader, root = Elements(), document(b"<a>\n<n>9</n>\n<f>maybe</f>\n<e>(</e>\n<i>x</i></a>")
    assert (reader.number(root, "n", range(8)), reader.flag(root, "f"), reader.pattern(root, "e")) == (0, False, None)
    assert (reader.read(root, "i", int, "12"), reader.text(root, "none")) == (None, "")
    lines = [fault.split(":")[0] for fault in reader.faults]
    assert lines == ["line 2", "line 3", "line 4", "line 5", "line 1"]
