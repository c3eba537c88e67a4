"""What can be told."""

from pathlib import Path

import pytest

from seal.kms.settings import KmsSettings
from valkit.idbased.uid import KeyPeriods
from valkit.settings import SettingsError, read

LEAST = "access: {tokens: {issuer: https://idms.x, keys: jwks.json}}\n"


def test_the_least_that_must_be_said() -> None:
    """Whose tokens are believed; the rest suits a lab."""
    told = read(KmsSettings, LEAST, "kms.yaml")
    assert told.periods.periods() == KeyPeriods()
    assert (told.listen.host, told.vault.folder) == ("127.0.0.5", Path("val-kms"))


@pytest.mark.parametrize(
    "more",
    [
        "periods: {length: 500ms}",
        "periods: {length: 1500ms}",
        "periods: {length: 10s, offset: 10s}",
        "periods: {ahead: 5}",
        "certificate: {validity: 0s}",
        "threads: 0",
    ],
)
def test_what_cannot_be(more: str) -> None:
    """With file and line."""
    with pytest.raises(SettingsError, match=r"kms\.yaml:2"):
        read(KmsSettings, LEAST + more, "kms.yaml")
