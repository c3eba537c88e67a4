"""Redirects: another request's is ignored, another server's not believed, an error told."""

from urllib.parse import urlencode

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.ue_sim.identity.saying import ISSUER, PROVIDER, RETURN, request
from ue_sim.identity.errors import Doubtful, IdentityError, Refused
from ue_sim.identity.redirect import Code, leads_home, read

ASKED = request()


def url(**changes: str | None) -> str:
    """Give a redirect that is changed so."""
    given = {"code": "c", "state": ASKED.state, "iss": ISSUER} | changes
    return f"{RETURN}?{urlencode({name: value for name, value in given.items() if value is not None})}"


def test_the_code_is_taken_out_and_not_shown() -> None:
    """It is worth tokens."""
    code = read(url(code="xyzzy"), ASKED, PROVIDER)
    assert code == Code("xyzzy")
    assert "xyzzy" not in repr(code)


@pytest.mark.parametrize("state", [None, "", "another"])
def test_another_requests_answer_is_ignored(state: str | None) -> None:
    """Without a word, even if it is an error (TS 33.434 A.4.2.3)."""
    assert read(url(state=state), ASKED, PROVIDER) is None
    assert read(url(state=state, error="access_denied", iss="https://evil"), ASKED, PROVIDER) is None


@pytest.mark.parametrize("iss", [None, "https://evil.example", ISSUER + "/"])
def test_another_servers_answer_is_not_believed(iss: str | None) -> None:
    """Mix-up (RFC 9207 2.4)."""
    with pytest.raises(Doubtful, match="iss"):
        read(url(iss=iss), ASKED, PROVIDER)


def test_a_server_that_does_not_name_itself_need_not() -> None:
    """But if it does, the name is right."""
    silent = evolve(PROVIDER, names_itself=False)
    assert read(url(iss=None), ASKED, silent) == Code("c")
    with pytest.raises(Doubtful):
        read(url(iss="https://evil.example"), ASKED, silent)


def test_an_error_is_told() -> None:
    """Code and description, what cannot be printed left out."""
    with pytest.raises(Refused, match=r"access_denied \(no service\)"):
        read(url(code=None, error="access_denied", error_description="no\x1b service"), ASKED, PROVIDER)


@pytest.mark.parametrize("more", ["&code=d", f"&state={ASKED.state}"])
def test_a_parameter_twice_is_not_believed(more: str) -> None:
    """RFC 6749 3.1."""
    with pytest.raises(Doubtful, match="twice"):
        read(url() + more, ASKED, PROVIDER)


def test_without_code_or_error_there_is_nothing_to_believe() -> None:
    """An empty code is none."""
    with pytest.raises(Doubtful, match="neither"):
        read(url(code=""), ASKED, PROVIDER)


@given(st.text())
def test_no_address_is_too_strange(text: str) -> None:
    """A code, nothing, or an error of ours."""
    try:
        outcome = read(f"{RETURN}?{text}", ASKED, PROVIDER)
    except IdentityError:
        return
    assert outcome is None


@pytest.mark.parametrize(
    ("address", "home"),
    [
        (RETURN, True),
        (RETURN + "?code=1#x", True),
        (RETURN + "/more", False),
        ("http://127.0.0.1.evil/callback", False),
        ("https://127.0.0.1/callback", False),
    ],
)
def test_home_is_one_address(address: str, *, home: bool) -> None:
    """Whatever its query."""
    assert leads_home(address, RETURN) is home
