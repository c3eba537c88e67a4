from pathlib import Path

import pytest

from ue_sim.documents.settings import DocumentSettings
from valkit.net.ca import Authority


def test_who_vouches_for_the_server_stands_in_a_file(tmp_path: Path) -> None:
    """Which must hold a certificate."""
    path = tmp_path / "authority.pem"
    settings = DocumentSettings(url="https://127.0.0.6:8443", authority=path)
    with pytest.raises(OSError, match=r"authority\.pem"):
        settings.trusted()
    path.write_text("nothing")
    with pytest.raises(ValueError, match=r"authority\.pem"):
        settings.trusted()
    authorities = Authority.create().trusting().authorities
    assert authorities is not None
    path.write_bytes(authorities)
    assert settings.trusted().authorities == authorities
