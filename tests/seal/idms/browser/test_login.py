"""Wrong log-ins: counted, locked for longer and longer, and the same to look at whatever was wrong."""

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve
from twisted.internet.defer import Deferred, gatherResults

from seal.idms.browser.login import LogIns
from seal.idms.proving.hashing import PasswordChecks
from seal.idms.proving.methods import Password, PasswordAndCode
from seal.idms.records import Attempts
from seal.idms.settings import LogInSettings
from seal.threads import Busy
from tests.seal.idms.parts import CHEAP, HASH, PASSWORD, Home, change_user, provisioned, reactor
from tests.support import result_of


def log_ins(store: Any) -> LogIns:
    """Judge log-ins: three failures, then 60 seconds, then twice as long, 200 at most."""
    settings = LogInSettings(failures=3, locked=60.0, locked_at_most=200.0)
    return LogIns(store, settings, lambda _what, _fields: None)


async def plain(password_hash: str, password: str) -> bool:
    """Check without argon2."""
    return bool(password_hash) and password == PASSWORD


class Door:
    """A name that is tried at times."""

    def __init__(self) -> None:
        self.log_ins = log_ins(result_of(provisioned()))

    def tried(self, now: float, password: str = PASSWORD, login: str = "alice") -> bool:
        """Try to log in; True if it worked."""
        form = {"password": password}
        return result_of(self.log_ins.attempt(login, form, Password(plain), now)) is not None


def test_failures_lock_the_name() -> None:
    """The third does; then the right password does not help, until the lock is over."""
    door = Door()
    assert [door.tried(now, "wrong") for now in (0.0, 1.0, 2.0)] == [False] * 3
    assert not door.tried(61.9)
    assert door.tried(62.1)


def test_each_further_failure_locks_for_longer() -> None:
    """Twice as long each time, up to a bound."""
    door = Door()
    for now in (0.0, 0.0, 0.0, 60.1):
        assert not door.tried(now, "wrong")
    assert not door.tried(180.0)
    assert not door.tried(180.2, "wrong")
    assert not door.tried(380.1)
    assert door.tried(380.3)


def test_attempts_while_locked_do_not_lengthen_the_lock() -> None:
    """Or anybody could keep somebody out for good with little effort."""
    door = Door()
    for now in (0.0, 0.0, 0.0, *map(float, range(1, 60))):
        door.tried(now, "wrong")
    assert door.tried(60.1)


def test_a_right_log_in_begins_the_count_anew() -> None:
    """Two failures, one success, two failures: no lock."""
    door = Door()
    assert [door.tried(0.0, word) for word in ("x", "x", PASSWORD, "x", "x", PASSWORD)] == [
        False, False, True, False, False, True,
    ]  # fmt: skip


def test_many_at_once_do_not_get_more_attempts() -> None:
    """A failure is counted before the password is looked at."""
    store = result_of(provisioned())
    waiting: list[Deferred[bool]] = []

    async def slow(_hash: str, _password: str) -> bool:
        waiting.append(Deferred())
        return await waiting[-1]

    judge = log_ins(store)
    attempts = [Deferred.fromCoroutine(judge.attempt("alice", {}, Password(slow), 0.0)) for _ in range(10)]
    for check in waiting:
        check.callback(True)  # as if each had guessed right
    assert sum(user is not None for user in result_of(gatherResults(attempts))) == 3


async def test_who_is_told_to_come_again_has_not_tried() -> None:
    """Or under load the right password would lock its owner out: nothing is counted where there is no room to check."""
    store = await provisioned()
    judge, checks = log_ins(store), PasswordChecks(reactor, 1, 0, CHEAP)
    taken = Deferred.fromCoroutine(checks.check(HASH, "x"))
    for method in (Password(checks.check), PasswordAndCode(Password(checks.check), store)):
        for _ in range(5):
            with pytest.raises(Busy):
                await judge.attempt("alice", {"password": PASSWORD}, method, 0.0)
    assert await store.attempts("alice", 0.0) == Attempts()
    assert not await taken
    assert await judge.attempt("alice", {"password": PASSWORD}, Password(checks.check), 0.0) is not None
    checks.stop()


def test_names_that_nobody_has_are_locked_like_others() -> None:
    """And checked like others, so that a stopwatch learns nothing."""
    checked: list[str] = []

    async def check(password_hash: str, _password: str) -> bool:
        checked.append(password_hash)
        return False

    store = result_of(provisioned())
    judge = log_ins(store)
    for login in ("nobody", "alice"):
        for _ in range(4):
            assert result_of(judge.attempt(login, {"password": "x"}, Password(check), 0.0)) is None
    assert len(checked) == 8
    assert result_of(store.attempts("nobody", 0.0)) == result_of(store.attempts("alice", 0.0))


def test_names_without_end_are_not_kept() -> None:
    """They are no names."""
    door = Door()
    assert not door.tried(0.0, "x", "x" * 201)
    assert not door.tried(0.0, "x", "")


async def test_nobody_learns_who_has_an_account(idms: Home) -> None:
    """Wrong password, unknown name, disabled account, locked name: one page, apart from the name that was typed."""
    await change_user(idms, "bob", enabled=False)
    pages = []
    for username, password in [("alice", "x"), ("mallory", "x"), ("bob", PASSWORD), ("mallory", "y")]:
        browser = idms.browser()
        answer = await browser.fill_in(await browser.ask(), username, password)
        secrets = answer.form["csrf"]
        pages.append((answer.status, answer.text.replace(username, "?").replace(secrets, "")))
    for _ in range(5):
        await browser.fill_in(await browser.ask(), "alice", "x")
    locked = await browser.fill_in(await browser.ask(), "alice")
    pages.append((locked.status, locked.text.replace("alice", "?").replace(locked.form["csrf"], "")))
    assert set(pages) == {pages[0]}
    assert pages[0][0] == 403
    assert "logged in" not in idms.told


async def test_a_password_is_not_sent_back(idms: Home) -> None:
    """The form is empty again but for the name."""
    browser = idms.browser()
    answer = await browser.fill_in(await browser.ask(), "alice", "my secret")
    assert "my secret" not in answer.text
    assert 'value="alice"' in answer.text


def test_a_lock_is_told_by_the_method_and_not_by_the_name() -> None:
    """For whoever counts lock-outs: a name may be a person's."""
    told: list[tuple[str, Mapping[str, str]]] = []
    door = Door()
    door.log_ins = evolve(door.log_ins, tell=lambda what, fields: told.append((what, fields)))
    for _ in range(3):
        door.tried(0.0, "wrong")
    by_password = {"method": "3gpp:acr:password"}
    refused = ("log-in refused", by_password)
    assert told == [refused, refused, ("log-in locked", by_password), refused]
