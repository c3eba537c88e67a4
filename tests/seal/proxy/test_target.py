"""What a request is for, and what is no target."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.proxy.errors import Refusal, Refused
from seal.proxy.target import LONGEST, authority_of, target_of


@pytest.mark.parametrize(
    ("raw", "host", "authority", "path"),
    [
        (b"/", b"a.example", "a.example", "/"),
        (b"/x?y=/../z", b"A.Example:443", "a.example", "/x?y=/../z"),
        (
            b"/keymanagement/identity/v1/keyprov/sip%3Aa%40b",
            b"a:8446",
            "a:8446",
            "/keymanagement/identity/v1/keyprov/sip%3Aa%40b",
        ),
        (b"/~~/a[@id=%22b%22]", b"[::1]:8446", "[::1]:8446", "/~~/a[@id=%22b%22]"),
        (b"https://a.example/x", b"a.example:443", "a.example", "/x"),
        (b"HTTPS://A.EXAMPLE", b"a.example", "a.example", "/"),
        (b"/a...b/..c/", b"a", "a", "/a...b/..c/"),
    ],
)
def test_a_target_is_a_path_on_a_host(raw: bytes, host: bytes, authority: str, path: str) -> None:
    """In the form that servers get, or the whole address where it says the same as Host (RFC 9112 3.2)."""
    target = target_of(raw, host)
    assert (target.authority, target.path) == (authority, path)
    assert target.plain_path == path.partition("?")[0]


def test_a_target_has_a_longest_length() -> None:
    """Beyond the 8000 of RFC 9110 4.1 it is 414."""
    assert target_of(b"/" * 1 + b"a" * (LONGEST - 1), b"a").path.startswith("/a")
    with pytest.raises(Refused) as caught:
        target_of(b"/" + b"a" * LONGEST, b"a")
    assert caught.value.refusal is Refusal.TARGET_TOO_LONG


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_whatever_comes_is_a_plain_path_or_refused(raw: bytes, host: bytes) -> None:
    """What was read has no segment that leads up, no blank, and is for no other host than Host says."""
    try:
        target = target_of(raw, host)
    except Refused as refused:
        assert refused.refusal.status in {400, 414}  # noqa: PT017  both outcomes are right
        return
    assert target.path.startswith("/")
    assert not target.path.startswith("//")
    assert ".." not in target.plain_path.split("/")
    assert target.authority == authority_of(host)
    assert target.path.isascii()
    assert target.path.isprintable()


@given(st.from_regex(r"[a-z0-9]([a-z0-9.\-]{0,20}[a-z0-9])?", fullmatch=True), st.integers(1, 65_535))
def test_a_host_is_read_back_as_it_was_written(name: str, port: int) -> None:
    """So that a route is found by it, whatever its case."""
    written = authority_of(f"{name.upper()}:{port}".encode())
    assert written == (name if port == 443 else f"{name}:{port}")
    assert authority_of(written.encode()) == written


@pytest.mark.parametrize("raw", [b"/cb?code=SECRET\\", b"//a?code=SECRET", b"/../?code=SECRET", b"SECRET"])
def test_a_refused_target_is_not_quoted(raw: bytes) -> None:
    """A code or a token may stand in its query."""
    for target, host in ((raw, b"a"), (b"/", b"SECRET@")):
        with pytest.raises(Refused) as caught:
            target_of(target, host)
        assert caught.value.detail
        assert "SECRET" not in str(caught.value)
