from pathlib import Path

import pytest

from seal.secrets import digest, first_line


def test_a_digest_is_the_sha_256_in_hexadecimal() -> None:
    """FIPS 180-2 appendix B.1, the text abc."""
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_whatever_was_sent_has_a_digest() -> None:
    """Also text that came from bytes that are no UTF-8."""
    assert digest(b"\xff".decode("utf-8", "surrogateescape")) != digest("")


def test_a_secret_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    """However the line ends; what cannot be read is told."""
    (tmp_path / "secret").write_text("5ecret\r\nsecond\n")
    assert first_line(tmp_path / "secret") == "5ecret"
    with pytest.raises(ValueError, match="missing cannot be read: No such file"):
        first_line(tmp_path / "missing")
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(ValueError, match="binary cannot be read: it is no text"):
        first_line(tmp_path / "binary")
