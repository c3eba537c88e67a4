import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.xcap import (
    BadSelector,
    DocumentSelector,
    Name,
    NodeSelector,
    NothingThere,
    Step,
    XcapUri,
    XcapUriError,
    read_uri,
)

SEGMENTS = st.text(min_size=1, max_size=12).filter(lambda text: text not in {".", "..", "~~"})


def test_a_document_in_a_home_directory() -> None:
    """RFC 4825 6.2; the AUID of a SEAL document is the VAL service ID."""
    uri = read_uri("/xcap/dispatch/users/sip:alice@home.example/user-profile", "/xcap")
    assert uri == XcapUri(DocumentSelector("dispatch", "sip:alice@home.example", ("user-profile",)))
    assert uri.node("urn:a") is None
    assert uri.document.name == "user-profile"
    assert uri.document.directory == "dispatch/users/sip:alice@home.example"


def test_a_document_in_the_global_tree() -> None:
    """With a directory, as TS 24.481 has for groups."""
    uri = read_uri("/ptt/global/byGroupID/sip:g%2F1@home.example", "")
    assert uri.document == DocumentSelector("ptt", None, ("byGroupID", "sip:g/1@home.example"))
    assert str(uri.document) == "ptt/global/byGroupID/sip:g%2F1@home.example"


@pytest.mark.parametrize("separator", ["~~", "%7E%7e", "~%7E"])
def test_the_first_separator_leads_into_the_document(separator: str) -> None:
    """Encoded or not (RFC 4825 6)."""
    target = f"/resource-lists/users/sip:bill@example.com/index/{separator}/resource-lists/list%5b@name=%22a~~%22%5d"
    node = read_uri(target, "").node("urn:r")
    named = (Name(None, "name"), "a~~")
    assert node == NodeSelector((Step(Name("urn:r", "resource-lists")), Step(Name("urn:r", "list"), None, named)))


def test_prefixes_are_bound_by_the_query() -> None:
    """RFC 4825 6.4, its example."""
    query = "xmlns(a=urn:test:namespace1-uri)%20xmlns(b=urn:test:namespace2-uri)"
    node = read_uri(f"/test/users/sip:joe@example.com/index/~~/foo/a:bar/b:baz?{query}", "").node("urn:d")
    assert node is not None
    assert [step.name for step in node.steps] == [
        Name("urn:d", "foo"),
        Name("urn:test:namespace1-uri", "bar"),
        Name("urn:test:namespace2-uri", "baz"),
    ]


@pytest.mark.parametrize("target", ["/a/users/b/%zz", "/a/users/b/%f", "/a/users/b/%ff", "/a/global/x/~~/%c3"])
def test_an_encoding_that_is_none_is_the_clients_mistake(target: str) -> None:
    """400."""
    with pytest.raises(BadSelector):
        read_uri(target, "")


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/a",
        "/a/users",
        "/a/users/b",
        "/a/global",
        "/a/others/b/c",
        "/a/users/b/",
        "/a/global/../b",
        "/a/global/%2E",
    ],
)
def test_what_no_document_has_is_not_there(target: str) -> None:
    """404."""
    with pytest.raises(NothingThere):
        read_uri(target, "")
    with pytest.raises(NothingThere):
        read_uri("/elsewhere/a/global/b", "/xcap")


@given(SEGMENTS, st.none() | SEGMENTS, st.lists(SEGMENTS, min_size=1, max_size=3))
def test_a_selector_that_is_written_is_read_back(auid: str, xui: str | None, path: list[str]) -> None:
    """Whatever is in its names."""
    try:
        auid.encode(), (xui or "").encode(), "".join(path).encode()
    except UnicodeEncodeError:
        return
    selector = DocumentSelector(auid, xui, tuple(path))
    assert str(selector).isascii()
    assert read_uri(f"/xcap/{selector}", "/xcap") == XcapUri(selector)


@given(st.text("/~%2Eabusersglobal.?=()x[]@\"'", max_size=60))
def test_any_target_is_read_or_refused(target: str) -> None:
    """Nothing else comes out."""
    with contextlib.suppress(XcapUriError):
        read_uri(target, "").node("urn:a")
