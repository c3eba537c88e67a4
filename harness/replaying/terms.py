"""By what a capture is judged: the settings of a VAL server, or issuer, audience and keys from the command line."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from harness.consulting.errors import NotUsable
from harness.consulting.opening import text_of
from valkit.settings import SettingsError, read
from valserver.service_settings import AuthorizationSettings, TokenSettings
from valserver.settings import ServerSettings

ANYBODY = ("0.0.0.0/0", "::/0")
"""Trusted where nobody says whom the server trusts."""


def from_settings(path: Path, jwks: Path | None) -> ServerSettings:
    """Read a server's settings; keys that it would fetch come from `jwks`. Raises NotUsable, OSError."""
    try:
        settings = read(ServerSettings, text_of(path), str(path))
    except SettingsError as error:
        raise NotUsable(str(error)) from None
    services = tuple(_offline(each, path, jwks) for each in settings.services)
    return _offline(settings.model_copy(update={"services": services}), path, jwks)


S = TypeVar("S", bound=AuthorizationSettings)


def _offline(settings: S, path: Path, jwks: Path | None) -> S:
    own = None if settings.tokens is None else _with_keys(settings.tokens, path, jwks)
    more = tuple(_with_keys(each, path, jwks) for each in settings.more_issuers)
    return settings.model_copy(update={"tokens": own, "more_issuers": more})


def _with_keys(tokens: TokenSettings, path: Path, jwks: Path | None) -> TokenSettings:
    """Take the keys from a file, and ask nobody whether a token was revoked."""
    if tokens.keys is None and jwks is None:
        raise NotUsable(f"{path} has keys of {tokens.issuer} at a URL, which is not asked (give them with --jwks FILE)")
    keys = tokens.keys if jwks is None else jwks
    offline = {"keys": keys, "jwks_url": None, "discovery_url": None, "introspection": None}
    return tokens.model_copy(update=offline)


def from_options(jwks: Path | None, issuer: str | None, audience: str | None, profile: str) -> ServerSettings:
    """Make the settings of a server that believes one issuer, and trusts whoever speaks to it. Raises NotUsable."""
    if jwks is None or issuer is None:
        raise NotUsable("it is not known whose tokens hold (give --config FILE, or --jwks FILE and --issuer NAME)")
    tokens = {"issuer": issuer, "keys": str(jwks), **({} if audience is None else {"audience": audience})}
    told = {"tokens": tokens, "profile": profile, "trusted_peers": ANYBODY, "bindings": {"store": "memory"}}
    try:
        return ServerSettings.model_validate(told)
    except ValidationError as error:
        raise NotUsable(f"the options given: {error.errors(include_input=False)[0]['msg']}") from None
