"""Documents in SQL: each function is one act, inside the transaction that it is given."""

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, insert, select, update

from seal.documents.sql.schema import DOCUMENTS, NAMES
from seal.documents.store import Change, Decide, full
from seal.errors import SealError
from seal.sql.locks import lock
from seal.xcap.handling import Decision
from valkit.xcap import DocumentSelector, read_uri

# Made once: to put a statement together costs as much as to carry it out.
_PATH: BindParameter[str] = bindparam("key")
_TEXT = select(DOCUMENTS.c.text).where(DOCUMENTS.c.path == _PATH)
_BESIDE = select(func.count()).where(DOCUMENTS.c.directory == bindparam("directory"))
_NAMING = select(NAMES.c.path).where(NAMES.c.name == bindparam("named"), NAMES.c.auid == bindparam("usage"))


def document(connection: Connection, selector: DocumentSelector) -> bytes | None:
    """Give one."""
    found: bytes | None = connection.scalar(_TEXT, {"key": str(selector)})
    return None if found is None else bytes(found)


def change(connection: Connection, selector: DocumentSelector, decide: Decide, room: int) -> Change | SealError:
    """Read, decide and write. A refusal is given, not raised: others share this transaction, and it changes nothing."""
    lock(connection, str(selector))
    before = document(connection, selector)
    try:
        decision = decide(before)
    except SealError as error:
        return error
    if before is None and decision.text is not None:
        lock(connection, selector.directory)
        if (connection.scalar(_BESIDE, {"directory": selector.directory}) or 0) >= room:
            return full(room)
    _write(connection, selector, before, decision)
    return Change(before, decision)


def naming(connection: Connection, auid: str, name: str) -> tuple[DocumentSelector, ...]:
    """Give the documents that name somebody."""
    found = connection.scalars(_NAMING, {"named": name, "usage": auid})
    return tuple(read_uri(f"/{path}", "").document for path in sorted(found))


def _write(connection: Connection, selector: DocumentSelector, before: bytes | None, decision: Decision) -> None:
    path = str(selector)
    if decision.text is None:
        connection.execute(delete(DOCUMENTS).where(DOCUMENTS.c.path == path))
        return
    if before is None:
        values = {"path": path, "directory": selector.directory, "text": decision.text}
        connection.execute(insert(DOCUMENTS), values)
    elif before != decision.text:
        connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.path == path).values(text=decision.text))
        connection.execute(delete(NAMES).where(NAMES.c.path == path))
    else:
        return
    rows = [{"path": path, "name": name, "auid": selector.auid} for name in sorted(decision.names)]
    if rows:
        connection.execute(insert(NAMES), rows)
