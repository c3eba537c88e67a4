"""The migration document, written and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.migration import MEDIA_TYPE, NAMESPACE, MigrationRequest, NoMigration, ReturnRequest, read, written

ids = st.from_regex(r"[A-Za-z0-9-]{8,64}", fullmatch=True)
names = st.from_regex(r"[!-~]{1,255}", fullmatch=True)


@given(st.builds(MigrationRequest, ids, names, names, st.integers(0, 255)) | st.builds(ReturnRequest, ids))
def test_what_is_written_is_read(wanted: MigrationRequest | ReturnRequest) -> None:
    """Whatever names there are."""
    assert read(written(wanted)) == wanted


def document(inner: str, id_: str = "attempt-1", namespace: str = NAMESPACE) -> bytes:
    """Write a document by hand."""
    return f'<migration xmlns="{namespace}" id="{id_}">{inner}</migration>'.encode()


HOME = "<home-domain>home.example</home-domain><home-user>alice</home-user>"


def test_a_profile_need_not_be_named() -> None:
    """Then it is the first."""
    assert read(document(HOME)) == MigrationRequest("attempt-1", "home.example", "alice")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no XML",
        document(HOME, id_="short"),
        document(HOME, id_="a" * 65),
        document(HOME, id_="a b c d e f"),
        document(HOME, namespace="urn:other"),
        document(""),
        document("<home-user>alice</home-user>"),
        document(f"{HOME}<home-user>bob</home-user>"),
        document(f"{HOME}<more/>"),
        document(f"{HOME}<return/>"),
        document("<return>now</return>"),
        document(f"{HOME}<user-profile>-1</user-profile>"),
        document(f"{HOME}<user-profile>9999</user-profile>"),
        document("<home-domain>a b</home-domain><home-user>alice</home-user>"),
        document("<home-domain>home.example</home-domain><home-user><b/></home-user>"),
        b"<!DOCTYPE x>" + document(HOME),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + document("<return/>&e;"),
        document(HOME) * 2,
        document(HOME.replace("alice", "a" * 70_000)),
    ],
)
def test_what_is_no_document_is_refused(body: bytes) -> None:
    """With a sentence; entities are not even looked at."""
    with pytest.raises(NoMigration):
        read(body)


def test_its_media_type_is_ours() -> None:
    """SEAL has none for this."""
    assert MEDIA_TYPE == "application/vnd.val.migration+xml"
