"""What is provisioned of a partner domain, as people and programs write it (clause 5.X.4; IDM-15 between domains).

Each side has half of an agreement: at home, for whom security tokens are made; at the partner, with which keys they are
verified (provisioned out of band, DOM-04), and who their users are there.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from attrs import evolve
from pydantic import AfterValidator, Field

from seal.idms.provisioning.entries import ClientId, Scope
from seal.idms.records import SUBJECT, Partner, User
from seal.idms.tokens.trust import read_keys
from seal.names import Name
from valkit.net.files import tried
from valkit.settings import Duration, Settings, YesNo, written_as
from valkit.tokens import KeyUnusable

MOST_GUESTS = 10_000


def _issuer(text: str) -> str:
    if not text.startswith("https://") or not text.isascii() or not text.isprintable() or set(text) & set(' #?"<>'):
        raise ValueError(text)
    return text


def _pattern(text: str) -> str:
    if text.count(SUBJECT) != 1 or text == SUBJECT:
        raise ValueError(
            "has to have {subject} in it once, and more than that (expected something like {subject}@home)"
        )
    return text


Issuer = Annotated[str, Field(max_length=500), written_as(_issuer, "https://idms.partner.example")]
Pattern = Annotated[str, Field(max_length=200), AfterValidator(_pattern)]


class PartnerEntry(Settings):
    """A partner domain. What concerns its users here has `guest` in its name, or is about `keys`.

    What allows them less ends what they were granted: of all of them when a key goes, `guest_scopes` become fewer or
    `guest_refresh` is taken back, and at an account when somebody who came as it no longer does.
    """

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
    """VAL services of the account that is made when such a user first comes; left out: none is made. Accounts that
    are there keep theirs, until they are taken from them."""
    guest_scopes: tuple[Scope, ...] = Partner("").guest_scopes
    """The scopes that its users may have here; with openid they get an ID token."""
    guest_refresh: YesNo = False
    """Whether its users get refresh tokens."""


def over(old: Partner, new: Partner | None) -> Callable[[User], bool]:
    """Tell of a guest whether what it was granted is over as the agreement changes so, or ends (None).

    It is for everybody when a key is retired, for whoever had it may have spoken for anybody, and when guests may have
    fewer scopes, or no refresh tokens any more; and for an account when somebody who came as it does not any more,
    whoever does now. `guest_services` are those of accounts that will be made: an account's own are the operator's to
    take away.
    """
    if new is None or _retired(old, new) or _less(old, new):
        return lambda _: True
    before, after = _table(old), _table(new)

    def ends(user: User) -> bool:
        came = before[user.user_id] | {old.by_pattern(user)}
        return not came <= after[user.user_id] | {new.by_pattern(user), None}

    return ends


def _less(old: Partner, new: Partner) -> bool:
    return not set(old.guest_scopes) <= set(new.guest_scopes) or old.guest_refresh > new.guest_refresh


def _retired(old: Partner, new: Partner) -> bool:
    return not _thumbprints(old.keys) <= _thumbprints(new.keys)


def _thumbprints(keys: str | None) -> set[str]:
    """Name the keys by what they are (RFC 7638): a certificate that was renewed is of the same one."""
    if keys is None:
        return set()
    try:
        return {each.key.thumbprint() for each in read_keys(keys)}
    except KeyUnusable:  # kept by a version that took more; nothing was granted on it since
        return set()


def _table(partner: Partner) -> defaultdict[str, set[str | None]]:
    """Give who comes as which user."""
    found = defaultdict[str, set[str | None]](set)
    for subject, user_id in partner.guests.items():
        found[user_id].add(subject)
    return found


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
        where = "" if entry.keys_file is None else f"{entry.keys_file}: "
        expected = "expected a JWK Set, or certificates or public keys in PEM"
        raise ValueError(f"keys of {entry.issuer}: {where}{error} ({expected})") from None
    return text


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{tried(path)} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}"
        ) from error
