"""Key material that VAL servers have provisioned."""

from pathlib import Path

import pytest
from attrs import evolve

from seal.errors import StoreUnavailable
from seal.kms.errors import Cause, KmsRefused
from seal.kms.provisioned import EACH, ProvisionedKeys
from tests.seal.kms.in_memory import vault
from tests.seal.kms.parts import GROUP_KEY
from valkit.keymanagement.keysets import ProvisionedKey

VIDEO = ProvisionedKey("gmk-1", "video", b"v", 100.0)


def test_each_has_its_own(tmp_path: Path) -> None:
    """Two VAL services may use one name; another user has none."""
    opened = vault(tmp_path)
    keys = ProvisionedKeys(opened, 10)
    keys.add("group", (GROUP_KEY, VIDEO), 0.0)
    assert keys.of("group", 0.0) == (GROUP_KEY, VIDEO)
    assert keys.of("other", 0.0) == ()
    opened.close()


def test_a_key_takes_the_place_of_one_of_its_name(tmp_path: Path) -> None:
    """And one that ended long ago takes it away."""
    opened = vault(tmp_path)
    keys = ProvisionedKeys(opened, 10)
    keys.add("group", (GROUP_KEY,), 50.0)
    newer = evolve(GROUP_KEY, key=b"newer")
    keys.add("group", (newer,), 50.0)
    assert ProvisionedKeys(opened, 10).of("group", 50.0) == (newer,)
    keys.add("group", (evolve(newer, valid_to=1.0),), 50.0)
    assert keys.of("group", 50.0) == ()
    opened.close()


def test_a_key_ends(tmp_path: Path) -> None:
    """Then it is not given, and makes room."""
    opened = vault(tmp_path)
    keys = ProvisionedKeys(opened, 10)
    keys.add("group", tuple(evolve(VIDEO, key_id=str(number)) for number in range(EACH)), 0.0)
    assert len(keys.of("group", 99.0)) == EACH
    with pytest.raises(KmsRefused) as refused:
        keys.add("group", (GROUP_KEY,), 99.0)
    assert refused.value.cause is Cause.NO_ROOM
    assert keys.of("group", 100.0) == ()
    keys.add("group", (GROUP_KEY,), 100.0)
    opened.close()


def test_so_many_users_and_groups(tmp_path: Path) -> None:
    """No more; those that are there can go on."""
    opened = vault(tmp_path)
    ProvisionedKeys(opened, 1).add("one", (GROUP_KEY,), 0.0)
    keys = ProvisionedKeys(opened, 1)
    with pytest.raises(KmsRefused, match="no room"):
        keys.add("two", (GROUP_KEY,), 0.0)
    keys.add("one", (VIDEO,), 0.0)
    opened.close()


def test_what_has_ended_makes_room_for_others(tmp_path: Path) -> None:
    """All keys of a URI: then nothing of it is kept, as when the last one is taken away; what lasts stays."""
    opened = vault(tmp_path)
    keys = ProvisionedKeys(opened, 2)
    keys.add("lasts", (GROUP_KEY, VIDEO), 0.0)
    keys.add("ends", (VIDEO,), 0.0)
    again = ProvisionedKeys(opened, 2)  # as after a restart
    for each in (keys, again):
        with pytest.raises(KmsRefused):
            each.add("another", (VIDEO,), 99.0)
    keys.add("another", (evolve(VIDEO, valid_to=200.0),), 100.0)
    assert (keys.of("lasts", 100.0), keys.of("ends", 0.0), len(opened.names("provisioned-"))) == ((GROUP_KEY,), (), 2)
    keys.add("another", (evolve(VIDEO, valid_to=99.0),), 100.0)
    assert len(opened.names("provisioned-")) == 1
    opened.close()


def test_what_cannot_be_read_makes_no_room(tmp_path: Path) -> None:
    """There may be a key in it that lasts."""
    opened = vault(tmp_path)
    ProvisionedKeys(opened, 1).add("one", (VIDEO,), 0.0)
    (name,) = opened.names("provisioned-")
    opened.write(name, b"[]")
    with pytest.raises(KmsRefused):
        ProvisionedKeys(opened, 1).add("two", (GROUP_KEY,), 100.0)
    assert opened.read(name) == b"[]"
    opened.close()


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """It is neither passed over nor written over."""
    opened = vault(tmp_path)
    keys = ProvisionedKeys(opened, 1)
    keys.add("one", (GROUP_KEY,), 0.0)
    (name,) = opened.names("provisioned-")
    opened.write(name, b"[]")
    for work in (lambda: keys.of("one", 0.0), lambda: keys.add("one", (VIDEO,), 0.0)):
        with pytest.raises(StoreUnavailable, match="cannot be read"):
            work()
    opened.close()
