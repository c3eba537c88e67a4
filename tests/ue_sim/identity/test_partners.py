"""The way into partner domains: what goes where, and what is believed of the answers."""

from typing import Any

import pytest

from tests.ue_sim.identity.op import TYPE
from tests.ue_sim.identity.phone import phone
from tests.ue_sim.identity.saying import who
from ue_sim.identity.errors import Doubtful, IdentityError, Refused, Unusable
from ue_sim.identity.partners import tokens_at, tokens_at_each
from ue_sim.identity.tokens import SecurityToken


async def test_the_access_token_goes_home_and_the_security_token_to_the_partner() -> None:
    """Each with the parameters of its RFC, and nothing else of the one domain to the other."""
    home, away = await phone(), await phone()
    tokens = await tokens_at(home.identity.client, "at home", away.identity.client)
    assert home.op.forms == [
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "resource": away.op.url,
            "subject_token": "at home",
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "requested_token_type": TYPE,
            "client_id": "app",
        }
    ]
    assert away.op.forms == [
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": f"for {away.op.url}",
            "scope": "openid 3gpp:seal:val_service",
            "client_id": "app",
        }
    ]
    assert who(tokens).val_service_ids == ("dispatch", "telemetry")
    await home.close()
    await away.close()


async def test_a_partner_need_not_say_who_that_is() -> None:
    """Without an ID token there are tokens all the same."""
    home, away = await phone(), await phone(response={"id_token": None})
    tokens = await tokens_at(home.identity.client, "at home", away.identity.client)
    assert (tokens.who, tokens.access_token.startswith("access-")) == (None, True)
    away.identity.keeper.keep(tokens)
    assert away.told == ["signed in"]
    await home.close()
    await away.close()


@pytest.mark.parametrize(
    ("exchange", "response", "claims", "kind"),
    [
        ({"issued_token_type": None}, {}, {}, Unusable),
        ({"issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}, {}, {}, Unusable),
        ({"access_token": None}, {}, {}, Unusable),
        ({"expires_in": "soon"}, {}, {}, Unusable),
        ({}, {"token_type": "N_A"}, {}, Unusable),
        ({}, {}, {"iss": "https://evil.example"}, Doubtful),
    ],
)
async def test_an_answer_is_not_taken_for_what_it_is_not(
    exchange: dict[str, Any], response: dict[str, Any], claims: dict[str, Any], kind: type[IdentityError]
) -> None:
    """Of either server."""
    home, away = await phone(exchange=exchange), await phone(response=response, claims=claims)
    with pytest.raises(kind):
        await tokens_at(home.identity.client, "at home", away.identity.client)
    await home.close()
    await away.close()


async def test_what_goes_wrong_at_one_partner_keeps_nobody_from_another() -> None:
    """Each has a security token of its own (DOM-06, DOM-10)."""
    home, one, other = await phone(), await phone(secret="Basic more"), await phone()
    found = await tokens_at_each(home.identity.client, "at home", [one.identity.client, other.identity.client])
    assert isinstance(found[one.op.url], Refused)
    assert not isinstance(found[other.op.url], IdentityError)
    assert [form["resource"] for form in home.op.forms] == [one.op.url, other.op.url]
    assert [form["assertion"] for form in other.op.forms] == [f"for {other.op.url}"]
    for each in (home, one, other):
        await each.close()


def test_a_security_token_shows_itself_to_nobody() -> None:
    """Whoever has it is who it says, at the partner."""
    assert "s3cret" not in repr(SecurityToken("s3cret", "https://idms.partner.example", None))


def test_a_lifetime_need_not_be_told() -> None:
    """RFC 8693 only recommends it."""
    body = b'{"access_token": "t", "issued_token_type": "%s", "token_type": "N_A"}' % TYPE.encode()
    assert SecurityToken.read(200, body, "https://p.example", 5.0).expires is None
