"""Several issuers, of which a token chooses one, and who waits until an issuer has answered."""

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from tests.valkit.net.trust.site import AUDIENCE, ISSUER, KEY, NOW, SlowSite, as_client, token
from tests.valkit.net.trust.test_introspection import settings as introspection_settings
from valkit.net.trust.errors import NotActive, UnusableTrust
from valkit.net.trust.introspection import Introspection
from valkit.net.trust.issuers import Issuers, Trusted, trusted
from valkit.net.trust.key_site import KeySite
from valkit.net.trust.settings import IssuerSettings
from valkit.tokens import AccessToken, Cause, KeySet, SigningKey, TokenPolicy, TokenRejected, Verifier, jwks

OTHER = "https://idms.partner.example"
OTHER_KEY = SigningKey.generate("ES256")


def from_file(folder: Path, issuer: str, key: SigningKey, user_claim: str = "val_user_id") -> Trusted:
    """Put together an issuer whose keys are in a file."""
    path = folder / f"{key.kid}.json"
    path.write_text(jwks(key))
    told = IssuerSettings.model_validate({"issuer": issuer, "keys": str(path)})
    return trusted(told, TokenPolicy(issuer, AUDIENCE, user_claim=user_claim), Clock(), Clock())


@pytest.fixture
def two(tmp_path: Path) -> Issuers:
    """Give two issuers, the second with claims of its own."""
    other = from_file(tmp_path, OTHER, OTHER_KEY, user_claim="mcptt_id")
    return Issuers([from_file(tmp_path, ISSUER, KEY), other])


def test_the_token_chooses_its_issuer(two: Issuers) -> None:
    """Each with its own policy."""
    assert two.verify(token("alice"), NOW).val_user_id == "alice"
    assert (
        two.verify(token("pat", OTHER_KEY, OTHER, mcptt_id="sip:pat@partner.example"), NOW).val_user_id
        == "sip:pat@partner.example"
    )


def test_one_issuer_does_not_sign_for_the_other(two: Issuers) -> None:
    """The name alone is worth nothing."""
    forged = token(key=OTHER_KEY)
    with pytest.raises(TokenRejected) as caught:
        two.verify(forged, NOW)
    assert caught.value.cause is Cause.UNKNOWN_KID


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (token(iss="https://evil.example"), Cause.WRONG_ISSUER),
        (token(iss=None), Cause.WRONG_ISSUER),
        (token(iss=[ISSUER]), Cause.WRONG_ISSUER),
        ("a.b.c", Cause.MALFORMED),
        ("", Cause.MALFORMED),
        ("eyJhIjoxfQ.AAAA.AAAA", Cause.MALFORMED),
        ("\u00e4", Cause.MALFORMED),
    ],
)
def test_a_token_of_nobody_is_refused(two: Issuers, text: str, cause: Cause) -> None:
    """With its cause, whatever it looks like."""
    with pytest.raises(TokenRejected) as caught:
        two.verify(text, NOW)
    assert caught.value.cause is cause


def test_files_are_watched_and_read_again(tmp_path: Path) -> None:
    """Faults of each are told."""
    one = from_file(tmp_path, ISSUER, KEY)
    issuers = Issuers([one])
    issuers.watch()
    (tmp_path / f"{KEY.kid}.json").write_text("{")
    done: list[bool] = []
    Deferred.fromCoroutine(issuers.reload()).addCallback(done.append)
    assert done == [False]
    assert issuers.faults()[0].endswith("the keys from before stay in use")
    issuers.stop()


def test_authorities_that_cannot_be_read_keep_the_server_from_starting(tmp_path: Path) -> None:
    """The sentence names the setting."""
    (tmp_path / "broken.pem").write_text("no certificate")
    for name in ("absent.pem", "broken.pem"):
        told = IssuerSettings.model_validate(
            {"issuer": ISSUER, "jwks_url": f"{ISSUER}/jwks", "authorities": str(tmp_path / name)}
        )
        with pytest.raises(UnusableTrust, match=r"tokens\.authorities"):
            trusted(told, TokenPolicy(ISSUER, AUDIENCE), Clock(), Clock())


def test_who_can_wait_is_told_when_the_issuer_has_answered(tmp_path: Path) -> None:
    """First for the key, then whether the token is still active; a token that was revoked is refused then."""
    site, issuer, clock = SlowSite(), SlowSite(), Clock()
    clock.advance(NOW)
    verifier = Verifier(TokenPolicy(ISSUER, AUDIENCE), KeySet())
    keys = KeySite(ISSUER, as_client(site), clock, verifier.trust, 600.0, 10.0, jwks_url=f"{ISSUER}/jwks")
    asking = Introspection(introspection_settings(tmp_path), as_client(issuer), clock)
    issuers = Issuers([Trusted(verifier, keys, asking)])
    believed: list[AccessToken] = []
    Deferred.fromCoroutine(issuers.believe(token(), clock)).addCallback(believed.append)
    site.publishes(KEY)
    assert believed == []
    issuer.says(b'{"active": true}')
    assert [access.val_user_id for access in believed] == ["alice"]
    refused: list[object] = []
    revoked: Deferred[object] = Deferred.fromCoroutine(issuers.believe(token(jti="j2"), clock))
    revoked.addErrback(lambda failure: refused.append(failure.check(NotActive)))
    issuer.says(b'{"active": false}')
    assert refused == [NotActive]
    issuers.stop()
