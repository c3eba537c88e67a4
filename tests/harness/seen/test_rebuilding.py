from harness.seen.rebuilding import rebuilt
from tests.harness.scenes import asked, replied


def test_a_query_stands_in_the_first_line() -> None:
    """As it was asked, at the address that was asked."""
    assert rebuilt(asked("GET", "/authorize", scope="openid profile")) == (
        b"GET /authorize?scope=openid+profile HTTP/1.1\r\nHost: 127.0.0.3:30443\r\nContent-Length: 0\r\n\r\n"
    )


def test_a_form_is_the_body() -> None:
    """Its length is that of what is shown."""
    head, _, body = rebuilt(asked("POST", "/token", code="(hidden)", grant_type="authorization_code")).partition(
        b"\r\n\r\n"
    )
    assert body == b"code=(hidden)&grant_type=authorization_code"
    assert f"Content-Length: {len(body)}".encode() in head


def test_an_answer_has_the_form_that_it_had() -> None:
    """A redirect leads somewhere, a page asks for something, anything else is JSON."""
    to = asked("POST", "/login")
    assert rebuilt(replied(to, 302, code="(hidden)")).splitlines()[:2] == [
        b"HTTP/1.1 302 Found",
        b"Location: ?code=(hidden)",
    ]
    assert rebuilt(replied(to, 200, form="username, otp")).endswith(
        b'<form><input name="username"><input name="otp"></form>'
    )
    assert rebuilt(replied(to, 400, error="invalid_grant")).endswith(b'{"error": "invalid_grant"}')
    assert rebuilt(replied(to, 404)).endswith(b"Content-Length: 0\r\n\r\n")
