"""The file of bindings: what it keeps, what it refuses to open, and that a killed process has lost nothing."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valserver.parts import record
from valserver.errors import CannotStart
from valserver.records import Record
from valserver.stores import journal as module
from valserver.stores.journal import SCHEMA, FileGone, Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a journal."""
    return tmp_path / "bindings.sqlite"


def loaded(path: Path) -> dict[str, Record]:
    """Open a journal, give what is in it, and close it."""
    journal = Journal(path)
    found = {each.impu: each for each in journal.load()}
    journal.close()
    return found


def rows(path: Path, query: str = "SELECT count(*) FROM journal") -> int:
    """Count in a closed journal."""
    connection = sqlite3.connect(path)
    count = connection.execute(query).fetchone()[0]
    connection.close()
    return int(count)


def test_what_was_appended_is_loaded(path: Path) -> None:
    """The latest record of each IMPU, and none of one that is gone."""
    journal = Journal(path)
    journal.append({"sip:a": record("sip:a"), "sip:b": record("sip:b")})
    journal.append({"sip:a": record("sip:a", "bob"), "sip:b": None})
    journal.close()
    assert loaded(path) == {"sip:a": record("sip:a", "bob")}


def test_an_append_is_whole_or_not_at_all(path: Path) -> None:
    """A full disk undoes the append, and the journal goes on when there is room again."""
    journal = Journal(path)
    journal.append({"sip:a": record("sip:a")})
    connection = journal._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    many = {f"sip:{number}": record(f"sip:{number}") for number in range(500)}
    with pytest.raises(sqlite3.OperationalError, match="full"):
        journal.append(many)
    connection.execute("PRAGMA max_page_count = 100000")
    journal.append({"sip:b": record("sip:b")})
    journal.close()
    assert loaded(path).keys() == {"sip:a", "sip:b"}


