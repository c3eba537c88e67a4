"""The token endpoint over HTTPS: what is refused, with which error, and what is said beside it."""

import pytest

from seal.idms.endpoints.token import GRANTS
from tests.seal.idms.parts import Home


async def test_answers_are_not_kept_by_anybody(idms: Home) -> None:
    """Cache-Control: no-store (RFC 6749 5.1)."""
    browser = idms.browser()
    answer = await browser.exchange(await browser.code())
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, 401, "invalid_client"),
        ({"grant_type": "authorization_code", "client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "authorization_code", "client_id": "app"}, 400, "invalid_request"),
        ({"grant_type": "password", "client_id": "app", "username": "alice"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_id": "app"}, 400, "unsupported_grant_type"),
        ({"grant_type": "implicit", "client_id": "app"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "client_id": "app"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "client_id": "app", "refresh_token": "x"}, 400, "invalid_grant"),
    ],
)
async def test_errors_are_those_of_rfc_6749(idms: Home, form: dict[str, str], status: int, error: str) -> None:
    """Section 5.2, as JSON; 401 names a scheme."""
    answer = await idms.browser().post("token", "/token", form)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert ("www-authenticate" in answer.headers) is (status == 401)


async def test_the_body_must_be_a_form(idms: Home) -> None:
    """Neither JSON nor a query (RFC 6749 appendix B); nothing in the URL counts."""
    browser = idms.browser()
    query = "/token?grant_type=authorization_code&client_id=app"
    answer = await browser.send("POST", "token", query, {"Content-Type": "application/json"}, b"{}")
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")
    assert (await browser.post("token", query, {})).json["error"] == "invalid_request"
    assert (await browser.get("token", "/token")).status == 405
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"grant_type=%FF", "grant_type=ü".encode(), b"a=1&" * 200, b"grant_type=x%00"):
        answer = await browser.send("POST", "token", "/token", kind, body)
        assert (answer.status, answer.json["error"]) == (400, "invalid_request")


async def test_a_parameter_that_comes_twice_is_refused(idms: Home) -> None:
    """RFC 6749 3.2."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"grant_type=refresh_token&client_id=app&refresh_token=x&refresh_token=y"
    answer = await idms.browser().send("POST", "token", "/token", kind, body)
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")


def test_there_is_no_grant_with_a_password() -> None:
    """RFC 9700 2.4; and none by which a client speaks for itself."""
    assert not {"password", "client_credentials"} & set(GRANTS)
    assert len(GRANTS) == 4
