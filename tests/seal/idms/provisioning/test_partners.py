import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from seal.idms.provisioning.partners import PartnerEntry, changed_partner
from seal.idms.records import Partner
from valkit.tokens import SigningKey, jwks

HOME = "https://idms.home.example"
KEYS = jwks(SigningKey.generate())


def partner(**said: object) -> Partner:
    """Give what an entry makes of nothing."""
    return changed_partner(PartnerEntry.model_validate({"issuer": HOME, **said}), None)


def test_an_entry_that_says_nothing_lets_ours_go_and_nobody_come() -> None:
    """Keys have to be brought for the other direction."""
    assert partner() == Partner(HOME)
    assert (partner().token_lifetime, partner().keys) == (60.0, None)


def test_keys_may_stand_there_or_in_a_file(tmp_path: Path) -> None:
    """As JWKS, as an object or as text, or in PEM."""
    file = tmp_path / "home.jwks"
    file.write_text(KEYS)
    assert json.loads(partner(keys=json.loads(KEYS)).keys or "") == json.loads(KEYS)
    assert partner(keys=KEYS) == partner(keys_file=str(file)) == Partner(HOME, keys=KEYS)


def test_a_change_is_of_what_it_names() -> None:
    """Keys that are named without any are taken away."""
    old = partner(keys=KEYS, guests={"alice": "visitor"}, token_lifetime="5s")
    new = changed_partner(PartnerEntry.model_validate({"issuer": HOME, "guests": {"bob": "visitor"}}), old)
    assert (new.guests, new.keys, new.token_lifetime) == ({"bob": "visitor"}, KEYS, 5.0)
    assert changed_partner(PartnerEntry.model_validate({"issuer": HOME, "keys": None}), old).keys is None


@pytest.mark.parametrize("keys", ["nonsense", {"keys": []}, SigningKey.generate().pem()])
def test_keys_that_verify_nothing_are_refused(keys: object) -> None:
    """When they are brought, and not when somebody stands at the door."""
    with pytest.raises(ValueError, match=r"keys of https://idms\.home\.example"):
        partner(keys=keys)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(ValueError, match=r"gone\.pem cannot be read"):
        partner(keys_file=str(tmp_path / "gone.pem"))


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "http://idms.home.example"},
        {"issuer": "https://idms.home.example/#a"},
        {"pattern": "everybody"},
        {"pattern": "{subject}"},
        {"pattern": "{subject}-{subject}"},
        {"token_lifetime": "2h"},
        {"guests": {"": "alice"}},
        {"guests": {f"u{number}": "alice" for number in range(10_001)}},
        {"guest_scopes": ["two words"]},
    ],
)
def test_what_could_not_be_used_is_refused(said: dict[str, object]) -> None:
    """A pattern that leads everybody to one user, or foreign names to ours as they are, among it."""
    with pytest.raises(ValidationError):
        partner(**said)
