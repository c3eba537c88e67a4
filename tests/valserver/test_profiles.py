"""Ready profiles: what a token of each service is asked for."""

import pytest

from tests.valserver.parts import AUDIENCE, ISSUER, KEY, KEYS, NOW, token
from valkit.tokens import Cause, Grant, TokenRejected, Verifier, mint
from valserver.issuers import policy
from valserver.profiles import PROFILES
from valserver.service_settings import TokenSettings


def verifier(profile: str, **told: object) -> Verifier:
    """Give who judges tokens under a profile."""
    tokens = TokenSettings.model_validate({"issuer": ISSUER, "keys": "unused", **told})
    return Verifier(policy(tokens, PROFILES[profile]), KEYS)


def minted(claims: dict[str, str | None]) -> str:
    """Mint a token with these claims; None leaves one out."""
    return mint(KEY, Grant(ISSUER, AUDIENCE, "alice", ("dispatch",), "j1", NOW, 3_600.0, extra=claims))


SERVICES = pytest.mark.parametrize(
    ("service", "scope"),
    [("mcptt", "3gpp:mc:ptt_service"), ("mcvideo", "3gpp:mc:video_service"), ("mcdata", "3gpp:mc:data_service")],
)


@SERVICES
def test_a_token_of_a_mission_critical_service(service: str, scope: str) -> None:
    """As TS 33.180 B.2.2 has it: its scope, the user's ID in the service, exp and client_id; nothing else is needed."""
    left_out = dict.fromkeys(("iss", "sub", "aud", "iat", "jti", "val_user_id", "val_service_ids"))
    said = {f"{service}_id": "sip:me@mc.example", "scope": f"openid {scope}"}
    access = verifier(service).verify(minted({**left_out, **said}), NOW)
    assert (access.val_user_id, access.val_service_ids) == ("sip:me@mc.example", (service,))


@SERVICES
def test_a_token_of_another_service_is_not_taken(service: str, scope: str) -> None:
    """Its scope decides, then its claim."""
    with pytest.raises(TokenRejected) as caught:
        verifier(service).verify(minted({f"{service}_id": "me"}), NOW)
    assert caught.value.cause is Cause.MISSING_SCOPE
    with pytest.raises(TokenRejected) as caught:
        verifier(service).verify(token(scope=scope), NOW)
    assert caught.value.cause is Cause.NO_VAL_USER


def test_what_is_set_holds_before_the_profile() -> None:
    """Even where it is what another profile has."""
    own = verifier("mcptt", user_claim="val_user_id", scope="3gpp:seal:val_service")
    assert own.verify(token("alice", "dispatch"), NOW).val_service_ids == ("dispatch",)


def test_the_profile_of_val_is_what_holds_without_one() -> None:
    """The defaults in the settings are its own."""
    defaults = TokenSettings.model_fields
    for name in ("scope", "user_claim", "services_claim", "typ", "required"):
        assert defaults[name].default == getattr(PROFILES["val"], name)
