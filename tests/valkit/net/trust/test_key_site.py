"""Keys over TLS: fetched, fetched again, kept through an outage, and never faster than is allowed."""

from collections.abc import Iterator

import pytest
from attrs import define, field
from twisted.internet.task import Clock

from tests.valkit.net.trust.site import DOCUMENT, ISSUER, KEY, SlowSite, as_client
from valkit.net.trust.key_site import KeySite
from valkit.tokens import KeySet, SigningKey

NEXT = SigningKey.generate("ES256")
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"


@define
class Scene:
    """A key site, and what it asked and trusted."""

    site: SlowSite = field(factory=SlowSite)
    clock: Clock = field(factory=Clock)
    trusted: list[KeySet] = field(factory=list)

    def keys(self, **where: str) -> KeySite:
        """Build the key site."""
        where = where or {"jwks_url": f"{ISSUER}/jwks"}
        return KeySite(ISSUER, as_client(self.site), self.clock, self.trusted.append, 600.0, 10.0, **where)

    @property
    def kids(self) -> list[list[str | None]]:
        """What was trusted, by kid."""
        return [[key.kid for key in keys.keys] for keys in self.trusted]


@pytest.fixture
def scene(failures: list[object]) -> Iterator[Scene]:
    """Give one, and see that no timer is left."""
    scene = Scene()
    yield scene
    assert scene.clock.getDelayedCalls() == []


def test_keys_are_fetched_at_the_start_and_now_and_then(scene: Scene) -> None:
    """Every ten minutes here."""
    keys = scene.keys()
    keys.watch()
    assert (keys.has_keys, keys.fault is None) == (False, False)
    scene.site.publishes(KEY)
    assert (keys.has_keys, keys.fault, scene.kids) == (True, None, [[KEY.kid]])
    scene.clock.advance(599)
    assert len(scene.site.asked) == 1
    scene.clock.advance(1)
    scene.site.publishes(KEY, NEXT)
    assert scene.kids[1:] == [[KEY.kid, NEXT.kid]]
    keys.stop()


def test_the_discovery_document_says_where_they_are(scene: Scene) -> None:
    """It is read anew each time: keys may move."""
    keys = scene.keys(discovery_url=DISCOVERY)
    keys.watch()
    scene.site.says(DOCUMENT)
    scene.site.publishes(KEY)
    assert (scene.site.asked, keys.fault) == ([DISCOVERY, f"{ISSUER}/jwks"], None)
    keys.stop()


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b'{"issuer": "https://evil.example", "jwks_uri": "https://evil.example/jwks"}', 200, "another issuer"),
        (b"[]", 200, "not a JSON object"),
        (b"", 404, "answered with 404"),
    ],
)
def test_a_document_that_is_not_the_issuers_is_not_believed(
    scene: Scene, body: bytes, status: int, reason: str
) -> None:
    """Nobody is asked for keys then (Discovery 4.3)."""
    keys = scene.keys(discovery_url=DISCOVERY)
    keys.watch()
    scene.site.says(body, status)
    assert reason in (keys.fault or "")
    assert scene.site.asked == [DISCOVERY]
    keys.stop()


@pytest.mark.parametrize(("body", "status"), [(b"{}", 200), (b"\xff", 200), (b"", 503)])
def test_an_outage_keeps_the_keys_from_before(scene: Scene, body: bytes, status: int) -> None:
    """The fault is shown until it is over; meanwhile the issuer is tried every few seconds."""
    keys = scene.keys()
    keys.watch()
    scene.site.publishes(KEY)
    scene.clock.advance(600)
    scene.site.says(body, status)
    assert "cannot be fetched" in (keys.fault or "")
    scene.clock.advance(5)
    scene.site.fails()
    assert "nobody there" in (keys.fault or "")
    assert (keys.has_keys, len(scene.trusted)) == (True, 1)
    scene.clock.advance(5)
    scene.site.publishes(NEXT)
    assert (keys.fault, scene.kids[1:]) == (None, [[NEXT.kid]])
    keys.stop()


def test_an_unknown_key_is_asked_for_at_a_bounded_rate(scene: Scene) -> None:
    """All who wait share one fetch; who comes right after it gets none."""
    keys = scene.keys()
    keys.watch()
    scene.site.publishes(KEY)
    done: list[bool] = []
    for _ in range(3):
        wanted = keys.wanted()
        assert wanted is not None
        wanted.addCallback(done.append)
    assert len(scene.site.asked) == 2
    scene.site.publishes(KEY, NEXT)
    assert done == [True, True, True]
    assert keys.wanted() is None
    scene.clock.advance(9)
    assert keys.wanted() is None
    scene.clock.advance(1)
    again = keys.wanted()
    assert again is not None
    again.addCallback(done.append)
    scene.site.fails()
    assert done[3:] == [False]
    keys.stop()


def test_who_comes_during_the_first_fetch_waits_for_it(scene: Scene) -> None:
    """A server that has just started needs no second one."""
    keys = scene.keys()
    keys.watch()
    wanted = keys.wanted()
    assert wanted is not None
    scene.site.publishes(KEY)
    assert (wanted.called, len(scene.site.asked)) == (True, 1)
    keys.stop()


def test_a_stop_lets_nobody_wait(scene: Scene) -> None:
    """What is under way ends, and nothing begins any more."""
    keys = scene.keys()
    keys.watch()
    wanted = keys.wanted()
    keys.stop()
    assert wanted is not None
    done: list[bool] = []
    wanted.addCallback(done.append)
    scene.site.waiting[0].addErrback(lambda _: None)
    assert (done, keys.wanted()) == ([False], None)


def test_an_operator_may_ask_for_them(scene: Scene) -> None:
    """And hears whether they came."""
    keys = scene.keys()
    keys.watch()
    scene.site.publishes(KEY)
    done: list[bool] = []
    keys.reload().addCallback(done.append)
    scene.site.fails()
    keys.reload().addCallback(done.append)
    scene.site.publishes(NEXT)
    assert done == [False, True]
    keys.stop()
