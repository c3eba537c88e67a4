"""The identity client against a provider over TLS: what it believes, and what it does not."""

from typing import Any

import pytest

from tests.ue_sim.identity.phone import ALICE, Phone, phone
from tests.ue_sim.identity.saying import who
from ue_sim.identity.errors import Doubtful, IdentityError, Refused, Unreachable, Unusable
from ue_sim.identity.proof import SecretInHeader
from valkit.net.https import basic
from valkit.tokens import SigningKey


async def refusal(of: Phone) -> IdentityError:
    """Sign in in vain, and give why."""
    with pytest.raises(IdentityError) as caught:
        await of.identity.sign_in(ALICE)
    assert of.wallet.choose(choice=True) is None
    await of.close()
    return caught.value


async def test_a_code_becomes_tokens() -> None:
    """With user and services of the ID token."""
    one = await phone()
    tokens = await one.identity.sign_in(ALICE)
    assert who(tokens).val_service_ids == ("dispatch", "telemetry")
    assert (tokens.scope, tokens.expires - one.clock.seconds()) == ("openid 3gpp:seal:val_service", 300.0)
    await one.close()


async def test_a_client_with_a_secret_shows_it_in_the_header() -> None:
    """TS 33.434 A.4.2.4."""
    one = await phone(SecretInHeader("s3cret"), secret=basic("app", "s3cret"))
    assert who(await one.identity.sign_in(ALICE)).subject == "alice"
    await one.close()
    assert isinstance(await refusal(await phone(secret=basic("app", "s3cret"))), Refused)


@pytest.mark.parametrize(
    ("conduct", "kind"),
    [
        ({"claims": {"nonce": "another"}}, Doubtful),
        ({"claims": {"iss": "https://evil.example"}}, Doubtful),
        ({"claims": {"at_hash": "another"}}, Doubtful),
        ({"response": {"id_token": None}}, Doubtful),
        ({"response": {"access_token": ""}}, Unusable),
        ({"answers": {"state": "another"}}, Doubtful),
        ({"answers": {"iss": "https://evil.example"}}, Doubtful),
        ({"answers": {"iss": ""}}, Doubtful),
        ({"answers": {"code": "", "error": "access_denied"}}, Refused),
        ({"document": {"issuer": "https://evil.example"}}, Doubtful),
        ({"document": {"token_endpoint": "https://127.0.0.2:1/token"}}, Unreachable),
        ({"document": {"jwks_uri": "https://127.0.0.2:1/jwks"}}, Unreachable),
        ({"keys": []}, Unusable),
    ],
)
async def test_a_dishonest_server_gives_no_token(conduct: dict[str, Any], kind: type[Exception]) -> None:
    """One thing at a time; nothing of it is in the wallet."""
    one = await phone(**({"keys": [SigningKey.generate()]} | conduct))
    if conduct.get("keys") == []:
        one.op.keys = [SigningKey.generate()]
        one.op.document = {"jwks_uri": f"{one.op.url}/authorize"}
    assert type(await refusal(one)) is kind


async def test_a_new_key_of_the_issuer_is_fetched() -> None:
    """Once, when an ID token names it."""
    one = await phone()
    await one.identity.sign_in(ALICE)
    one.op.keys.append(SigningKey.generate())
    await one.identity.sign_in(ALICE)
    assert one.op.asked.count("/jwks") == 2
    await one.close()


async def test_a_refresh_gives_new_tokens_without_the_user() -> None:
    """A refresh token is used once."""
    one = await phone()
    first = await one.identity.sign_in(ALICE)
    second = await one.identity.client.refresh(first)
    assert first.access_token != second.access_token
    assert one.op.asked.count("/authorize") == 1
    with pytest.raises(Refused, match="invalid_grant"):
        await one.identity.client.refresh(first)
    await one.close()


async def test_a_renewed_token_is_the_same_persons() -> None:
    """Core 12.2."""
    one = await phone()
    tokens = await one.identity.sign_in(ALICE)
    one.op.claims = {"sub": "mallory"}
    with pytest.raises(Doubtful, match="somebody else"):
        await one.identity.client.refresh(tokens)
    await one.close()


async def test_without_a_refresh_token_there_is_no_refresh() -> None:
    """A server need not give one."""
    one = await phone(response={"refresh_token": None})
    tokens = await one.identity.sign_in(ALICE)
    with pytest.raises(Unusable, match="no refresh token"):
        await one.identity.client.refresh(tokens)
    await one.close()


async def test_tokens_are_given_back() -> None:
    """The refresh token, which ends what it belongs to (RFC 7009 2.1)."""
    one = await phone()
    tokens = await one.identity.sign_in(ALICE)
    await one.identity.client.revoke(tokens)
    assert one.op.spent == {tokens.refresh_token}
    await one.close()
