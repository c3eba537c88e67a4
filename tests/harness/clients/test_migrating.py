"""What is asked for by hand, and what an answer means."""

import pytest

from harness.clients.migrating import asking
from valkit.exits import BAD_INPUT
from valkit.ids import SeededIds
from valkit.migration import MigrationRequest, ReturnRequest

PARTNER = "sip:migration@partner.example"


@pytest.mark.parametrize(
    ("user", "to", "back", "expected"),
    [
        ("alice@home.example", "migration@partner.example", False, "expected sip:migration@partner.example"),
        ("alice@home.example", "tel:+4930", False, "expected sip:migration@partner.example"),
        ("alice", PARTNER, False, "--user alice says not who one is in which domain (expected alice@home.example)"),
        ("@home.example", PARTNER, False, "expected alice@home.example"),
        ("", PARTNER, False, "--user alice@home.example, or --back"),
        ("a@b", PARTNER, True, "--user alice@home.example, or --back"),
    ],
)
def test_what_cannot_be_asked_is_told(
    user: str, to: str, *, back: bool, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what was expected."""
    with pytest.raises(SystemExit) as caught:
        asking(user, to, SeededIds(1), back=back)
    assert (caught.value.code, expected in capsys.readouterr().err) == (BAD_INPUT, True)


def test_who_migrates_names_a_user_of_a_domain() -> None:
    """The VAL user ID may be a URI: the domain follows the last @."""
    wanted = asking("sip:alice@home.example@home.example", PARTNER, SeededIds(1), back=False).wanted
    assert isinstance(wanted, MigrationRequest)
    assert (wanted.home_user, wanted.home_domain) == ("sip:alice@home.example", "home.example")
    assert isinstance(asking("", "sip:migration@home.example", SeededIds(1), back=True).wanted, ReturnRequest)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (200, "partner.example serves alice of home.example from now on, and home.example does not"),
        (403, "lacks 3gpp:seal:migration_service, or this user may not migrate"),
        (404, f"Nobody takes migrations at {PARTNER}"),
        (504, "Once the gateways of both are up, ask again."),
        (500, "The VAL server's log says more"),
    ],
)
def test_each_answer_says_what_holds_now(status: int, meaning: str) -> None:
    """And what to do next."""
    assert meaning in asking("alice@home.example", PARTNER, SeededIds(1), back=False).means(status)


def test_who_is_back_is_served_at_home() -> None:
    """Whether or not the user ever was away."""
    asked = asking("", "sip:migration@home.example", SeededIds(1), back=True)
    assert asked.means(200).startswith("home.example serves this user, and no other domain does")
