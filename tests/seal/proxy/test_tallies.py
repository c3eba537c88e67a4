import pytest

from seal.proxy.errors import Refusal
from seal.proxy.tallies import TALLIES
from valkit.trace import Note

PROXIED, REFUSED = TALLIES


@pytest.mark.parametrize(
    ("method", "status", "counted"),
    [
        ("GET", "200", ("GET", "200")),
        ("GET", "299", ("GET", "other")),
        ("BREW", "418", ("other", "other")),
    ],
)
def test_what_is_passed_on_is_counted_by_method_and_status(method: str, status: str, counted: tuple[str, ...]) -> None:
    """Only so many of each: a client that makes up methods adds one number."""
    fields = {"method": method, "status": status, "path": "/org.3gpp.seal.user-profile"}
    assert PROXIED.values(Note(0.0, "proxy", "request passed on", fields)) == counted


@pytest.mark.parametrize("refusal", Refusal, ids=str)
def test_what_the_proxy_answers_itself_is_counted_by_cause(refusal: Refusal) -> None:
    """Each by its own."""
    assert REFUSED.values(Note(0.0, "proxy", "request refused", {"cause": refusal.cause})) == (refusal.cause,)
