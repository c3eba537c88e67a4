"""Log-in forms as they are read and filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ue_sim.identity.errors import NotSignedIn, Unusable
from ue_sim.identity.form import Answers, joined, log_in_form, same_origin, words

HERE = "https://127.0.0.2:8443/authorize?x=1"
ALICE = Answers("alice", "right", "123456")
PAGE = b"""<!doctype html><form action="/search"><input name=q></form>
<form method="POST" action="login"><input type=hidden name=csrf value="a&amp;b"><input name=user>
<input type=password name=pw>%s<input type=checkbox name=stay><input type=submit></form>"""
CODE = b'<input name=code inputmode=numeric autocomplete="one-time-code">'


def test_a_form_is_found_and_filled_in() -> None:
    """The hidden fields go back as they came, other fields are left alone."""
    form = log_in_form(PAGE % b"", HERE)
    assert form.action == "https://127.0.0.2:8443/login"
    assert form.filled(ALICE) == {"csrf": "a&b", "user": "alice", "pw": "right"}


def test_a_one_time_code_is_given_when_asked_for() -> None:
    """And if there is none, that is said."""
    form = log_in_form(PAGE % CODE, HERE)
    assert form.filled(ALICE)["code"] == "123456"
    with pytest.raises(NotSignedIn, match="one-time code"):
        form.filled(Answers("alice", "right"))


def test_an_empty_action_is_the_page_itself() -> None:
    """As HTML has it; so is none."""
    for action in (b"", b' action=""'):
        page = b"<form method=post" + action + b"><input name=u><input name=p type=password></form>"
        assert log_in_form(page, HERE).action == HERE


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<p>no form",
        b"<form><input name=u><input type=password name=p></form>",
        b"<form method=post><input name=u></form>",
        b"<form method=post><input name=u><input type=password name=p></form>" + b" " * 200_000,
    ],
)
def test_a_page_without_a_log_in_form_is_of_no_use(page: bytes) -> None:
    """A password that would go into an address (GET) is not typed."""
    with pytest.raises(Unusable):
        log_in_form(page, HERE)


def test_an_outside_entity_is_not_read() -> None:
    """HTML has none, and the reader looks for none."""
    page = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + PAGE.replace(b"a&amp;b", b"&a;") % b""
    assert log_in_form(page, HERE).hidden == {"csrf": "&a;"}


@given(st.binary())
def test_no_page_is_too_strange(page: bytes) -> None:
    """A form or Unusable."""
    try:
        assert log_in_form(b"<form method=post><input type=password name=p>" + page, HERE).fields
    except Unusable:
        return


def test_secrets_are_not_shown() -> None:
    """Neither what was typed nor what was hidden."""
    assert not {"right", "123456"} & set(repr(ALICE).replace("'", " ").split())
    assert "a&b" not in repr(log_in_form(PAGE % b"", HERE))


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://127.0.0.2:8443/login", True),
        ("https://127.0.0.2/login", False),
        ("http://127.0.0.2:8443/login", False),
        ("https://127.0.0.3:8443/login", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(other: str, *, same: bool) -> None:
    """RFC 6454 4; a port that is not written is the scheme's."""
    assert same_origin(other, HERE) is same
    assert same_origin("https://a:443/", "https://a/x")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (b"<title>t</title><h1>No such client</h1>\n<p>Ask  the\noperator.</p>", "No such client Ask the operator."),
        (b"<p>\x1b[2J</p>", ""),
        (b"<p>" + b"x" * 400, ""),
        (b"", ""),
    ],
)
def test_a_page_says_something_to_people(page: bytes, said: str) -> None:
    """In one line, unless it is long or moves cursors."""
    assert words(page) == said


@pytest.mark.parametrize("target", ["https://[::bad", "//[::bad/x"])
def test_what_is_no_address_leads_nowhere(target: str) -> None:
    """In a redirect or as the action of a form."""
    with pytest.raises(Unusable, match="what is no address"):
        joined(HERE, target)
    with pytest.raises(Unusable, match="what is no address"):
        log_in_form(PAGE.replace(b"login", target.encode()) % b"", HERE)
    assert not same_origin("https://127.0.0.2:99999/", HERE)
