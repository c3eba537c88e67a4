"""What is provisioned of a partner domain, as people and programs write it (clause 5.X.4; IDM-15 between domains).

Each side has half of an agreement: at home, for whom security tokens are made; at the partner, with which keys they are
verified (provisioned out of band, DOM-04), and who their users are there.
"""

import json
from pathlib import Path
from typing import Annotated, Any

from attrs import evolve
from pydantic import AfterValidator, Field

from seal.idms.entries import ClientId, Scope
from seal.idms.records import Partner
from seal.idms.trust import read_keys
from seal.names import Name
from valkit.net.files import tried
from valkit.settings import Duration, Settings, YesNo, written_as
from valkit.tokens import KeyUnusable

SUBJECT = "{subject}"
"""What stands for a foreign user in a pattern."""
MOST_GUESTS = 10_000


def _issuer(text: str) -> str:
    if not text.startswith("https://") or not text.isascii() or not text.isprintable() or set(text) & set(' #?"<>'):
        raise ValueError(text)
    return text


def _pattern(text: str) -> str:
    if text.count(SUBJECT) != 1 or text == SUBJECT:
        raise ValueError(text)
    return text


Issuer = Annotated[str, Field(max_length=500), written_as(_issuer, "https://idms.partner.example")]
Pattern = Annotated[str, Field(max_length=200), AfterValidator(_pattern)]


class PartnerEntry(Settings):
    """A partner domain. What concerns its users here has `guest` in its name, or is about `keys`."""

    issuer: Issuer
    """Its S-IdMS, as that calls itself in its tokens."""
    name: str = Field("", max_length=200)
    """What people call it."""
    token_lifetime: Annotated[Duration, Field(ge=0, le=3600)] = 60.0
    """For how long our security tokens for it live; 0: none are made."""
    clients: tuple[ClientId, ...] = ()
    """Clients that may have one; all, if nothing is said."""
    users: tuple[Name, ...] = ()
    """Users for whom they are made; all, if nothing is said."""
    needs: tuple[Scope, ...] = ()
    """Scopes that an access token must have to be exchanged for one."""
    keys: str | dict[str, Any] | None = None
    """What its security tokens are verified with: a JWK Set, or certificates and public keys in PEM. Those that are no
    longer there are retired. Without any, its users are not served here."""
    keys_file: Path | None = None
    """Or a file with them."""
    guests: Annotated[dict[Name, Name], Field(max_length=MOST_GUESTS)] = Field(default_factory=dict)
    """Its users by `sub`, and which user each is here."""
    pattern: Pattern | None = None
    """Which user any other is here, such as `{subject}@partner`: one without a password. Left out: nobody."""
    guest_services: tuple[Name, ...] = ()
    """VAL services of the account that is made when such a user first comes; left out: none is made."""
    guest_scopes: tuple[Scope, ...] = Partner("").guest_scopes
    """The scopes that its users may have here; with openid they get an ID token."""
    guest_refresh: YesNo = False
    """Whether its users get refresh tokens."""


def changed_partner(entry: PartnerEntry, old: Partner | None) -> Partner:
    """Give the partner that the entry makes of the old one, or of none. ValueError when that could not be used."""
    plain = {"issuer", "keys", "keys_file"}
    changes: dict[str, Any] = {name: getattr(entry, name) for name in entry.model_fields_set - plain}
    if {"keys", "keys_file"} & entry.model_fields_set:
        changes["keys"] = _keys(entry)
    return evolve(old or Partner(entry.issuer), **changes)


def _keys(entry: PartnerEntry) -> str | None:
    text = json.dumps(entry.keys) if isinstance(entry.keys, dict) else entry.keys
    if entry.keys_file is not None:
        text = _text(entry.keys_file)
    if text is None:
        return None
    try:
        read_keys(text)
    except KeyUnusable as error:
        raise ValueError(f"keys of {entry.issuer}: {error}") from None
    return text


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{tried(path)} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}"
        ) from error
