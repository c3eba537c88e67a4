from pathlib import Path

import pytest

from ue_sim.trusting import trusted
from valkit.net.ca import Authority


def test_who_vouches_for_a_server_stands_in_a_file(tmp_path: Path) -> None:
    """Which is told by its name where it is missing, or no certificate is in it."""
    path = tmp_path / "authority.pem"
    with pytest.raises(OSError, match=r"authority\.pem"):
        trusted(path)
    for useless in (b"", b"\xff", b"nothing", b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"):
        path.write_bytes(useless)
        with pytest.raises(ValueError, match=r"authority\.pem: "):
            trusted(path)
    authorities = Authority.create().trusting().authorities
    assert authorities is not None
    path.write_bytes(authorities)
    assert trusted(path).authorities == authorities
