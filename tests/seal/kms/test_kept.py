"""What a KMS keeps beside its master secrets."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal.errors import CannotStart
from seal.kms import kept
from seal.kms.authority import Damaged
from seal.kms.kept import State
from tests.seal.kms.in_memory import vault
from valkit.ids import SystemIds

texts = st.text(max_size=20)
states = st.builds(
    State, st.frozensets(texts), st.frozensets(texts), st.lists(texts).map(tuple), st.integers(0, 10**9), texts
)


@given(states)
def test_it_is_read_as_it_was_written(state: State) -> None:
    """Every field."""
    assert State.parse(bytes(state)) == state


@given(st.binary(max_size=60) | st.sampled_from([b"{}", b"[1]", b'{"disabled": 1}']))
def test_what_is_no_state(kept: bytes) -> None:
    """Nothing else comes of it."""
    with pytest.raises(Damaged):
        State.parse(kept)


def test_a_cache_has_a_number_of_its_own() -> None:
    """The same certificates in any order keep it, others have the next one."""
    first = State().handing_out(["a", "b"])
    assert first.cache_number == 1
    assert first.handing_out(["b", "a"]) == first
    assert first.handing_out(["a"]).cache_number == 2
    assert State().handing_out([]) == State()


def test_master_secrets_are_made_once(tmp_path: Path) -> None:
    """On first use; then they are what they were."""
    opened = vault(tmp_path)
    first = kept.master_secrets(opened, SystemIds(), 5.0)
    assert kept.master_secrets(opened, SystemIds(), 9.0) == first
    opened.close()


def test_what_was_kept_by_something_else(tmp_path: Path) -> None:
    """It opens, and is neither secrets nor state: the sentence names the file."""
    opened = vault(tmp_path)
    for name, read in (
        (kept.MASTER, lambda: kept.master_secrets(opened, SystemIds(), 0.0)),
        (kept.STATE, lambda: kept.state(opened)),
    ):
        opened.write(name, b"something else")
        with pytest.raises(CannotStart, match=name):
            read()
    opened.close()
