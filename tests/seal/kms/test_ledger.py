"""What a running KMS keeps."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from seal.errors import StoreUnavailable
from seal.kms import kept
from seal.kms.errors import Cause, KmsRefused
from seal.kms.kept import State
from seal.kms.ledger import Ledger
from seal.kms.provisioned import ProvisionedKeys
from seal.threads import Busy
from tests.seal.kms.in_memory import ledger, vault
from tests.seal.kms.parts import GROUP_KEY
from tests.support import result_of


def test_a_change_is_durable_before_it_counts(tmp_path: Path) -> None:
    """What cannot be written has not happened."""
    opened = vault(tmp_path)
    keeping = ledger(opened)
    changed = result_of(keeping.change(lambda state: evolve(state, disabled=frozenset({"video"}))))
    assert kept.state(opened) == keeping.state == changed
    (opened.folder / "state.new").mkdir()
    with pytest.raises(StoreUnavailable):
        result_of(keeping.change(lambda state: evolve(state, revoked=frozenset({"alice"}))))
    assert kept.state(opened) == keeping.state == changed
    opened.close()


def test_what_is_not_changed_is_not_written(tmp_path: Path) -> None:
    """A start writes nothing that is there already."""
    opened = vault(tmp_path)
    result_of(ledger(opened).change(lambda state: state))
    assert opened.names("") == []
    opened.close()


def test_when_too_many_wait(tmp_path: Path) -> None:
    """It is a refusal like others."""

    class Full:
        async def run(self, *_: object) -> None:
            raise Busy

    opened, threads = vault(tmp_path), Full()
    full: Any = threads
    keeping = Ledger(State(), ProvisionedKeys(opened, 1), opened, full)
    for work in (keeping.provision("a", (GROUP_KEY,), 0.0), keeping.provisioned("a", 0.0)):
        with pytest.raises(KmsRefused) as refused:
            result_of(work)
        assert refused.value.cause is Cause.BUSY
    opened.close()
