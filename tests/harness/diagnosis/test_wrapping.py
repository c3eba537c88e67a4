import pytest

from harness.diagnosis.wrapping import how_parted, parted_bearer, parted_token
from tests.harness.scenes import TOKEN


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("abc def ghi j", "it is wrapped after every 3 characters, as base64 is elsewhere"),
        ("abc de f", "it is in 3 pieces"),
        ("abc def", "it is in 2 pieces"),
    ],
)
def test_how_a_token_is_parted(token: str, words: str) -> None:
    """Lines of one length are those of base64."""
    assert how_parted(token) == words


def test_a_token_is_found_with_what_white_space_parts_from_it() -> None:
    """Among other words; a whole one is none."""
    assert parted_token(b"<a>" + TOKEN[:50].encode() + b"\n " + TOKEN[50:].encode() + b"</a>") == (
        f"{TOKEN[:50]}\n {TOKEN[50:]}"
    )
    assert parted_token(f"<a>{TOKEN}</a>".encode()) is None


def test_a_header_goes_on_in_lines_that_are_none() -> None:
    """Until one that is a header again."""
    head = f"Authorization: Bearer {TOKEN[:50]}\r\n{TOKEN[50:]}\r\n".encode()
    assert parted_bearer(head + b"Content-Length: 0\r\n\r\n") == f"{TOKEN[:50]}\r\n{TOKEN[50:]}"
    assert parted_bearer(f"Authorization: Bearer {TOKEN}\r\nContent-Length: 0\r\n".encode()) is None


def test_a_long_text_of_beginnings_is_looked_through_once() -> None:
    """Of a hostile peer."""
    assert parted_token(b"eyA" * 300_000) is None
    assert parted_bearer(b"authorization: bearer eyA\n" * 100_000) is None
