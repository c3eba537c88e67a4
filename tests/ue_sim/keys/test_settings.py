"""What a phone is told of its key management server."""

from pathlib import Path

import pytest

from ue_sim.keys.settings import KeySettings
from valkit.net.ca import Authority
from valkit.settings import SettingsError, read


def test_the_least_that_must_be_said() -> None:
    """Where it is; that must be https."""
    assert read(KeySettings, "url: https://kms.x", "ue.yaml").kms_uri is None
    for text in ("{}", "url: http://kms.x", "{url: https://kms.x, proxy: http://proxy.x}"):
        with pytest.raises(SettingsError, match=r"ue\.yaml"):
            read(KeySettings, text, "ue.yaml")


def test_whom_it_trusts(tmp_path: Path) -> None:
    """A file with authorities, and nothing else."""
    path = tmp_path / "authority.pem"
    path.write_bytes(Authority.create().trusting().authorities)
    assert KeySettings(url="https://kms.x", authority=path).trusted().authorities
    path.write_text("nothing")
    with pytest.raises(ValueError, match=r"authority\.pem"):
        KeySettings(url="https://kms.x", authority=path).trusted()
    with pytest.raises(OSError, match="No such file"):
        KeySettings(url="https://kms.x", authority=tmp_path / "none").trusted()
