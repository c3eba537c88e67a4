"""What is asked of an issuer's tokens, and requests that wait until an issuer has answered."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from tests.valkit.net.trust.site import SlowSite, as_client
from tests.valkit.net.trust.test_introspection import settings as introspection_settings
from tests.valserver.parts import AUDIENCE, ISSUER, KEY, NOW, SCSCF, Server, register, token
from valkit.net.ca import Authority
from valkit.net.tls import Tls
from valkit.net.trust.errors import NotYet
from valkit.net.trust.introspection import Introspection
from valkit.net.trust.issuers import Issuers, Trusted
from valkit.net.trust.key_site import KeySite
from valkit.net.trust.settings import IntrospectionSettings
from valkit.sip import Response
from valkit.tokens import Grant, KeySet, SigningKey, TokenPolicy, TokenRejected, Verifier, jwks, mint
from valserver.app import assembled
from valserver.errors import CannotStart
from valserver.issuers import Trust, issuers, policy
from valserver.profiles import PROFILES
from valserver.requests.authorization import Authorizer, Service
from valserver.service_settings import AuthorizationSettings, TokenSettings
from valserver.settings import ServerSettings

OTHER_KEY = SigningKey.generate("ES256")


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
    assert "the keys are of https://" in scene.server.events[-1].detail
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


def test_a_policy_is_the_profiles_unless_the_settings_differ() -> None:
    """Audience, leeway and algorithms are the issuer's in any case."""
    told = TokenSettings.model_validate({"issuer": ISSUER, "keys": "k", "audience": "ptt", "user_claim": "who"})
    asked = policy(told, PROFILES["mcptt"], "dispatch")
    assert (asked.audience, asked.user_claim, asked.val_service) == ("ptt", "who", "dispatch")
    assert (asked.scope, asked.typ) == (PROFILES["mcptt"].scope, None)


def test_what_is_wrong_with_an_issuer_of_several_services_is_told_once() -> None:
    """Each service has a verifier of its own, and the same site."""
    scene = Scene()
    scene.site.fails()
    assert len(Trust({"one": scene.issuers, "two": scene.issuers}).faults()) == 1
    scene.issuers.stop()


def test_issuers_of_a_service_are_asked_by_the_agents_that_are_given(tmp_path: Path) -> None:
    """So that a lab sees it; where no token is looked at, nobody is asked."""
    (tmp_path / "ca.pem").write_bytes(Authority.create().trusting().authorities)
    fetched = {"issuer": ISSUER, "jwks_url": f"{ISSUER}/jwks", "authorities": str(tmp_path / "ca.pem")}
    asked: list[Tls] = []
    told = AuthorizationSettings.model_validate({"tokens": fetched})
    issuers(told, Clock(), Clock(), asked.append)
    assert len(asked) == 1
    issuers(told.model_copy(update={"mode": "off"}), Clock(), Clock(), asked.append)
    assert len(asked) == 1


def test_another_scope_than_the_services_may_be_asked(tmp_path: Path) -> None:
    """All else is as the service has it."""
    (tmp_path / "keys.json").write_text(jwks(KEY))
    fixed = {"issuer": ISSUER, "keys": str(tmp_path / "keys.json"), "audience": AUDIENCE}
    told = AuthorizationSettings.model_validate({"tokens": fixed})
    asked = issuers(told, Clock(), Clock(), scope="3gpp:seal:migration_service")
    assert asked.verify(token(scope="3gpp:seal:migration_service"), NOW).val_user_id == "alice"
    with pytest.raises(TokenRejected, match="scope"):
        asked.verify(token(), NOW)
    assert issuers(told, Clock(), Clock()).verify(token(), NOW).val_user_id == "alice"


def test_keys_that_cannot_be_used_allow_no_start(tmp_path: Path) -> None:
    """With the setting."""
    told = AuthorizationSettings.model_validate({"tokens": {"issuer": ISSUER, "keys": str(tmp_path / "none")}})
    with pytest.raises(CannotStart, match="keys"):
        issuers(told, Clock(), Clock())


def test_issuers_believed_about_migration_are_kept_up_to_date_with_the_others() -> None:
    """A fault of either is told."""
    well, ill = Scene(), Scene()
    ill.site.fails()
    both = Trust({"": well.issuers}).beside({"": ill.issuers})
    assert set(both.judges.values()) == {well.issuers, ill.issuers}
    assert both.faults() == [*well.issuers.faults(), *ill.issuers.faults()]
    both.stop()
