"""What every store of documents and subscriptions does alike: memory, SQLite in a file, and a real PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet.defer import Deferred

from seal.documents.sql.schema import SCHEMA
from seal.documents.store import Store
from seal.documents.store_memory import MemoryStore
from seal.documents.store_sql import SqlStore
from seal.notifying.subscriptions import Subscription
from seal.sql.opening import open_database
from seal.sql.threads import Threads
from seal.xcap.conditions import etag_of
from seal.xcap.errors import Conflicting, Refused
from seal.xcap.handling import Answer, Decision, decide
from tests.conftest import reactor
from tests.postgresql import Postgresql, postgresql
from tests.seal.xcap.lists import EMPTY, LISTS, ONE, SELECTOR, TWO, request
from valkit.xcap import Condition, DocumentSelector

pytestmark = pytest.mark.xdist_group("postgresql")  # one server is enough

NOW = 1_000_000.0
RACERS = 12
ROOM = 3
SUBSCRIPTION = Subscription("s1", "alice", "ptt", "https://127.0.0.1:9/heard", (1,), ("g1",), 2.0, NOW + 60)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgresql]:
    """Give a PostgreSQL server; each test has a database of its own in it."""
    with postgresql() as running:
        yield running


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give a store whose directories have little room."""
    url = f"sqlite:///{tmp_path}/documents.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("server").new_database()
    opened: Store = MemoryStore(ROOM)
    if request.param != "memory":
        opened = SqlStore(Threads(open_database(url, SCHEMA), reactor), ROOM)
    yield opened
    pytest_twisted.blockon(Deferred.fromCoroutine(opened.close()))


def putting(text: bytes | None, *names: str) -> Callable[[bytes | None], Decision]:
    """Decide on this document whatever there was."""
    return lambda _: Decision(Answer(200), text, frozenset(names))


async def test_a_document_is_kept_changed_and_deleted(store: Store) -> None:
    """Each change is told from what it was made."""
    assert await store.document(SELECTOR) is None
    assert (await store.change(SELECTOR, putting(ONE))).before is None
    assert await store.document(SELECTOR) == ONE
    changed = await store.change(SELECTOR, putting(b"\x00\xff any octets"))
    assert (changed.before, changed.decision.text) == (ONE, b"\x00\xff any octets")
    assert await store.document(SELECTOR) == b"\x00\xff any octets"
    assert (await store.change(SELECTOR, putting(None))).before == b"\x00\xff any octets"
    assert await store.document(SELECTOR) is None
    assert (await store.change(SELECTOR, putting(None))).before is None


async def test_documents_are_apart(store: Store) -> None:
    """By usage, tree, user and path."""
    selectors = [
        SELECTOR,
        evolve(SELECTOR, auid="other"),
        evolve(SELECTOR, xui=None),
        evolve(SELECTOR, xui="global"),
        evolve(SELECTOR, path=("index", "index")),
        DocumentSelector("a/b", None, ("c",)),
        DocumentSelector("a", None, ("b/c",)),
    ]
    for number, selector in enumerate(selectors):
        await store.change(selector, putting(b"%d" % number))
    assert [await store.document(each) for each in selectors] == [b"%d" % number for number in range(len(selectors))]


async def test_a_refusal_changes_nothing(store: Store) -> None:
    """And is raised."""
    await store.change(SELECTOR, putting(ONE, "a"))
    with pytest.raises(Refused) as refused:
        await store.change(SELECTOR, lambda kept: decide(request("PUT", body=TWO, if_match='"old"'), LISTS, kept))
    assert refused.value.status == 412
    with pytest.raises(Conflicting):
        await store.change(SELECTOR, lambda kept: decide(request("PUT", body=b"<a/>"), LISTS, kept))
    assert await store.document(SELECTOR) == ONE
    assert await store.naming("lists", "a") == (SELECTOR,)


async def test_of_those_who_change_one_state_at_once_one_does(store: Store) -> None:
    """Comparing the tag and writing are one act (RFC 4825 7.11)."""
    await store.change(SELECTOR, putting(EMPTY))
    tag = etag_of(EMPTY)

    async def change(number: int) -> int:
        body = f'<list xmlns="urn:test:list"><entry uri="{number}"/></list>'.encode()
        try:
            await store.change(SELECTOR, lambda kept: decide(request("PUT", body=body, if_match=tag), LISTS, kept))
        except Refused as error:
            return error.status
        return 200

    started = [Deferred.fromCoroutine(change(number)) for number in range(RACERS)]
    assert sorted([await each for each in started]) == [200, *[412] * (RACERS - 1)]


