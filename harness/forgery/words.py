"""Each kind of wrong token in words, for who reads that a server took it. Pure."""

from harness.forgery.documents import DAMAGES

IS = frozenset(
    {
        *("expired", "just_expired", "not_yet_valid", "issued_in_future", "signed_by_stranger", "not_a_token"),
        *("cut_in_half", "padded", "folded", "encrypted", "as_json", "nested", "compressed", "oversized"),
        *("cut_short", "no_xml", "said_to_be_encrypted"),
    }
)
"""What a token, or its document, is; every other kind says what it has."""


def accepted(status: int, kind: str) -> str:
    """Say that a server took a token of this kind, or a document."""
    what = "document" if kind in DAMAGES else "token"
    return f"{status} for a {what} {'that is' if kind in IS else 'with'} {kind.replace('_', ' ')}: it was accepted"
