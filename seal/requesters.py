"""Who may provision over the admin API: VAL servers by the service agreement, and the operator (TS 23.434 12.3.4).

Each has a bearer token (RFC 6750) in a file, which is made on first use; hand it over as you would a password.
"""

import os
import secrets
from collections.abc import Iterable
from hmac import compare_digest
from pathlib import Path
from typing import Annotated, Self

from attrs import frozen
from pydantic import Field, model_validator

from seal.errors import CannotStart
from seal.names import Name
from seal.secrets import LEAST_SECRET, digest, first_line
from valkit.net.files import tried
from valkit.net.web import is_loopback
from valkit.settings import Settings, YesNo


@frozen
class Requester:
    """Who provisions: a VAL server with its own VAL services, or the operator, who may everything."""

    name: str
    operator: bool = False


OPERATOR = Requester("", operator=True)


class RequesterSettings(Settings):
    """One who may provision."""

    name: Name
    """Its identity; VAL services that it provisions are its own."""
    token_file: Path
    """A file with its bearer token in the first line. Made, with mode 600, where there is none."""
    operator: YesNo = False
    """Whether it may provision users and clients too, and everybody's VAL services."""


class AdminSettings(Settings):
    """The HTTP address at which a server is provisioned."""

    host: str = "127.0.0.1"
    """A loopback address: there is no TLS here. To reach it from elsewhere, put a TLS proxy before it."""
    port: Annotated[int, Field(ge=0, le=65_535)]
    """0 takes a free one."""
    requesters: tuple[RequesterSettings, ...]
    """Who may provision."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not is_loopback(self.host):
            raise ValueError(f"admin.host {self.host} can be reached from elsewhere (expected a loopback address)")
        names = [requester.name for requester in self.requesters]
        if len(set(names)) < len(names):
            raise ValueError("admin.requesters has a name twice")
        return self


def operator_with(file: str) -> tuple[RequesterSettings, ...]:
    """Give the usual requesters: an operator whose token is in this file."""
    return (RequesterSettings(name="operator", token_file=Path(file), operator=True),)


@frozen
class Requesters:
    """Tells requesters by their tokens, of which it knows the digests."""

    known: tuple[tuple[str, Requester], ...]

    def who(self, authorization: str | None) -> Requester | None:
        """Tell who sent this Authorization header; None for nobody that is known."""
        scheme, _, token = (authorization or "").partition(" ")
        given = digest(token.strip())
        found = [requester for kept, requester in self.known if compare_digest(kept, given)]
        return found[0] if found and scheme.lower() == "bearer" else None


def requesters_of(settings: Iterable[RequesterSettings]) -> Requesters:
    """Read the tokens, and make those that are missing. Raises CannotStart where that cannot be."""
    return Requesters(
        tuple((digest(_token(each.token_file)), Requester(each.name, each.operator)) for each in settings)
    )


def _token(path: Path) -> str:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
    except FileExistsError:
        pass
    except OSError as error:
        raise CannotStart(f"{tried(path)} cannot be made (admin.requesters.token_file): {error.strerror}") from error
    try:
        token = first_line(path)
    except ValueError as error:
        raise CannotStart(f"{error} (admin.requesters.token_file)") from error
    if len(token) < LEAST_SECRET:
        raise CannotStart(f"The token in {path} is too short: remove the file, then a new one is made")
    return token
