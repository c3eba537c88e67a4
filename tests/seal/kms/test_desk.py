"""Which key periods keys are given of; all else of the desk is in `test_site` and `test_app`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from seal.access import Asker
from seal.kms.asking import Asking
from seal.kms.authority import Authority
from seal.kms.desk import Desk, Window
from seal.kms.errors import KmsRefused
from seal.kms.external import Externals
from seal.kms.keymaker import KeyMaker
from seal.kms.rights import Rights
from seal.kms.vault import Vault
from tests.seal.kms.in_memory import HERE, SECRETS, ledger, vault
from tests.support import result_of
from valkit.idbased.uid import EPOCH, KeyPeriods
from valkit.keymanagement.resources import Init, KeyProv, Resource
from valkit.trace import Note

PERIODS = KeyPeriods(100, 10)
ALICE = Rights("alice", ("dispatch",))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Vault]:
    """Give a vault."""
    opened = vault(tmp_path)
    yield opened
    opened.close()


def desk(kept: Vault, window: Window, valid_to: float | None = None, notes: list[Note] | None = None) -> Desk:
    """Give a desk whose certificate began with the 20th second of 1970."""
    made = Authority.of(SECRETS, "kms.x", PERIODS, 1e9)
    authority = evolve(made, certificate=evolve(made.certificate, valid_from=20.0, valid_to=valid_to))
    observe: Any = (notes if notes is not None else []).append
    return Desk(
        KeyMaker(authority, HERE, 10), ledger(kept), window, Externals("kms.x"), frozenset({"dispatch"}), 300.0, observe
    )


def given(at: Desk, resource: Resource, now: float) -> list[int]:
    """Give the numbers of the key periods, counted from the one at 1970."""
    message: Any = result_of(at.answer(Asking(resource, None), ALICE, now))
    return [each.number - PERIODS.number(0.0) for each in message.key_sets]


def test_the_window(kept: Vault) -> None:
    """This one and what is ahead; for a time, one that is in the window, to its edges."""
    at = desk(kept, Window(ahead=2, behind=1))
    began, _ = PERIODS.bounds(PERIODS.number(0.0))
    now = began + 300.0
    assert given(at, KeyProv(), now) == [3, 4, 5]
    for seconds, period in ((200.0, 2), (299.0, 2), (300.0, 3), (599.0, 5)):
        assert given(at, KeyProv("alice", began + seconds), now) == [period]
    for seconds in (199.0, 600.0):
        with pytest.raises(KmsRefused, match="for that time"):
            given(at, KeyProv("alice", began + seconds), now)


def test_the_certificates_time(kept: Vault) -> None:
    """No keys of periods before or after it."""
    began, ends = PERIODS.bounds(first := PERIODS.number(20.0))
    at = desk(kept, Window(ahead=4, behind=10), valid_to=float(ends + 1))
    assert [PERIODS.number(0.0) + each for each in given(at, KeyProv(), 20.0)] == [first, first + 1]
    with pytest.raises(KmsRefused):
        given(at, KeyProv("alice", began - 1.0), 20.0)


def test_periods_count_from_1900(kept: Vault) -> None:
    """As those of TS 33.180 F.2.1 do."""
    assert PERIODS.number(-EPOCH + 10.0) == 0
    message: Any = result_of(desk(kept, Window(0, 0)).answer(Asking(KeyProv(), None), ALICE, 20.0))
    assert [each.number for each in message.key_sets] == [(EPOCH + 20 - 10) // 100]


def test_rights_are_of_the_moment(kept: Vault) -> None:
    """A VAL service that is disabled has none from then on."""
    at = desk(kept, Window(0, 0))
    asker = Asker("alice", ("dispatch", "video"))
    assert at.rights(asker) == ALICE
    result_of(at._ledger.change(lambda state: evolve(state, disabled=frozenset({"dispatch"}))))
    with pytest.raises(KmsRefused, match="none of the token's VAL services"):
        at.rights(asker)


def test_what_is_given_is_noted(kept: Vault) -> None:
    """With whom and for what, and no key."""
    notes = list[Note]()
    at = desk(kept, Window(0, 0), notes=notes)
    result_of(at.answer(Asking(Init(), None), ALICE, 20.0))
    given(at, KeyProv(), 20.0)
    assert [(note.who, note.what) for note in notes] == [("kms", "certificate given"), ("kms", "keys given")]
    assert set(notes[1].fields) == {"user", "services", "whose", "periods"}
