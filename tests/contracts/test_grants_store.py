"""What every store of the identity server does alike: memory, SQLite in a file, and a real PostgreSQL."""

from collections.abc import Callable, Coroutine, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_twisted
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from attrs import evolve
from twisted.internet.defer import Deferred, DeferredList, gatherResults
from twisted.internet.threads import deferToThread

from seal.errors import CannotStart, Conflict, StoreUnavailable
from seal.idms.records import FIRST, Attempts, Code, Eras, Partner, Refresh, Reused, Service, User, jti_in
from seal.idms.stores.sql.schema import SCHEMA
from seal.idms.stores.store import FORGOTTEN, REMEMBERED, REPLAY_SEEN, Store
from seal.idms.stores.store_memory import MemoryStore
from seal.idms.stores.store_sql import open_store
from seal.sql.opening import open_database
from tests.conftest import reactor
from tests.postgresql import Postgresql, postgresql
from tests.seal.idms.kept import NOW, client, code, refresh, session, user

pytestmark = pytest.mark.xdist_group("postgresql")  # one server is enough

Open = Callable[[], Store]

RACERS = 12

T = TypeVar("T")


async def at_once(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Let all run at the same time; give what each gave, in their order."""
    started = [Deferred.fromCoroutine(each) for each in coroutines]
    return [await each for each in started]


@pytest.fixture(scope="session")
def server() -> Iterator[Postgresql]:
    """Give a PostgreSQL server; each test has a database of its own in it."""
    with postgresql() as running:
        yield running


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Give what opens the store: once more, as another process would, where that means anything."""
    url = ""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/idms.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("server").new_database()
    memory = MemoryStore()
    opened: list[Store] = []

    def open_once_more() -> Store:
        opened.append(open_store(url, reactor) if url else memory)
        return opened[-1]

    yield open_once_more
    for store in opened:
        pytest_twisted.blockon(Deferred.fromCoroutine(store.close()))


@pytest.fixture
def store(again: Open) -> Store:
    """Give an empty store."""
    return again()


# --- clients


async def test_a_client_is_kept_as_it_was_given(store: Store) -> None:
    """With everything that it has, and only once."""
    given = evolve(client(), secret_hash="ab", jwks='{"keys": []}', scopes=("openid", "x"), name="Bürgerfunk ☎")
    assert await store.add_client(given)
    assert await store.client("phone") == given
    assert not await store.add_client(client())
    assert await store.client("phone") == given
    assert await store.client("other") is None


async def test_a_client_changes_and_goes(store: Store) -> None:
    """What was granted to it ends, for whoever has its ID later too: access tokens, and what was under way."""
    await store.add_client(client())
    await store.put_code(code())
    await store.put_refresh(refresh(), NOW)
    changed = await store.change_client("phone", lambda old: evolve(old, name="new", client_id="ignored"))
    assert changed == evolve(client(), name="new") == await store.client("phone")
    assert await store.remove_client("phone")
    assert not await store.remove_client("other")
    await store.add_client(client())
    assert not await store.put_code(code("c2"))
    assert not await store.put_refresh(refresh("r2"), NOW)
    assert [
        await store.take_code("c1", NOW),
        await store.refresh("r1", NOW),
        await store.rotate("r1", refresh("r3"), NOW),
    ] == [None] * 3
    assert await store.ended("bob", "phone", FIRST)
    assert not await store.ended("bob", "other", FIRST)
    anew = await store.client("phone")
    assert anew is not None
    assert await store.put_code(evolve(code("c4"), client_era=anew.era))
    assert await store.take_code("c4", NOW) is not None
    assert await store.clients() == (anew,)
    assert (await store.clients())[0].era == anew.era > 0


async def test_nobody_can_be_changed(store: Store) -> None:
    """What is not there stays not there."""
    assert await store.change_client("phone", lambda old: old) is None
    assert await store.change_user("alice", lambda old: old) is None
    assert not await store.change_service(Service("ptt"))
    assert not await store.remove_service("ptt")


async def test_clients_and_users_come_in_the_order_of_their_ids(store: Store) -> None:
    """Whatever a database thinks of alphabets."""
    for name in ("b", "a", "B", "ä"):
        await store.add_client(client(name))
        await store.add_user(user(name))
    assert [each.client_id for each in await store.clients()] == ["B", "a", "b", "ä"]
    assert [each.user_id for each in await store.users()] == ["B", "a", "b", "ä"]


@pytest.mark.parametrize("name", ["\0", "a\ud800", "\\u0000", "\\", "'; DROP TABLE users; --", "x" * 2000])
async def test_any_text_may_be_asked_for_and_kept(store: Store, name: str) -> None:
    """What a peer sends is a value, never an error of the database."""
    assert [
        await store.client(name),
        await store.user(name),
    ] == [None] * 2
    await store.put_code(evolve(code(), nonce=name))
    found = await store.take_code("c1", NOW)
    assert isinstance(found, Code)
    assert found.nonce == name
    assert await store.count_attempt(name, NOW) == Attempts(1)
    assert await store.once(name, NOW + 1, NOW)


# --- users and VAL services


async def test_a_user_is_kept_with_its_services(store: Store) -> None:
    """Those that nobody provisioned before become known."""
    given = evolve(user("alice", "ptt", "data"), password_hash="$argon2id$", totp_secret="GEZD", enabled=False)
    assert await store.add_user(given)
    assert await store.user("alice") == given
    assert not await store.add_user(user("alice"))
    assert await store.users() == (given,)
    member = ("alice@val.example",)
    assert await store.services() == (Service("data", member), Service("ptt", member))


async def test_a_val_user_id_is_one_users(store: Store) -> None:
    """Neither a new user nor a changed one may take another's."""
    await store.add_user(user("alice"))
    await store.add_user(user("bob"))
    with pytest.raises(Conflict, match="is another user's"):
        await store.add_user(evolve(user("eve"), val_user_id="alice@val.example"))
    with pytest.raises(Conflict, match="is another user's"):
        await store.change_user("bob", lambda old: evolve(old, val_user_id="alice@val.example"))
    assert await store.user("eve") is None
    assert await store.user("bob") == user("bob")


async def test_a_user_changes(store: Store) -> None:
    """Its services too; a service that it leaves stays known."""
    await store.add_user(user("alice", "ptt"))
    changed = await store.change_user("alice", lambda old: evolve(old, enabled=False, val_service_ids=["data"]))
    assert changed == evolve(user("alice", "data"), enabled=False) == await store.user("alice")
    assert await store.service("ptt") == Service("ptt")


def _differ(old: User, new: User) -> bool:
    return old != new


async def remove(store: Store) -> None:
    """Remove alice."""
    assert await store.remove_user("alice")


async def revoke(store: Store) -> None:
    """End what alice was granted."""
    await store.revoke_user("alice")


async def change(store: Store) -> None:
    """Change alice in a way that ends what she was granted."""
    await store.change_user("alice", lambda old: evolve(old, password_hash=old.password_hash + "x"), _differ)


async def part(store: Store) -> None:
    """Remove the partner domain whose guest alice is."""
    await store.add_partner(Partner("https://h.example", guests={"zoe": "alice"}))
    assert await store.remove_partner("https://h.example", lambda _old, _new: lambda _user: True)


End = Callable[[Store], Coroutine[Any, Any, None]]


@pytest.mark.parametrize("end", [remove, revoke, change, part])
async def test_what_a_user_was_granted_before_an_end_is_over_wherever_it_is_under_way(store: Store, end: End) -> None:
    """Kept or about to be, also for whoever has the user ID later; what is granted afterwards holds."""
    await store.add_user(user("alice", "ptt"))
    for each in (code("c1"), code("taken", "f2")):
        assert await store.put_code(each)
    assert await store.take_code("taken", NOW) == code("taken", "f2")
    assert await store.put_refresh(refresh(), NOW)
    assert await store.put_session(session())
    await end(store)
    await store.add_user(user("alice", "ptt"))
    assert not await store.put_code(code("late"))
    assert not await store.put_refresh(refresh("late", "f2"), NOW)
    assert not await store.put_session(session("late"))
    for moment in (NOW, NOW + 1):
        assert [
            await store.take_code("c1", moment),
            await store.take_code("late", moment),
            await store.refresh("r1", moment),
            await store.rotate("r1", refresh("late"), moment),
            await store.refresh("late", moment),
            await store.session("s1", moment),
            await store.session("late", moment),
        ] == [None] * 7
        await store.forget_expired(NOW + REMEMBERED)
    assert await store.ended("alice", "phone", FIRST)
    assert not await store.ended("bob", "phone", FIRST)
    anew = await store.user("alice")
    assert anew is not None
    assert not await store.ended("alice", "phone", Eras(anew.era))
    assert await store.put_session(evolve(session("s2"), era=anew.era))
    assert await store.session("s2", NOW) is not None
    assert await store.put_code(evolve(code("c2"), era=anew.era))
    assert await store.take_code("c2", NOW) is not None
    assert await store.put_refresh(evolve(refresh("r2", "f3"), era=anew.era), NOW)
    assert await store.rotate("r2", evolve(refresh("r3", "f3"), era=anew.era), NOW) is not None
    assert [each.era for each in await store.users()] == [anew.era]
    await end(store)
    assert await store.ended("alice", "phone", Eras(anew.era))


async def test_a_change_that_ends_nothing_ends_nothing(store: Store) -> None:
    """The same user, and the same era."""
    await store.add_user(user("alice"))
    await store.put_session(session())
    await store.change_user(
        "alice", lambda old: evolve(old, totp_secret="GEZD"), lambda old, new: not _differ(old, new)
    )
    assert await store.session("s1", NOW) == session()


async def test_a_change_that_fails_ends_nothing(store: Store) -> None:
    """Both are one act."""
    await store.add_user(user("alice"))
    await store.add_user(user("bob"))
    await store.put_session(session())
    with pytest.raises(Conflict):
        await store.change_user(
            "alice", lambda old: evolve(old, val_user_id="bob@val.example"), lambda _old, _new: True
        )
    assert await store.session("s1", NOW) == session()


async def test_a_log_in_while_the_password_changes_lives_only_by_the_new_one(again: Open) -> None:
    """In whatever order two processes come: the user is read, the session kept, and the change may be between them."""
    stores = [again(), again()]

    async def log_in(store: Store, name: str) -> str:
        found = await store.user("alice")
        assert found is not None
        await store.put_session(evolve(session(name), era=found.era))
        return found.password_hash

    async def change_password(store: Store) -> str:
        await store.change_user("alice", lambda old: evolve(old, password_hash="new"), _differ)
        return "changed"

    for number in range(10):
        await stores[0].add_user(evolve(user("alice"), password_hash="old"))
        names = [f"{number}.{each}" for each in range(4)]
        first, second = [[log_in(stores[0], name) for name in half] for half in (names[:2], names[2:])]
        outcomes = await at_once([*first, change_password(stores[1]), *second])
        outcomes.remove("changed")
        for name, proved in zip(names, outcomes, strict=True):
            assert (await stores[0].session(name, NOW) is not None) == (proved == "new")
        await stores[1].remove_user("alice")


async def test_many_changes_at_once_are_all_made(again: Open) -> None:
    """Each sees what the one before it made, also between two processes."""
    stores = [again(), again()]
    await stores[0].add_user(user("alice"))
    for outcome in await at_once(
        store.change_user("alice", lambda old: evolve(old, password_hash=old.password_hash + "x"))
        for store in stores * RACERS
    ):
        assert outcome is not None
    found = await stores[0].user("alice")
    assert found is not None
    assert found.password_hash == "x" * (2 * RACERS)


async def test_a_user_that_goes_takes_with_it_what_it_was_granted(store: Store) -> None:
    """A new user of that name inherits nothing."""
    await store.add_user(user("alice", "ptt"))
    await store.put_code(code())
    await store.put_refresh(refresh(), NOW)
    await store.put_session(session())
    assert await store.remove_user("alice")
    assert not await store.remove_user("alice")
    assert [
        await store.take_code("c1", NOW),
        await store.refresh("r1", NOW),
        await store.session("s1", NOW),
    ] == [None] * 3
    assert await store.service("ptt") == Service("ptt")


async def test_a_service_maps_its_users(store: Store) -> None:
    """The identity list of TS 23.434 12.3.4, by VAL user ID."""
    await store.add_user(user("alice"))
    await store.add_user(user("bob", "data"))
    given = Service("ptt", ("alice@val.example", "bob@val.example"), "ptt.example")
    assert await store.add_service(given)
    assert not await store.add_service(Service("ptt"))
    assert await store.service("ptt") == given
    assert await store.user("bob") == user("bob", "data", "ptt")
    assert await store.change_service(Service("ptt", ("bob@val.example",), "mallory.example"))
    assert await store.service("ptt") == Service("ptt", ("bob@val.example",), "ptt.example")
    assert await store.user("alice") == user("alice")
    assert await store.remove_service("ptt")
    assert await store.user("bob") == user("bob", "data")
    assert await store.service("ptt") is None


async def test_a_service_of_nobody_is_refused_whole(store: Store) -> None:
    """The names that are nobody's are told, and nothing is kept."""
    await store.add_user(user("alice"))
    with pytest.raises(Conflict, match="'bob', 'eve'"):
        await store.add_service(Service("ptt", ("alice@val.example", "eve", "bob")))
    assert await store.services() == ()
    await store.add_service(Service("ptt", ("alice@val.example",)))
    with pytest.raises(Conflict, match="'eve'"):
        await store.change_service(Service("ptt", ("eve",)))
    assert await store.user("alice") == user("alice", "ptt")


# --- codes


async def test_a_code_is_taken_once(store: Store) -> None:
    """With all that it was given for."""
    await store.put_code(code())
    assert await store.code("c1", NOW) == code()
    assert await store.take_code("c1", NOW) == code()
    assert await store.code("c1", NOW) == evolve(code(), taken=True)
    assert await store.take_code("other", NOW) is None


async def test_a_code_ends(store: Store) -> None:
    """At its moment it is gone."""
    await store.put_code(code())
    assert [
        await store.take_code("c1", code().expires),
        await store.code("c1", code().expires),
    ] == [None] * 2
    assert await store.take_code("c1", code().expires - 1) == code()


async def test_the_second_use_of_a_code_revokes_what_the_first_gave(store: Store) -> None:
    """RFC 6749 4.1.2: refresh token and access tokens; however late it comes while the code is remembered."""
    await store.put_code(code())
    await store.take_code("c1", NOW)
    assert await store.put_refresh(refresh(), NOW)
    late = code().expires + REPLAY_SEEN - 1
    assert await store.forget_expired(NOW + 61) == 0
    assert await store.take_code("c1", late) == Reused("f1", "phone", "alice")
    assert await store.take_code("c1", late) == Reused("f1", "phone", "alice")
    assert await store.refresh("r1", NOW) is None
    assert await store.rotate("r1", refresh("r2"), NOW) is None
    assert await store.revoked(jti_in("f1", "1"), late)
    assert not await store.revoked(jti_in("f2", "1"), late)


async def test_what_is_given_while_its_family_is_revoked_is_not_kept(store: Store) -> None:
    """The second use of a code may come before the answer to the first is made."""
    await store.put_code(code())
    await store.take_code("c1", NOW)
    await store.take_code("c1", NOW)
    assert not await store.put_refresh(refresh(), NOW)
    assert await store.refresh("r1", NOW) is None


async def test_of_many_who_bring_a_code_at_once_one_gets_it(again: Open) -> None:
    """Also when two processes are asked; to all others it is a second use."""
    stores = [again(), again()]
    for number in range(5):
        await stores[0].put_code(code(f"c{number}", f"f{number}"))
        outcomes = await at_once(store.take_code(f"c{number}", NOW) for store in stores * RACERS)
        assert [outcome for outcome in outcomes if isinstance(outcome, Code)] == [code(f"c{number}", f"f{number}")]
        assert outcomes.count(Reused(f"f{number}", "phone", "alice")) == 2 * RACERS - 1
        assert await stores[1].revoked(f"f{number}", NOW)


# --- refresh tokens


async def test_a_refresh_token_is_rotated_once(store: Store) -> None:
    """The new one is there, the old one says that it was rotated."""
    assert await store.put_refresh(refresh(), NOW)
    assert await store.refresh("r1", NOW) == refresh()
    assert await store.rotate("r1", refresh("r2"), NOW) == refresh()
    assert await store.refresh("r1", NOW) == evolve(refresh(), rotated=True)
    assert await store.rotate("r2", refresh("r3"), NOW) == refresh("r2")
    assert await store.rotate("other", refresh("r4"), NOW) is None
    assert await store.refresh("r4", NOW) is None


async def test_a_refresh_token_ends(store: Store) -> None:
    """At its moment it is gone."""
    await store.put_refresh(refresh(), NOW)
    end = refresh().expires
    assert [
        await store.refresh("r1", end),
        await store.rotate("r1", refresh("r2"), end),
    ] == [None] * 2


async def test_a_refresh_token_that_comes_again_revokes_its_family(store: Store) -> None:
    """RFC 9700 4.14.2: nobody can tell who of the two is the thief."""
    await store.put_refresh(refresh(), NOW)
    await store.put_refresh(refresh("other", "f2"), NOW)
    await store.rotate("r1", refresh("r2"), NOW)
    assert await store.rotate("r1", refresh("r3"), NOW) == Reused("f1", "phone", "alice")
    assert [
        await store.refresh("r2", NOW),
        await store.refresh("r3", NOW),
    ] == [None] * 2
    assert await store.rotate("r2", refresh("r4"), NOW) is None
    assert await store.revoked(jti_in("f1", "1"), NOW)
    assert await store.refresh("other", NOW) == refresh("other", "f2")


async def test_a_refresh_token_stays_in_its_family(store: Store) -> None:
    """A mistake of ours, and nothing happens by it."""
    await store.put_refresh(refresh(), NOW)
    with pytest.raises(ValueError, match="within its family"):
        await store.rotate("r1", refresh("r2", "f2"), NOW)
    assert await store.refresh("r1", NOW) == refresh()


async def test_of_many_who_rotate_at_once_one_does(again: Open) -> None:
    """Also when two processes are asked; and as somebody has a copy, the family has ended."""
    stores = [again(), again()]
    for number in range(5):
        old = refresh(f"r{number}", f"f{number}")
        await stores[0].put_refresh(old, NOW)
        outcomes = await at_once(
            store.rotate(f"r{number}", evolve(old, token_hash=f"n{number}.{each}"), NOW)
            for each, store in enumerate(stores * RACERS)
        )
        assert [outcome for outcome in outcomes if isinstance(outcome, Refresh)] == [old]
        assert {outcome for outcome in outcomes if not isinstance(outcome, Refresh)} <= {
            Reused(f"f{number}", "phone", "alice"),
            None,
        }
        assert await stores[0].revoked(f"f{number}", NOW)
        for each in range(2 * RACERS):
            assert await stores[1].refresh(f"n{number}.{each}", NOW) is None


async def test_a_token_that_is_added_while_its_family_is_revoked_does_not_live(again: Open) -> None:
    """In whatever order two processes come."""
    stores = [again(), again()]
    for number in range(10):
        added, _ = await at_once(
            [
                stores[0].put_refresh(refresh(f"r{number}", f"f{number}"), NOW),
                stores[1].revoke_family(f"f{number}", NOW),
            ]
        )
        assert added in {True, False}
        assert await stores[0].refresh(f"r{number}", NOW) is None


# --- revocation


async def test_an_access_token_is_revoked_by_itself(store: Store) -> None:
    """Not its family; and it is remembered for longer than it lives."""
    await store.revoke_access("f1.a", NOW)
    await store.revoke_access("f1.a", NOW)
    assert await store.revoked("f1.a", NOW + REMEMBERED - 1)
    assert not await store.revoked("f1.b", NOW)


async def test_all_that_a_user_was_granted_can_be_ended(store: Store) -> None:
    """When its password was changed or it was disabled; what is another's stays."""
    await store.put_code(code())
    await store.put_refresh(refresh("r2", "f2"), NOW)
    await store.put_session(session())
    await store.put_code(code("c3", "f3", "bob"))
    await store.put_refresh(refresh("r3", "f3", "bob"), NOW)
    await store.put_session(session("s3", "bob"))
    await store.revoke_user("alice")
    assert [
        await store.take_code("c1", NOW),
        await store.refresh("r2", NOW),
        await store.session("s1", NOW),
    ] == [None] * 3
    assert await store.take_code("c3", NOW) == code("c3", "f3", "bob")
    assert await store.refresh("r3", NOW) == refresh("r3", "f3", "bob")
    assert await store.session("s3", NOW) == session("s3", "bob")


# --- log-ins


async def test_a_session_is_kept_until_it_ends(store: Store) -> None:
    """By its moment, or by the person."""
    await store.put_session(session())
    assert await store.session("s1", NOW) == session()
    assert await store.session("s1", session().expires) is None
    await store.end_session("s1")
    assert await store.session("s1", NOW) is None


async def test_wrong_log_ins_are_counted_by_name(store: Store) -> None:
    """Until a right one, or for a day."""
    assert await store.attempts("alice", NOW) == Attempts()
    assert await store.count_attempt("alice", NOW) == Attempts(1)
    assert await store.count_attempt("alice", NOW) == Attempts(2)
    assert await store.attempts("nobody", NOW) == Attempts()
    await store.lock("alice", NOW + 60, NOW)
    assert await store.attempts("alice", NOW) == Attempts(2, NOW + 60)
    assert await store.count_attempt("alice", NOW) == Attempts(3, NOW + 60)
    assert await store.attempts("alice", NOW + FORGOTTEN) == Attempts()
    await store.clear_attempts("alice")
    assert await store.attempts("alice", NOW) == Attempts()


async def test_no_wrong_log_in_is_counted_for_another(again: Open) -> None:
    """Many at once get as many counts, also from two processes."""
    stores = [again(), again()]
    counts = await at_once(store.count_attempt("alice", NOW) for store in stores * RACERS)
    assert sorted(count.failures for count in counts) == list(range(1, 2 * RACERS + 1))


async def test_a_name_is_used_once(again: Open) -> None:
    """Whoever is first, until it is forgotten."""
    stores = [again(), again()]
    firsts = await at_once(store.once("jti", NOW + 60, NOW) for store in stores * RACERS)
    assert sorted(firsts) == [False] * (2 * RACERS - 1) + [True]
    assert not await stores[0].once("jti", NOW + 120, NOW + 59)
    assert await stores[0].once("jti", NOW + 120, NOW + 60)


# --- in time


async def test_what_has_expired_is_removed(store: Store) -> None:
    """Each at its time, and nothing else."""
    await store.put_code(code())
    await store.put_code(code("c2", "f2"))
    await store.take_code("c2", NOW)
    await store.put_refresh(refresh(), NOW)
    await store.put_session(session())
    await store.count_attempt("alice", NOW)
    await store.revoke_access("f9.a", NOW)
    await store.once("jti", NOW + 5, NOW)
    assert await store.forget_expired(NOW) == 0
    ends = [NOW + 5, code().expires, session().expires, refresh().expires]
    assert [await store.forget_expired(end) for end in ends] == [1, 1, 1, 1]
    assert await store.forget_expired(NOW + FORGOTTEN) == 2
    assert await store.forget_expired(code().expires + REPLAY_SEEN) == 1


async def test_a_store_that_was_closed_has_done_what_it_was_asked(again: Open) -> None:
    """Whoever opens it next finds that."""
    first = again()
    asked = [Deferred.fromCoroutine(first.count_attempt("alice", NOW)) for _ in range(RACERS)]
    await first.close()
    await DeferredList(asked)
    assert await again().attempts("alice", NOW) == Attempts(RACERS)


# --- a real PostgreSQL, and nothing else


def test_the_steps_lead_to_the_same_tables_in_postgresql(server: Postgresql) -> None:
    """Columns, types, keys and indexes, as in SQLite."""
    engine = open_database(server.new_database(), SCHEMA)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": SCHEMA.versions, "compare_type": True})
        assert compare_metadata(context, SCHEMA.metadata) == []
    engine.dispose()


async def test_two_processes_may_start_at_once_on_an_empty_database(server: Postgresql) -> None:
    """One makes the tables, the other waits for it."""
    url = server.new_database()
    engines = await gatherResults([deferToThread(open_database, url, SCHEMA) for _ in range(4)])
    for engine in engines:
        engine.dispose()


async def test_a_newer_postgresql_database_is_refused(server: Postgresql) -> None:
    """As a file is; and the sentence does not show the password."""
    url = server.new_database()
    open_database(url, SCHEMA).dispose()
    server.run("psql", "-qd", url.rpartition("/")[2], "-c", f"UPDATE {SCHEMA.versions} SET version_num = '0999'")
    with pytest.raises(CannotStart, match="newer version") as raised:
        open_database(url.replace("idms@", "idms:hunter2@"), SCHEMA)
    assert "hunter2" not in str(raised.value)


async def test_a_lost_connection_is_made_anew(server: Postgresql) -> None:
    """PostgreSQL may be restarted under a server."""
    store = open_store(server.new_database(), reactor)
    await store.put_refresh(refresh(), NOW)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''"
    server.run("psql", "-qd", "postgres", "-c", others)
    assert await store.refresh("r1", NOW) == refresh()
    assert await store.rotate("r1", refresh("r2"), NOW) == refresh()
    await store.close()


async def test_a_database_that_has_gone_is_told(server: Postgresql) -> None:
    """Without a word of the statement or its values; nothing hangs."""
    url = server.new_database()
    store = open_store(url, reactor)
    server.run("psql", "-qd", "postgres", "-c", f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")
    with pytest.raises(StoreUnavailable) as raised:
        await store.put_refresh(refresh("5ecret"), NOW)
    assert "5ecret" not in str(raised.value)
    await store.close()


# --- partner domains


async def test_a_partner_is_kept_as_it_was_given(again: Open) -> None:
    """Everything that was agreed, also for another process."""
    given = Partner(
        "https://idms.home.example",
        "Home ☎",
        17.5,
        clients=("phone",),
        users=("alice", "bob"),
        needs=("openid",),
        keys='{"keys": []}',
        guests={"alice": "visitor", "bob\\": "b"},
        pattern="{subject}@home",
        guest_services=("rescue",),
        guest_scopes=("openid",),
        guest_refresh=True,
    )
    other = Partner("https://idms.away.example")
    store = again()
    assert await store.add_partner(given)
    assert await store.add_partner(other)
    assert not await store.add_partner(evolve(given, name="another"))
    assert await again().partner(given.issuer) == given
    assert await store.partners() == (other, given)
    assert await store.partner("https://nobody.example") is None


async def test_a_partner_changes_and_goes(store: Store) -> None:
    """Its issuer is what it is known by, and stays."""
    issuer = "https://idms.home.example"
    await store.add_partner(Partner(issuer))
    changed = await store.change_partner(issuer, lambda old: evolve(old, keys="k", issuer="https://other.example"))
    assert changed == Partner(issuer, keys="k") == await store.partner(issuer)
    assert await store.remove_partner(issuer)
    assert not await store.remove_partner(issuer)
    assert await store.change_partner(issuer, lambda old: old) is None
    assert await store.partners() == ()


async def test_of_two_who_bring_one_security_token_one_is_first(store: Store) -> None:
    """It is used up for all processes on the store at once."""
    name = "assertion https://idms.home.example jti 1"
    assert sum(await at_once(store.once(name, NOW + 90, NOW) for _ in range(RACERS))) == 1
    assert not await store.once(name, NOW + 90, NOW + 89)


async def test_guests_end_by_the_act_that_changes_the_agreement(store: Store) -> None:
    """Those of whom it is said, among who stood in the table and the accounts of the partner's own; nobody else."""
    issuer = "https://idms.home.example"
    await store.add_partner(Partner(issuer, guests={"alice": "visitor", "bob": "guest"}))
    for name, partner in (("visitor", ""), ("guest", ""), ("zoe", issuer), ("ann", issuer), ("other", "")):
        await store.add_user(evolve(user(name), partner=partner))
    asked: list[tuple[Partner, Partner | None, str]] = []

    def ends(old: Partner, new: Partner | None) -> Callable[[User], bool]:
        def over(user: User) -> bool:
            asked.append((old, new, user.user_id))
            return user.user_id in {"visitor", "zoe", "other"}

        return over

    old = await store.partner(issuer)
    new = await store.change_partner(issuer, lambda kept: evolve(kept, guests={}), ends)
    assert sorted(asked, key=lambda each: each[2]) == [(old, new, name) for name in ("ann", "guest", "visitor", "zoe")]
    ended = [each.user_id for each in await store.users() if await store.ended(each.user_id, "phone", FIRST)]
    assert ended == ["visitor", "zoe"]
    asked.clear()
    assert await store.remove_partner(issuer, ends)
    assert sorted(asked, key=lambda each: each[2]) == [(new, None, name) for name in ("ann", "zoe")]
