"""What an HTTP message says, fit to be shown: its query, form or JSON body as names and values, secrets hidden.

What is not known to be harmless is hidden. Tokens are told by their claims. Knows no connection.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from json import dumps, loads
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from harness.seen.claims import claimed, without_signature
from valkit.documents import GroupDocument, NoSuchDocument, UserProfile, group, profile
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.requests import KmsRequest
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse
from valkit.redaction import redact

HIDDEN = "(hidden)"

PLAIN = frozenset(
    {
        "acr_values",
        "act",
        "active",
        "administrators",
        "asked_at",
        "aud",
        "audience",
        "authorization_endpoint",
        "by",
        "cause",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "error",
        "error_description",
        "exp",
        "expires_in",
        "grant_type",
        "group_id",
        "group_ids",
        "group_keys",
        "groups",
        "home_domain",
        "home_user",
        "id",
        "iss",
        "issued_token_type",
        "issuer",
        "jti",
        "jwks_uri",
        "max_age",
        "members",
        "message",
        "partner_domain",
        "partner_user",
        "periods",
        "profile",
        "prompt",
        "provisioned",
        "redirect_uri",
        "requested_token_type",
        "resource",
        "response_type",
        "result",
        "scope",
        "sub",
        "subject_token_type",
        "token_endpoint",
        "token_type",
        "user",
        "user_profile",
        "username",
        "val_service_id",
        "val_service_ids",
        "val_user_id",
    }
)
"""Shown as they are."""

SECRETS = frozenset(
    {
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "id_token_hint",
        "otp",
        "password",
        "refresh_token",
    }
)
"""Hidden as all is that is not known to be harmless; these are so by their names."""

TOKENS = frozenset({"access_token", "assertion", "id_token", "subject_token", "token"})
"""Told by their claims, if they have any."""

PUBLISHED = ("_supported", "_endpoint")
"""How members of a discovery document end that tell a reader nothing here."""

UNSPOKEN = frozenset({"state", "nonce", "csrf", "request", "login_hint"})
"""Left out: they tell a reader nothing."""

PUBLIC_KEY = frozenset({"alg", "crv", "kid", "kty", "use"})
"""Members of a public key that tell which one it is (RFC 7517)."""

DEEPEST = 32
"""Levels of JSON that are looked at."""

LONG = 200
"""Characters of a value that are shown at most, and of the name of one that is told."""
MOST = 100
"""Values of one message that are told: none of ours has as many, and a body may have thousands."""

XML = "application/xml"
FORM = "application/x-www-form-urlencoded"
_INPUT = re.compile(r"<input\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(name|type)\s*=\s*["']?([\w-]+)""", re.IGNORECASE)

Headers = Callable[[str], str]
"""From the name of a header field to its value, empty if there is none."""


def of_request(url: str, headers: Headers, body: bytes) -> dict[str, str]:
    """Tell what a request says."""
    return dict(_shown([*parse_qsl(urlsplit(url).query), *_body(headers, body)]))


def of_answer(headers: Headers, body: bytes) -> dict[str, str]:
    """Tell what an answer says; a redirect by the query of the address that it leads to."""
    return dict(_shown([*parse_qsl(_query(headers("Location"))), *_body(headers, body)]))


def tokens_of_request(url: str, headers: Headers, body: bytes) -> dict[str, str]:
    """Give header and claims of every token in a request, as JSON, by the header field or member that has it."""
    scheme, _, credentials = headers("Authorization").partition(" ")
    bearer = [("Authorization", credentials)] if scheme.lower() == "bearer" else []
    return dict(_unsigned([*bearer, *parse_qsl(urlsplit(url).query), *_body(headers, body)]))


def tokens_of_answer(headers: Headers, body: bytes) -> dict[str, str]:
    """Give the same of an answer."""
    return dict(_unsigned(_body(headers, body)))


def _query(url: str) -> str:
    """Give the query of an address; of what is none, nothing."""
    try:
        return urlsplit(url).query
    except ValueError:
        return ""


