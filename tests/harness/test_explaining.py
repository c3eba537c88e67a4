"""harness.explaining: tokens in words, and never the token."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from harness.explaining import Explained, claimed, explained, verdict
from tests.valkit.tokens.support import EC, GRANT, KEYS, NOW, POLICY, claims, header, token
from valkit.tokens import AccessToken, Cause, SigningKey, TokenRejected, mint
from valkit.tokens.minting import sealed


def rows(told: Explained) -> dict[str, tuple[str, str]]:
    """Give value and remark of every header parameter and claim."""
    return {row.name: (row.value, row.remark) for row in (*told.header, *told.claims)}


def test_header_and_claims_with_their_meaning() -> None:
    """What stands in the token, in its order, and what it is."""
    told = rows(explained(token(), NOW))
    assert list(told)[:5] == ["alg", "kid", "typ", "iss", "sub"]
    assert told["alg"] == ("ES256", "signature algorithm")
    assert told["val_service_ids"] == ("dispatch, video", "VAL services")


@pytest.mark.parametrize(
    ("after", "expires", "issued"),
    [
        (0, "2027-01-15 08:05:00 UTC, expires in 5 min", "2027-01-15 08:00:00 UTC, issued less than a second ago"),
        (120, "2027-01-15 08:05:00 UTC, expires in 3 min", "2027-01-15 08:00:00 UTC, issued 2 min ago"),
        (7500, "2027-01-15 08:05:00 UTC, expired 2 h ago", "2027-01-15 08:00:00 UTC, issued 2 h 5 min ago"),
        (-90, "2027-01-15 08:05:00 UTC, expires in 6 min 30 s", "2027-01-15 08:00:00 UTC, issued in 1 min 30 s"),
    ],
)
def test_times_in_words(after: float, expires: str, issued: str) -> None:
    """As a date, and as people say it from where they stand."""
    told = rows(explained(token(), NOW + after))
    assert (told["exp"][1], told["iat"][1]) == (expires, issued)


def test_a_time_beyond_the_calendar() -> None:
    """It is said, not raised."""
    told = rows(explained(token(payload=claims(exp=1e18, nbf="soon", iat=True)), NOW))
    assert told["exp"][1].startswith("beyond the calendar, expires in")
    assert (told["nbf"], told["iat"]) == (("soon", ""), ("true", ""))


@pytest.mark.parametrize("value", ["\x1b[2J", "a\nb", "\u202eabc", "", ["\x07"], {"a": "\x1b"}])
def test_security_a_value_cannot_write_on_the_terminal(value: object) -> None:
    """Control characters come out escaped, in names and in values."""
    told = explained(token(payload=claims(val_user_id=value, **{"\x1b[1m": 1})), NOW)
    assert all(text.isprintable() for row in told.claims for text in (row.name, row.value, row.remark))


def test_the_signature_is_not_part_of_it() -> None:
    """What is explained is no token."""
    honest = token()
    signature = honest.rpartition(".")[2]
    told = explained(honest, NOW)
    assert told.signature == "64 bytes, not shown"
    assert signature not in repr(told)


@given(st.text())
def test_any_text_is_explained_or_refused(text: str) -> None:
    """Nothing but TokenRejected comes out of what is no token."""
    with pytest.raises(TokenRejected):
        explained(text, NOW)


def test_a_part_that_cannot_be_read_is_named() -> None:
    """Header and payload have a sentence each."""
    with pytest.raises(TokenRejected, match="The header cannot be read: names a member twice"):
        explained(token(head=header().replace(b'"kid"', b'"alg": 1, "kid"')), NOW)
    with pytest.raises(TokenRejected, match="The payload cannot be read: is not a JSON object"):
        explained(token(payload=b"[]"), NOW)


def test_the_verdict_is_the_server_s() -> None:
    """What a server would take from it, or its reason to refuse."""
    believed = verdict(mint(EC, GRANT), KEYS, POLICY, NOW)
    assert isinstance(believed, AccessToken)
    refused = verdict(mint(EC, GRANT), KEYS, evolve(POLICY, audience="other"), NOW)
    assert isinstance(refused, TokenRejected)
    assert refused.cause is Cause.WRONG_AUDIENCE


@pytest.mark.parametrize(("audience", "first"), [("a", "a"), (["a", "b"], "a"), ([], ""), (None, "")])
def test_a_claim_by_itself(audience: object, first: str) -> None:
    """The first of several, nothing where there is none."""
    assert claimed(token(payload=claims(aud=audience)), "aud") == first


def test_a_time_beyond_all_has_no_remark() -> None:
    """1e999 is read as infinity, and nobody can say when that is."""
    endless = sealed(SigningKey.generate(), b"{}", b'{"exp":1e999}')
    [row] = explained(endless, 0.0).claims
    assert (row.name, row.remark) == ("exp", "")
