"""Several issuers in one server, and requests that wait until an issuer has answered."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from tests.valserver.parts import AUDIENCE, ISSUER, KEY, NOW, SCSCF, Server, register, token
from tests.valserver.site import SlowSite, as_client
from tests.valserver.test_introspection import settings as introspection_settings
from valkit.sip import Response
from valkit.tokens import Cause, Grant, KeySet, SigningKey, TokenPolicy, TokenRejected, Verifier, jwks, mint
from valserver.app import assembled
from valserver.authorization import Authorizer, Service
from valserver.errors import CannotStart, NotYet
from valserver.introspection import Introspection
from valserver.issuers import Issuers, Trusted, policy, trusted
from valserver.key_site import KeySite
from valserver.profiles import PROFILES
from valserver.service_settings import IntrospectionSettings, TokenSettings
from valserver.settings import ServerSettings

OTHER = "https://idms.partner.example"
OTHER_KEY = SigningKey.generate("ES256")


def partners(**claims: object) -> str:
    """Mint a token of the other issuer."""
    return mint(OTHER_KEY, Grant(OTHER, AUDIENCE, "pat", ("dispatch",), "p1", NOW, 3_600, extra=claims))


def from_file(folder: Path, issuer: str, key: SigningKey, **more: Any) -> Trusted:
    """Put together an issuer whose keys are in a file."""
    path = folder / f"{key.kid}.json"
    path.write_text(jwks(key))
    told = TokenSettings.model_validate({"issuer": issuer, "keys": str(path), **more})
    return trusted(told, policy(told, PROFILES["val"]), Clock(), Clock())


@pytest.fixture
def two(tmp_path: Path) -> Issuers:
    """Give two issuers, the second with claims of its own."""
    other = from_file(tmp_path, OTHER, OTHER_KEY, user_claim="mcptt_id")
    return Issuers([from_file(tmp_path, ISSUER, KEY), other])


def test_the_token_chooses_its_issuer(two: Issuers) -> None:
    """Each with its own policy."""
    assert two.verify(token("alice"), NOW).val_user_id == "alice"
    assert two.verify(partners(mcptt_id="sip:pat@partner.example"), NOW).val_user_id == "sip:pat@partner.example"


def test_one_issuer_does_not_sign_for_the_other(two: Issuers) -> None:
    """The name alone is worth nothing."""
    forged = mint(OTHER_KEY, Grant(ISSUER, AUDIENCE, "alice", ("dispatch",), "f", NOW, 3_600))
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
        told = TokenSettings.model_validate(
            {"issuer": ISSUER, "jwks_url": f"{ISSUER}/jwks", "authorities": str(tmp_path / name)}
        )
        with pytest.raises(CannotStart, match=r"tokens\.authorities"):
            trusted(told, policy(told, PROFILES["val"]), Clock(), Clock())


class Scene:
    """A server whose issuer's keys are fetched, on a site that answers when the test says so."""

    def __init__(self, asking: tuple[IntrospectionSettings, SlowSite] | None = None) -> None:
        self.server = Server()
        self.site = SlowSite()
        clock = self.server.clock
        verifier = Verifier(TokenPolicy(ISSUER, AUDIENCE), KeySet())
        introspection = None if asking is None else Introspection(asking[0], as_client(asking[1]), clock)
        client: Any = as_client(self.site)
        keys = KeySite(ISSUER, client, clock, verifier.trust, 600.0, 10.0, jwks_url=f"{ISSUER}/jwks")
        self.issuers = Issuers([Trusted(verifier, keys, introspection)])
        settings = ServerSettings.model_validate({"tokens": {"issuer": ISSUER, "keys": "unused"}})
        self.server.handler = assembled(
            settings,
            self.server.ledger,
            Authorizer([Service(self.issuers)]),
            self.server.events.append,
            self.server.handler.publications.ids,
        )
        self.issuers.watch()

    def waits(self, access_token: str, **more: Any) -> list[int]:
        """Give a list in which the status of the answer will stand."""
        statuses: list[int] = []
        answer = self.server.handler(register(access_token, **more), SCSCF)
        assert isinstance(answer, Deferred)
        answer.addCallback(lambda response: statuses.append(response.status))
        return statuses

    def status(self, access_token: str | None = None, **more: Any) -> int:
        """Give the status of an answer that comes at once."""
        answer = self.server.handler(register(access_token, **more), SCSCF)
        assert isinstance(answer, Response)
        return answer.status


def test_without_the_issuer_registrations_without_token_are_served() -> None:
    """With a token they wait as long as the issuer is being asked, and are refused then; readiness says why."""
    scene = Scene()
    statuses = scene.waits(token())
    assert scene.status(cseq=2, impu="sip:bob@home.example", Call_ID="b") == 200
    scene.site.fails()
    assert statuses == [403]
    assert scene.server.told()[-1] == ("refused", "unknown_kid")
    assert scene.status(token(), cseq=3) == 403
    assert scene.issuers.faults() == [
        f"the keys of {ISSUER} cannot be fetched (nobody there); tokens of {ISSUER} are refused"
    ]
    scene.issuers.stop()


def test_a_rotation_in_the_middle_of_a_registration_is_waited_for() -> None:
    """The token of the new key is answered 200 after the refresh, once."""
    scene = Scene()
    scene.site.publishes(OTHER_KEY)
    statuses = scene.waits(token())
    assert statuses == []
    scene.site.publishes(OTHER_KEY, KEY)
    assert (statuses, scene.server.bound()) == ([200], ("alice", ("dispatch",)))
    assert len(scene.site.asked) == 2
    scene.issuers.stop()


def test_forgeries_do_not_make_us_ask_and_ask() -> None:
    """One fetch in ten seconds, whoever sends unknown keys; a broken signature brings about none."""
    scene = Scene()
    scene.site.publishes(KEY)
    forged = mint(OTHER_KEY, Grant(ISSUER, AUDIENCE, "alice", ("dispatch",), "f", NOW, 3_600))
    statuses = scene.waits(forged)
    scene.site.publishes(KEY)
    assert statuses == [403]
    assert [scene.status(forged, cseq=number) for number in range(2, 5)] == [403, 403, 403]
    assert scene.status(token()[:-8] + "AAAAAAAA", cseq=5) == 403
    assert len(scene.site.asked) == 2
    scene.issuers.stop()


def test_a_revoked_token_is_refused_where_the_issuer_is_asked(tmp_path: Path) -> None:
    """After the signature, so that nobody can have junk asked about."""
    issuer = SlowSite()
    scene = Scene((introspection_settings(tmp_path), issuer))
    scene.site.publishes(KEY)
    statuses = scene.waits(token())
    issuer.says(b'{"active": true}')
    assert statuses == [200]
    statuses = scene.waits(token(jti="j2"), cseq=2)
    issuer.says(b'{"active": false}')
    assert statuses == [403]
    assert scene.server.told()[-1] == ("refused", "not_active")
    assert scene.status(token(aud="elsewhere"), cseq=3) == 403
    assert len(issuer.asked) == 2
    scene.issuers.stop()


def test_who_asks_directly_is_told_to_wait() -> None:
    """NotYet has what to wait for."""
    scene = Scene()
    with pytest.raises(NotYet) as caught:
        scene.issuers.verify(token(), NOW)
    scene.site.publishes(KEY)
    assert caught.value.until.called
    assert scene.issuers.verify(token(), NOW).val_user_id == "alice"
    scene.issuers.stop()