async def test_of_those_who_create_one_document_at_once_one_does(store: Store) -> None:
    """If-None-Match: * (RFC 9110 13.1.2)."""

    async def create() -> int:
        try:
            await store.change(SELECTOR, lambda kept: decide(request("PUT", body=ONE, if_none_match="*"), LISTS, kept))
        except Refused as error:
            return error.status
        return 201

    started = [Deferred.fromCoroutine(create()) for _ in range(RACERS)]
    assert sorted([await each for each in started]) == [201, *[412] * (RACERS - 1)]


async def test_changes_without_a_condition_are_all_made(store: Store) -> None:
    """One after the other: each sees what the one before left."""
    await store.change(SELECTOR, putting(b""))
    started = [
        Deferred.fromCoroutine(store.change(SELECTOR, lambda kept: Decision(Answer(200), (kept or b"") + b"x")))
        for _ in range(RACERS)
    ]
    for each in started:
        await each
    assert await store.document(SELECTOR) == b"x" * RACERS


async def test_documents_are_found_by_whom_they_name(store: Store) -> None:
    """As they are now."""
    other = evolve(SELECTOR, path=("another",))
    await store.change(SELECTOR, putting(ONE, "a", "b"))
    await store.change(other, putting(ONE, "a"))
    await store.change(evolve(other, auid="else"), putting(ONE, "a"))
    assert await store.naming("lists", "a") == (other, SELECTOR)
    assert await store.naming("lists", "b") == (SELECTOR,)
    await store.change(SELECTOR, putting(TWO, "b", "c"))
    assert await store.naming("lists", "a") == (other,)
    assert await store.naming("lists", "c") == (SELECTOR,)
    await store.change(SELECTOR, putting(None))
    assert await store.naming("lists", "b") == ()


async def test_a_directory_takes_so_many_documents(store: Store) -> None:
    """Others take theirs, and those that are there can be changed."""
    for number in range(ROOM):
        await store.change(evolve(SELECTOR, path=(str(number),)), putting(ONE))
    with pytest.raises(Conflicting) as raised:
        await store.change(SELECTOR, putting(ONE))
    assert raised.value.condition is Condition.CONSTRAINT
    await store.change(evolve(SELECTOR, path=("0",)), putting(TWO))
    await store.change(evolve(SELECTOR, xui="bob"), putting(ONE))
    await store.change(evolve(SELECTOR, path=("0",)), putting(None))
    await store.change(SELECTOR, putting(ONE))


async def test_a_subscription_is_kept_until_it_is_over(store: Store) -> None:
    """By itself, or because it was ended."""
    assert await store.subscribe(SUBSCRIPTION, 5, NOW)
    assert await store.subscription("s1", NOW) == SUBSCRIPTION
    assert await store.subscription("s1", NOW + 60) is None
    assert await store.subscription("s2", NOW) is None
    assert await store.end_subscription("s1")
    assert not await store.end_subscription("s1")
    assert await store.subscription("s1", NOW) is None


async def test_subscriptions_are_found_by_service_and_user(store: Store) -> None:
    """In the order in which they were made, and while they last."""
    second = evolve(SUBSCRIPTION, identity="s0", val_user_id="bob")
    third = evolve(SUBSCRIPTION, identity="s3", auid="other")
    over = evolve(SUBSCRIPTION, identity="s4", expires=NOW)
    for each in (SUBSCRIPTION, second, third, over):
        assert await store.subscribe(each, 5, NOW - 1)
    assert await store.subscriptions("ptt", None, NOW) == (SUBSCRIPTION, second)
    assert await store.subscriptions("ptt", ["bob", "carol"], NOW) == (second,)
    assert await store.subscriptions("ptt", [], NOW) == ()
    assert await store.forget_expired(NOW) == 1
    assert await store.subscriptions("other", ["alice"], NOW) == (third,)


async def test_a_user_has_so_many_subscriptions(store: Store) -> None:
    """Those that are over do not count."""
    assert await store.subscribe(SUBSCRIPTION, 1, NOW)
    assert not await store.subscribe(evolve(SUBSCRIPTION, identity="s2"), 1, NOW)
    assert await store.subscribe(evolve(SUBSCRIPTION, identity="s3", val_user_id="bob"), 1, NOW)
    assert await store.subscribe(evolve(SUBSCRIPTION, identity="s4", expires=NOW + 99), 1, NOW + 60)