def _unsigned(said: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, value in said:
        parts = without_signature(value) if isinstance(value, str) else None
        if parts is not None:
            yield name, dumps(parts)


def _body(headers: Headers, body: bytes) -> Iterable[tuple[str, Any]]:
    kind = headers("Content-Type").partition(";")[0].strip().lower()
    text = body.decode("utf-8", "replace")
    if kind == FORM:
        return parse_qsl(text)
    if kind.endswith("json"):
        return _json(text)
    if kind == XML:
        return _key_management(body)
    if kind in {group.MEDIA_TYPE, profile.MEDIA_TYPE}:
        return _document(kind, body)
    return [("form", ", ".join(fields))] if kind == "text/html" and (fields := list(_form(text))) else []


def _json(text: str) -> Iterable[tuple[str, Any]]:
    value = _loaded(text)
    return value.items() if isinstance(value, dict) else []


def _loaded(text: str) -> Any:
    """Read JSON; None if it is none, or nested so deeply that nobody means it."""
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return None


@attrs.frozen
class Hidden:
    """A value that is looked at and never shown."""

    value: Any = attrs.field(repr=False)


def document_in(headers: Headers, body: bytes) -> Any:
    """Give the JSON that a message has, all hidden that is not known to be harmless; None if it has none."""
    kind = headers("Content-Type").partition(";")[0].strip().lower()
    return _fit("", _loaded(body.decode("utf-8", "replace"))) if kind.endswith("json") else None


def _fit(name: str, value: Any, deep: int = 0) -> Any:
    if deep > DEEPEST:
        return Hidden(None)
    if isinstance(value, dict):
        return {str(member): _fit(str(member), inner, deep + 1) for member, inner in value.items()}
    if isinstance(value, list):
        return [_fit(name, inner, deep + 1) for inner in value]
    harmless = name in PLAIN or name in PUBLIC_KEY or name.endswith(PUBLISHED)
    if value is None or isinstance(value, bool) or (harmless and not isinstance(value, str)):
        return value
    return value if harmless and _text(value) != HIDDEN and redact(value) == value else Hidden(value)


def _key_management(body: bytes) -> Iterator[tuple[str, str]]:
    """Tell a response by its message and whose keys it has: of which key periods, and the names of those provisioned.

    A request is told by who asks, and what it provisions.
    """
    try:
        response = KmsResponse.parse(body)
    except Unreadable:
        with suppress(Unreadable):
            request = KmsRequest.parse(body)
            yield "user", request.user_uri
            yield from _named(request.keys)
        return
    if response.error is not None:
        yield "error_description", response.error.sentence
    if response.message is not None:
        yield "message", type(response.message).__name__
    if isinstance(response.message, KmsKeyProv):
        yield "user", response.user_uri
        if response.message.key_sets:
            yield "periods", " ".join(str(each.number) for each in response.message.key_sets)
        yield from _named(response.message.provisioned)


def _document(kind: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Tell a group by who is in it, a user profile by its name and groups; nothing of what is neither."""
    with suppress(NoSuchDocument):
        if kind == group.MEDIA_TYPE:
            found = GroupDocument.read(body)
            yield "members", " ".join(found.members)
            yield "administrators", " ".join(found.administrators)
        else:
            whose = UserProfile.read(body)
            yield "profile", whose.name
            yield "groups", " ".join(each.group_id for each in whose.groups)


def _named(keys: tuple[ProvisionedKey, ...]) -> Iterator[tuple[str, str]]:
    """Name key material that was provisioned: a user's, and a group's."""
    for name, of_group in (("provisioned", False), ("group_keys", True)):
        if names := " ".join(key.key_id for key in keys if key.group is of_group):
            yield name, names


def _form(page: str) -> Iterator[str]:
    """Give the names of what a form asks of a person."""
    for field in _INPUT.findall(page):
        about = {name.lower(): value for name, value in _ATTRIBUTE.findall(field)}
        if "name" in about and about.get("type") != "hidden":
            yield about["name"]


def _shown(said: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, value in islice((each for each in said if len(each[0]) <= LONG), MOST):
        if name == "keys":
            yield name, _keys(value)
        elif name == "form":
            yield name, value
        elif name in TOKENS:
            yield name, _token(str(value))
        elif name in PLAIN:
            if text := _text(value):  # an empty one tells a reader nothing
                yield name, text
        elif name not in UNSPOKEN and not name.endswith(PUBLISHED):
            yield name, HIDDEN


def _token(token: str) -> str:
    about = claimed(token)
    if about is None:
        return HIDDEN
    if about.audiences:
        return f"{about.subject} for {' and '.join(about.audiences)}"
    return f"{about.val_user_id} in {', '.join(about.val_service_ids) or 'no service'}"


def _text(value: Any) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if text.isprintable() and len(text) <= LONG else HIDDEN


def _keys(value: Any) -> str:
    """Tell public keys by their algorithms."""
    keys = [key for key in value if isinstance(key, Mapping)] if isinstance(value, list) else []
    return _text(", ".join(str(key.get("alg") or key.get("kty")) for key in keys))
