"""A table in CSV (RFC 4180) as documents, one for each line, so that what is wrong is told with the line it is on.

As spreadsheets write it: with or without a byte order mark, with commas, semicolons or tabs, with any line ends. A cell
that is empty says nothing; lines without a cell that says anything, and lines that begin with #, are passed over.
"""

import csv
import difflib
import io
from collections.abc import Collection, Iterator, Sequence

from valkit.settings.document import Document, Place, Position
from valkit.settings.faults import Fault, Path, SettingsError

SEPARATORS = ",;\t"
EXPECTED = "expected a line of column names, such as impi,impu,k,opc, then a line for each"
SHOWN = 40
"""Characters of a name or a cell that are repeated."""


def decoded(octets: bytes, name: str) -> str:
    """Give the text of a file; SettingsError, with the line, where it is no UTF-8."""
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise _wrong(name, line, f"is no UTF-8 text (octet {error.start + 1}): save it as UTF-8") from None


def rows(text: str, name: str, columns: Collection[str], most: int) -> Iterator[Document]:
    """Give each line of a table below that of the column names; SettingsError at the first that is not as the others.

    A table has some of these columns, and at most so many lines.
    """
    names: list[str] = []
    count = 0
    for line, cells in _records(text, name):
        if not names:
            names = _names([cell.strip() for cell in cells], name, line, columns)
            continue
        count += 1
        if count > most:
            raise _wrong(name, line, f"is one line too many (expected at most {most})")
        if len(cells) != len(names):
            raise _wrong(name, line, f"has {len(cells)} cells (expected {len(names)}: {','.join(names)})")
        yield _document({key: cell.strip() for key, cell in zip(names, cells, strict=True)}, name, line)
    if not count:
        raise _wrong(name, 1, f"has no line {'below its column names' if names else 'of column names'} ({EXPECTED})")


def _records(text: str, name: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Give the cells of each line that says something, and the number of the line where it begins."""
    reader = csv.reader(
        io.StringIO(text, newline=None),
        delimiter=_separator(text),
        skipinitialspace=True,
        strict=True,
    )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _wrong(name, line, f"is no CSV: {error} (is a quotation mark not closed?)") from None
        if cells is None:
            return
        if reader.line_num > line:
            raise _wrong(name, line, "has a cell of several lines (is a quotation mark not closed?)")
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
            yield line, cells


def _separator(text: str) -> str:
    """Give what separates the column names: spreadsheets write what is usual where they are."""
    head = next((line for line in io.StringIO(text) if line.strip() and not line.startswith("#")), "")
    return next((each for each in SEPARATORS if each in head), SEPARATORS[0])


def _names(names: list[str], name: str, line: int, columns: Collection[str]) -> list[str]:
    for at, column in enumerate(names):
        if column not in columns:
            close = difflib.get_close_matches(column, columns, n=1)
            meant = f"did you mean {close[0]}?" if close else f"expected some of {', '.join(columns)}"
            raise _wrong(name, line, f"names a column {column[:SHOWN]!r} that is not known ({meant})")
        if column in names[:at]:
            raise _wrong(name, line, f"names the column {column} twice")
    return names


def _document(cells: dict[str, str], name: str, line: int) -> Document:
    place = Place(Position(line, 1), Position(line, 1))
    places: dict[Path, Place] = dict.fromkeys(((), *((key,) for key in cells)), place)
    return Document(name, {key: cell for key, cell in cells.items() if cell}, places)


def _wrong(name: str, line: int, message: str) -> SettingsError:
    return SettingsError([Fault(name, line, 1, (), message)])
