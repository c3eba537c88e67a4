"""Who a foreign user is here."""

from pathlib import Path

import pytest

from seal.idms.records import User
from tests.seal.idms.domains import HOME, Domains
from tests.seal.idms.parts import claims
from tests.support import result_of


@pytest.fixture
def domains(tmp_path: Path) -> Domains:
    """Give two domains, where a pattern says who foreign users are."""
    made = Domains(tmp_path)
    made.away.change_partner(HOME, pattern="{subject}@home", guest_services=("rescue",))
    return made


def test_the_table_is_looked_at_first(domains: Domains) -> None:
    """Then the pattern."""
    assert claims(str(domains.bring(domains.security_token())["access_token"]))["sub"] == "visitor"
    said = claims(str(domains.bring(domains.forged(sub="zoe"))["access_token"]))
    assert (said["sub"], said["val_user_id"], said["val_service_ids"]) == ("zoe@home", "zoe@home", ["rescue"])


def test_an_account_is_made_once_and_stays_as_the_operator_has_it(domains: Domains) -> None:
    """Its services are changed, and it is disabled, like any other's."""
    domains.bring(domains.forged(sub="zoe"))
    assert domains.away.told[0][0] == "guest account made"
    domains.away.change_user("zoe@home", val_service_ids=("drill",))
    again = domains.bring(domains.forged(sub="zoe"))
    assert claims(str(again["access_token"]))["val_service_ids"] == ["drill"]
    domains.away.change_user("zoe@home", enabled=False)
    assert domains.bring(domains.forged(sub="zoe"))["error"] == "invalid_grant"


def test_without_services_for_guests_no_account_is_made(domains: Domains) -> None:
    """But one that there is is found."""
    domains.away.change_partner(HOME, guest_services=())
    assert domains.bring(domains.forged(sub="zoe"))["error"] == "invalid_grant"
    assert result_of(domains.away.store.user("zoe@home")) is None


def test_no_foreign_name_leads_to_one_who_logs_in_here(domains: Domains) -> None:
    """However the pattern is chosen."""
    domains.away.change_partner(HOME, pattern="b{subject}")
    answer = domains.bring(domains.forged(sub="ob"))
    assert answer["error_description"] == "the user is not known here"
    domains.away.change_partner(HOME, pattern="sip:{subject}@home.example")
    assert domains.bring(domains.forged(sub="bob"))["error_description"] == "the user is not known here"


def test_a_pattern_leads_to_no_account_but_its_own_partners(domains: Domains) -> None:
    """Not to one of ours without a password, nor to another domain's guest: either was had for the asking once."""
    store = domains.away.store
    for number, partner in enumerate(("", "https://idms.third.example")):
        user_id = f"chief{number}@home"
        result_of(store.add_user(User(user_id, user_id, val_service_ids=("rescue",), partner=partner)))
        answer = domains.bring(domains.forged(sub=f"chief{number}"))
        assert answer["error_description"] == "the user is not known here"
    domains.bring(domains.forged(sub="zoe"))
    made = result_of(store.user("zoe@home"))
    assert made is not None
    assert made.partner == HOME


@pytest.mark.parametrize("subject", ["x" * 200, "a\nb", "a\u202eb"])
def test_a_name_that_could_be_nobodys_makes_no_account(domains: Domains, subject: str) -> None:
    """User IDs have 200 characters at most, and none that cannot be seen."""
    assert domains.bring(domains.forged(sub=subject))["error"] == "invalid_grant"
    assert len(result_of(domains.away.store.users())) == 4
