"""The token site: errors as JSON, and against anything at all never a 500, a stack trace or a token."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LogEvent

from seal.errors import StoreUnavailable
from seal.idms.proving.clients import ASSERTION_TYPE
from seal.idms.stores.store_memory import MemoryStore
from tests.seal.idms.in_memory import Got, Sites
from tests.seal.idms.parts import SECRET, VERIFIER

NAMES = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "refresh_token",
    "scope",
    "token",
    "token_type_hint",
    "client_assertion",
    "client_assertion_type",
]
VALUES = st.one_of(
    st.sampled_from(
        [
            "authorization_code",
            "refresh_token",
            "app",
            "server",
            SECRET,
            VERIFIER,
            ASSERTION_TYPE,
            "openid",
            "",
            "a.b.c",
        ]
    ),
    st.sampled_from(["eyJhbGciOiJub25lIn0.eyJzdWIiOiJzZXJ2ZXIifQ.", "eyJhbGciOiJFUzI1NiJ9.W10.AA", "e30.e30.e30"]),
    st.text(max_size=60),
)
FORMS = st.one_of(
    st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8).map(lambda pairs: urlencode(pairs).encode()),
    st.binary(max_size=100),
)
HEADERS = st.one_of(
    st.none(),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40),
    st.lists(st.integers(128, 255)).map(lambda raw: "Basic " + bytes(raw).decode("utf-8", "surrogateescape")),
    st.binary(max_size=30).map(lambda raw: "Basic " + b64encode(raw).decode()),
    st.sampled_from(["Basic " + b64encode(f"server:{SECRET}".encode()).decode(), "Bearer e30.e30.e30", "Bearer"]),
)
PATHS = st.sampled_from(["/token", "/revoke", "/introspect", "/userinfo"])


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    """Give the sites, for many examples."""
    with TemporaryDirectory() as folder:
        yield Sites(Path(folder))


def read(got: Got) -> Any:
    """Read an answer as JSON."""
    assert b"application/json" in got.head
    return json.loads(got.body)


@given(PATHS, FORMS, HEADERS)
def test_whatever_comes_is_answered_with_an_error_of_the_standards(
    sites: Sites, path: str, form: bytes, header: str | None
) -> None:
    """Never a 500, nothing of how it is made, and no token for nothing."""
    got = sites.post("token", path, form, {} if header is None else {"Authorization": header})
    assert got.status < 500
    answer = read(got)
    if path == "/userinfo" and not (header or "").lower().startswith("bearer"):
        assert (got.status, answer) == (401, {})  # a challenge, and no error (RFC 6750 3.1)
    elif got.status != 200:
        assert answer["error"] in {
            "invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type", "invalid_scope",
            "invalid_token",
        }  # fmt: skip
    assert not {"access_token", "id_token", "refresh_token"} & answer.keys()
    assert b"Traceback" not in got.body


def test_an_unknown_path_is_told_as_json(sites: Sites) -> None:
    """404, and 405 for another method."""
    assert (sites.ask("token", "GET", "/nothing").status, sites.ask("token", "GET", "/token").status) == (404, 405)
    got = sites.ask("token", "GET", "/token")
    assert (read(got)["error"], b"Allow: POST" in got.head.split(b"\r\n")) == ("invalid_request", True)


class Broken(MemoryStore):
    """A store that does not answer."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    async def client(self, client_id: str) -> Any:
        """Fail."""
        raise self.error


def test_a_store_that_does_not_answer_is_a_503(tmp_path: Path) -> None:
    """The client may come again; a page says so at the other site."""
    sites = Sites(tmp_path, Broken(StoreUnavailable("secret")))
    got = sites.post("token", "/token", b"grant_type=refresh_token&client_id=app&refresh_token=x")
    assert (got.status, read(got)["error"]) == (503, "temporarily_unavailable")
    got = sites.ask("authorization", "GET", "/authorize?client_id=app")
    assert (got.status, b"secret" in got.body) == (503, False)


def test_our_own_faults_tell_nothing(tmp_path: Path, failures: list[LogEvent]) -> None:
    """500 and server_error; the reason is in the log only."""
    sites = Sites(tmp_path, Broken(RuntimeError("secret")))
    got = sites.post("token", "/token", b"grant_type=refresh_token&client_id=app&refresh_token=x")
    assert (got.status, read(got)["error"], b"secret" in got.body) == (500, "server_error", False)
    got = sites.ask("authorization", "GET", "/authorize?client_id=app")
    assert (got.status, b"secret" in got.body) == (500, False)
    assert len(failures) == 2
    failures.clear()
