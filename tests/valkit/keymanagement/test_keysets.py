"""Key sets and provisioned keys."""

import pytest
from hypothesis import given

from tests.valkit.keymanagement.support import key_sets, provisioned
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import KeySet, ProvisionedKey
from valkit.keymanagement.markup import KMS, OURS, Reading, document


@given(key_sets)
def test_a_key_set_is_read_as_it_was_written(keys: KeySet) -> None:
    """Every field."""
    assert KeySet.read(Reading.of(document(keys.element()), "KmsKeySet")) == keys


@given(provisioned)
def test_a_provisioned_key_is_read_as_it_was_written(key: ProvisionedKey) -> None:
    """Every field."""
    body = b'<X xmlns="' + KMS.encode() + b'">' + document(key.element()).partition(b"\n")[2] + b"</X>"
    (found,) = Reading.of(body, "X").children("ProvisionedKey", OURS)
    assert ProvisionedKey.read(found) == key


def test_secrets_are_not_shown() -> None:
    """Neither RSK nor SSK nor a provisioned key."""
    keys = KeySet("kms.x", "alice", bytes(32), 1, rsk=b"secret-1", ssk=b"secret-2", pvt=b"public")
    shown = repr(keys) + repr(ProvisionedKey("k", "dispatch", b"secret-3"))
    assert "public" in shown
    assert "secret" not in shown


def test_a_uid_of_another_length() -> None:
    """It has 32 bytes."""
    keys = KeySet("kms.x", "alice", bytes(31), 1, b"r", b"s", b"p")
    with pytest.raises(Unreadable, match="32 bytes"):
        KeySet.read(Reading.of(document(keys.element()), "KmsKeySet"))


@pytest.mark.parametrize(
    "key",
    [ProvisionedKey("k" * 129, "s", b"x"), ProvisionedKey("k", "s" * 129, b"x"), ProvisionedKey("k", "s", bytes(513))],
)
def test_a_provisioned_key_has_bounds(key: ProvisionedKey) -> None:
    """What is kept for others is not of any size."""
    with pytest.raises(Unreadable, match="more than"):
        ProvisionedKey.read(Reading(key.element(), OURS))
