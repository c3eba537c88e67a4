import pytest

from valkit.settings import SettingsError, decoded, rows

COLUMNS = ("impi", "impu", "k")


def read(text: str, most: int = 10) -> list[tuple[int, object]]:
    """Give the lines of a table with their numbers."""
    return [(row.line(()), row.value) for row in rows(text, "users.csv", COLUMNS, most)]


def refused(text: str, most: int = 10) -> str:
    """Give what is said of a table that is wrong."""
    with pytest.raises(SettingsError) as raised:
        read(text, most)
    return str(raised.value)


@pytest.mark.parametrize("separator", [",", ";", "\t", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_as_spreadsheets_write_it(separator: str, end: str) -> None:
    """Lines keep the numbers that an editor shows; an empty cell says nothing."""
    lines = ["", "# ours", separator.join(("impi", "k")), separator.join(('"a@x"', "00")), separator.strip(" "),
             separator.join(("b@x", ""))]  # fmt: skip
    text = decoded(b"\xef\xbb\xbf" + end.join(lines).encode(), "users.csv")
    assert read(text) == [(4, {"impi": "a@x", "k": "00"}), (6, {"impi": "b@x"})]


def test_a_cell_in_quotes_has_what_separates_others() -> None:
    """And quotes, doubled (RFC 4180 2)."""
    text = 'impi;impu\na@x;"sip:a@x;user=""phone"""'
    assert read(text) == [(2, {"impi": "a@x", "impu": 'sip:a@x;user="phone"'})]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "users.csv:1:1: has no line of column names (expected a line of column names, such as impi,impu,k,opc"),
        ("impi\n\n", "users.csv:1:1: has no line below its column names (expected a line of column names"),
        ("\nimpi,imp\n", "users.csv:2:1: names a column 'imp' that is not known (did you mean impu?)"),
        ("impi,pin\n", "names a column 'pin' that is not known (expected some of impi, impu, k)"),
        ("impi,impi\n", "users.csv:1:1: names the column impi twice"),
        ("impi,k\na@x\n", "users.csv:2:1: has 1 cells (expected 2: impi,k)"),
        ('impi,k\n\na@x,"00\nb@x,00\n', "users.csv:3:1: is no CSV: unexpected end of data (is a quotation mark not"),
        ('impi,k\na@x,"0"0\n', "users.csv:2:1: is no CSV: ',' expected after '\"'"),
        ('impi,k\na@x,"0\n0"\n', "users.csv:2:1: has a cell of several lines (is a quotation mark not closed?)"),
        ("impi\na\nb\nc", "users.csv:4:1: is one line too many (expected at most 2)"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_line(text: str, says: str) -> None:
    """Of a line with a quotation mark that is not closed, that of the mark and not the last one of the file."""
    assert says in refused(text, 2)


def test_what_is_no_utf_8_is_told_with_its_line() -> None:
    """As what spreadsheets save as Unicode, or in the code page of a country."""
    with pytest.raises(SettingsError, match=r"users.csv:2:1: is no UTF-8 text \(octet 8\): save it as UTF-8"):
        decoded("impi\nzo\xeb@x".encode("latin-1"), "users.csv")
    with pytest.raises(SettingsError, match=r"users.csv:1:1: is no UTF-8 text"):
        decoded("impi\na@x".encode("utf-16"), "users.csv")
