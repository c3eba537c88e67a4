"""Ways to prove who one is (IDM-10, IDM-11): the seam, password, and password with a one-time code.

A request names the authentication context classes it would have (`acr_values`), the first that is known here is used.
Another method is another class with the same face, put into `offered`.
"""

import binascii
import hmac
from base64 import b32decode
from collections.abc import Awaitable, Callable, Iterable, Mapping
from hashlib import sha1
from typing import Protocol

from attrs import frozen

from seal.idms.records import User
from seal.idms.stores.store import LogIns

PASSWORD = "3gpp:acr:password"  # noqa: S105  TS 33.434 A.4.2.2 names it so
ONE_TIME_CODE = "val:acr:password-totp"
STEP = 30.0
DIGITS = 6

CheckPassword = Callable[[str, str], Awaitable[bool]]
"""From a user's password hash (empty: nobody's) and what was typed, whether it is right. Takes as long either way."""


@frozen
class Field:
    """One field of the form. `autocomplete` is what HTML calls its kind."""

    name: str
    label: str
    autocomplete: str
    secret: bool = False


class Method(Protocol):
    """A way to prove who one is."""

    @property
    def acr(self) -> str:
        """The authentication context class that it gives."""

    @property
    def amr(self) -> tuple[str, ...]:
        """What it is made of, in the words of RFC 8176."""

    @property
    def strength(self) -> int:
        """A session begun with this method is enough for one of the same strength or less."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What the form asks beside the user name."""

    async def proves(self, user: User | None, form: Mapping[str, str], now: float) -> bool:
        """Tell whether the form proves the user. Nobody can be told from a user by how long this takes.

        Raises Busy, if that is so, before it waits for anything.
        """


@frozen
class Password:
    """User name and password."""

    check: CheckPassword
    acr: str = PASSWORD
    amr: tuple[str, ...] = ("pwd",)
    strength: int = 1
    fields: tuple[Field, ...] = (Field("password", "Password", "current-password", secret=True),)

    async def proves(self, user: User | None, form: Mapping[str, str], now: float) -> bool:  # noqa: ARG002  the seam's
        """Tell whether the password is the user's."""
        return await self.check(user.password_hash if user else "", form.get("password", "")) and user is not None


@frozen
class PasswordAndCode:
    """Password and time-based one-time code (RFC 6238), each code once."""

    password: Password
    used: LogIns
    acr: str = ONE_TIME_CODE
    amr: tuple[str, ...] = ("pwd", "otp")
    strength: int = 2

    @property
    def fields(self) -> tuple[Field, ...]:
        """The password's field and one for the code."""
        return (*self.password.fields, Field("otp", "One-time code", "one-time-code"))

    async def proves(self, user: User | None, form: Mapping[str, str], now: float) -> bool:
        """Tell whether both are right; neither fault can be told from the other."""
        right = await self.password.proves(user, form, now)
        if not right or user is None or not user.totp_secret:
            return False
        step = matching_step(user.totp_secret, form.get("otp", ""), now)
        return step is not None and await self.used.once(f"totp {user.user_id} {step}", (step + 3) * STEP, now)


def offered(check: CheckPassword, used: LogIns) -> tuple[Method, ...]:
    """Give the methods that there are, the usual one first."""
    password = Password(check)
    return password, PasswordAndCode(password, used)


def chosen(methods: Iterable[Method], acr_values: str | None) -> Method:
    """Choose by the request's wishes, in their order; the usual one where it has none that is known.

    `acr_values` is a wish, not a demand (OpenID Connect Core 3.1.2.1): the ID token says what it was.
    """
    known = {method.acr: method for method in methods}
    wished = (acr_values or "").split()
    return next((known[acr] for acr in wished if acr in known), next(iter(known.values())))


def matching_step(secret: str, code: str, now: float) -> int | None:
    """Find the time step whose code this is, one before and one after the present allowed (RFC 6238 5.2)."""
    present = int(now // STEP)
    try:
        key = b32decode(secret.upper().replace(" ", "") + "=" * (-len(secret.replace(" ", "")) % 8))
    except binascii.Error:
        return None
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(one_time_code(key, step).encode(), code.replace(" ", "").encode()):
            found = step
    return found


def one_time_code(key: bytes, step: int, digits: int = DIGITS) -> str:
    """Compute the code of a time step (RFC 4226 5.3 with RFC 6238 4.2)."""
    mac = hmac.digest(key, step.to_bytes(8, "big"), sha1)
    at = mac[-1] & 0x0F
    return str((int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF) % 10**digits).zfill(digits)
