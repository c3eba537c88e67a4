"""A password in place of a card."""

from valkit.aka.password import Password


def test_a_vector_without_aka() -> None:
    """The nonce stands where RAND would, there is no AUTN, and the proof is the password; it is not shown."""
    made = Password(b"open sesame").vector(b"nonce")
    assert (made.rand, made.autn, made.keys.res, made.keys.ck) == (b"nonce", b"", b"open sesame", b"")
    assert "sesame" not in f"{Password(b'open sesame')}{made}"
