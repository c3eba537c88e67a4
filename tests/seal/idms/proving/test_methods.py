"""Methods of log-in: RFC 6238's own vectors, each code once, and both factors or nothing."""

from base64 import b32decode

import pytest
from attrs import evolve

from seal.idms.proving.methods import Password, PasswordAndCode, matching_step, offered, one_time_code
from seal.idms.records import User
from seal.idms.stores.store_memory import MemoryStore
from tests.seal.idms.parts import ALICE, PASSWORD, TOTP, Home, claims, reactor
from tests.support import result_of

KEY = b32decode(TOTP)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B, SHA-1, eight digits."""
    assert one_time_code(KEY, seconds // 30, digits=8) == code


@pytest.mark.parametrize(("offset", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_difference_is_allowed(offset: int, taken: bool) -> None:
    """Clocks differ, and people type slowly (RFC 6238 5.2)."""
    now = 59.0
    code = one_time_code(KEY, int(now // 30) + offset + 10)
    assert (matching_step(TOTP, code, now + 300) is not None) is taken


@pytest.mark.parametrize("secret", ["gezd gnbv gy3t qojq gezd gnbv gy3t qojq", TOTP, "!", ""])
def test_secrets_are_read_as_people_write_them(secret: str) -> None:
    """Lower case and with spaces; what is no base32 fits no code."""
    fits = matching_step(secret, one_time_code(KEY, 1), 30.0) == 1
    assert fits is (len(secret) > 1)


def tried(method: PasswordAndCode, code: str, user: User | None = ALICE, password: str = PASSWORD) -> bool:
    """Try both factors at second 59."""
    return bool(result_of(method.proves(user, {"password": password, "otp": code}, 59.0)))


async def plain(password_hash: str, password: str) -> bool:
    """Check without argon2."""
    return bool(password_hash) and password == PASSWORD


def test_both_factors_or_nothing() -> None:
    """A wrong password, a wrong code, a user without a device, nobody at all."""
    method = PasswordAndCode(Password(plain), MemoryStore())
    code = one_time_code(KEY, 1)
    assert not tried(method, code, password="x")
    assert not tried(method, "000000")
    assert not tried(method, "")
    assert not tried(method, "é")
    assert not tried(method, code, evolve(ALICE, totp_secret=None))
    assert not tried(method, code, None)
    assert tried(method, code)


def test_each_code_is_taken_once() -> None:
    """Who looks over a shoulder comes too late (RFC 6238 5.2)."""
    method = PasswordAndCode(Password(plain), MemoryStore())
    code = one_time_code(KEY, 1)
    assert [tried(method, code) for _ in range(2)] == [True, False]


def test_the_usual_method_comes_first() -> None:
    """Password, as every provider must have it (IDM-10)."""
    assert [method.acr for method in offered(plain, MemoryStore())] == ["3gpp:acr:password", "val:acr:password-totp"]


async def test_the_second_method_is_chosen_by_acr(idms: Home) -> None:
    """The form asks for the code, and the ID token says how the user logged in (IDM-11)."""
    browser = idms.browser()
    page = await browser.ask(acr_values="val:acr:password-totp 3gpp:acr:password")
    assert 'name="otp"' in page.text
    assert (await browser.fill_in(page, otp="000000")).status == 403
    otp = one_time_code(KEY, int(reactor.seconds() // 30))
    answer = await browser.fill_in(page, otp=otp)
    tokens = (await browser.exchange(answer.redirected["code"])).json

    said = claims(tokens["id_token"])
    assert (said["acr"], said["amr"]) == ("val:acr:password-totp", ["pwd", "otp"])