def test_only_the_owner_may_read_the_file(path: Path) -> None:
    """Even where the file was there before with another mode."""
    path.touch(mode=0o644)
    Journal(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_servers_do_not_share_a_file(path: Path) -> None:
    """The second is told what to do; the first goes on."""
    first = Journal(path)
    with pytest.raises(CannotStart, match=r"in use by another server.*\(bindings\.path\)"):
        Journal(path)
    first.append({"sip:a": record("sip:a")})
    first.close()
    assert loaded(path).keys() == {"sip:a"}


def test_a_newer_schema_is_refused(path: Path) -> None:
    """An older program must not write into what it does not understand."""
    Journal(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()
    with pytest.raises(CannotStart, match="newer version"):
        Journal(path)


def test_another_programs_database_is_refused(path: Path) -> None:
    """And left as it was."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE cookies (name)")
    connection.close()
    with pytest.raises(CannotStart, match="another program"):
        Journal(path)
    assert rows(path, "SELECT count(*) FROM cookies") == 0


def test_what_is_no_database_is_refused(path: Path) -> None:
    """With the way out."""
    path.write_bytes(b"tokens: {issuer: https://idms.home.example}\n" * 100)
    with pytest.raises(CannotStart, match="damaged or no binding store"):
        Journal(path)


def damaged(path: Path, statement: str) -> None:
    """Do this to a journal that was good."""
    journal = Journal(path)
    journal.append({"sip:a": record("sip:a")})
    journal.close()
    connection = sqlite3.connect(path)
    connection.executescript(statement)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO journal VALUES (9, 'sip:a', '[1]')",
        "INSERT INTO journal VALUES (9, 'sip:b', (SELECT record FROM journal))",
        "UPDATE journal SET record = json_replace(record, '$[2][3]', 'soon')",
        "UPDATE journal SET record = json_replace(record, '$[2][4][0]', 'x')",
        "UPDATE journal SET record = x'ff'",
        "UPDATE journal SET record = CAST(x'ff' AS TEXT)",
        "UPDATE journal SET record = 7",
        "UPDATE journal SET impu = x'00'",
        "DROP VIEW bindings; DROP TABLE journal; CREATE TABLE journal (x)",
        "DROP VIEW bindings; DROP TABLE journal; CREATE TABLE journal AS SELECT 'x' AS seq, '' AS impu, '' AS record",
    ],
)
def test_what_was_tampered_with_is_refused(path: Path, statement: str) -> None:
    """Bindings are not guessed at, and no damage ends in a traceback."""
    damaged(path, statement)
    with pytest.raises(CannotStart, match="damaged"):
        loaded(path)


def test_a_file_that_is_gone_is_noticed(path: Path) -> None:
    """What is written into a removed file is lost with the process: it is said, and nobody hears 200 for it."""
    journal = Journal(path)
    journal.append({"sip:a": record("sip:a")})
    aside = path.rename(path.with_name("aside"))
    with pytest.raises(FileGone, match="removed or replaced"):
        journal.append({"sip:b": record("sip:b")})
    path.touch()
    with pytest.raises(FileGone):
        journal.append({"sip:b": record("sip:b")})
    aside.rename(path)
    journal.append({"sip:b": record("sip:b")})
    journal.close()
    assert loaded(path).keys() == {"sip:a", "sip:b"}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The sentence names the file."""
    with pytest.raises(CannotStart, match=r"nowhere.*cannot be opened"):
        Journal(tmp_path / "nowhere" / "bindings.sqlite")


def test_a_read_only_database_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be written is none."""
    connect = sqlite3.connect

    def read_only(database: Path, **options: object) -> sqlite3.Connection:
        return connect(f"file:{database}?mode=ro", uri=True, **options)  # type: ignore[call-overload, no-any-return]

    Journal(path).close()
    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(CannotStart, match="cannot be written"):
        Journal(path)


def test_the_view_shows_what_is_bound(path: Path) -> None:
    """One row for each IMPU, for a person with the sqlite3 command."""
    journal = Journal(path)
    journal.append({"sip:a": record("sip:a"), "sip:b": record("sip:b")})
    journal.append({"sip:a": record("sip:a", "bob"), "sip:b": None})
    journal.close()
    assert rows(path, "SELECT count(*) FROM bindings") == 1


def test_the_file_does_not_grow_with_every_refresh(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are bounded by twice the records and some slack."""
    monkeypatch.setattr(module, "SLACK", 10)
    journal = Journal(path)
    for end in range(300):
        impu = f"sip:{end % 7}"
        journal.append({impu: record(impu, ends=float(end))})
    journal.close()
    assert rows(path) <= 2 * 7 + 10 + 2
    assert len(loaded(path)) == 7


STEPS = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.integers(0, 99), max_size=4), st.booleans()),
    max_size=40,
)


@given(STEPS)
def test_clearing_loses_nothing(steps: list[tuple[dict[str, int | None], bool]]) -> None:
    """Appended, cleared, closed and opened in any order, the journal agrees with a dict."""
    known: dict[str, Record] = {}
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SLACK", 0)
        path = Path(folder) / "bindings.sqlite"
        journal = Journal(path)
        for changes, reopen in steps:
            wanted = {i: None if end is None else record(i, ends=float(end)) for i, end in changes.items()}
            journal.append(wanted)
            known = {impu: each for impu, each in (known | wanted).items() if each is not None}
            if reopen:
                journal.close()
                journal = Journal(path)
                assert {each.impu: each for each in journal.load()} == known
        journal.close()
        assert loaded(path) == known


WRITER = """
import sys
from pathlib import Path
from tests.valserver.parts import record
from valserver.stores.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(1_000_000):
    impu = f"sip:{number % 50}"
    journal.append({impu: record(impu, ends=float(number))})
    print(number, flush=True)
"""


def test_a_killed_process_has_lost_nothing_it_acknowledged(path: Path) -> None:
    """Killed with -9 between or within commits: the last number told is in the file, or a later one."""
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(200)]
        os.kill(process.pid, signal.SIGKILL)
        told += [int(line) for line in process.stdout if line.endswith("\n")]
    ends = {impu: int(each.registration.ends) for impu, each in loaded(path).items() if each.registration is not None}
    for number in told[-50:]:
        assert ends[f"sip:{number % 50}"] >= number
