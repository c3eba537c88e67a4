import pytest

from valkit.documents import NoSuchDocument
from valkit.documents.markup import add, begun, root_of, text_of, truth, whole, written

NS = "urn:a"


def test_what_is_written_is_read_back() -> None:
    """In one namespace, which no element repeats."""
    root = begun(NS, "root", {"b": "1"}, p="urn:p")
    add(root, "child", "  text é ", c="2")
    text = written(root)
    assert text.count(b"urn:a") == 1
    assert text.endswith(b"</root>\n")
    again = root_of(text, "{urn:a}root")
    assert text_of(again, "d:child", NS) == "text é"
    assert text_of(again, "d:none", NS) == ""


@pytest.mark.parametrize("text", [b"", b"<root>", b"<root/>", b'<other xmlns="urn:a"/>', b"<!DOCTYPE root><root/>"])
def test_another_document_is_told_from_it(text: bytes) -> None:
    """And one that is not safe."""
    with pytest.raises(NoSuchDocument):
        root_of(text, "{urn:a}root")


def test_truth_is_written_in_two_ways() -> None:
    """xs:boolean."""
    assert [truth(text, otherwise=True) for text in ("true", "1", "false", "0", "")] == [True, True, False, False, True]


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("0" * 5_000 + "9", 9), ("999999999", 999_999_999), ("9" * 5_000, None), ("1" * 10, None)],
)
def test_a_whole_number_has_a_bound(text: str, number: int | None) -> None:
    """However many digits somebody writes."""
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "\u0663", "x"])
def test_what_is_no_whole_number(text: str) -> None:
    """Digits of ASCII are, and nothing else."""
    assert whole(text) is None
