"""What a phone's token says: its claims, and what the phone learnt from the ID token that came with it."""

from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.lab.identity import IdmsName
from harness.seen.cast import IDMS, apart
from harness.stage import Stage


class TokenSays(Arguments):
    """A token, and what it says. What is not said may be anything."""

    name: str = Field("default", alias="as")
    """The token, by the name it was obtained or minted under."""
    val_user_id: str | None = None
    """For whom it speaks."""
    val_service_ids: tuple[str, ...] | None = None
    """The VAL services, all of them and no others, in any order."""
    issuer: IdmsName | None = None
    """Which identity server has made it."""
    audience: tuple[str, ...] | None = None
    """For whom it is, all of them and no others; an identity server by its name here."""
    claims: dict[str, Any] = Field(default_factory=dict)
    """Further claims; an empty one must be absent."""
    id_token: dict[str, Any] = Field(default_factory=dict)
    """Claims of the ID token that came with it."""
    lasts: int | None = Field(None, ge=0)
    """Seconds from `iat` to `exp`."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name it."""
        return (self.name,)


@step("expect.token")
async def expect_token(stage: Stage, told: TokenSays) -> None:
    """Check what a token says."""
    token = stage.tokens.get(told.name)
    if token is None:
        raise Unmet(Finding(f"a token {told.name}", f"there is none (but {', '.join(stage.tokens) or 'none at all'})"))
    wanted = dict(told.claims)
    if told.val_user_id is not None:
        wanted["val_user_id"] = told.val_user_id
    if told.val_service_ids is not None:
        wanted["val_service_ids"] = list(told.val_service_ids)
    if told.issuer is not None:
        wanted["iss"] = _named(stage, told.issuer)
    if told.audience is not None:
        wanted["aud"] = [_named(stage, name) for name in told.audience]
    differences = [
        *_differences(wanted, token.claims),
        *_of_id_token(told.id_token, token.id_claims),
        *_other_life(told.lasts, token.claims),
    ]
    if differences:
        words = [_told(wanted | told.id_token)] if wanted or told.id_token else []
        words += [f"a life of {told.lasts} s"] if told.lasts is not None else []
        raise Unmet(Finding(f"a token {told.name} with {' and '.join(words)}", "; ".join(differences)))


def _named(stage: Stage, name: str) -> str:
    """Give how an identity server calls itself; anybody else goes by the name told."""
    own = apart(name)[1]
    return stage.lab.domain_of(name).idms.place.issuer if own == IDMS else name


def _differences(wanted: Mapping[str, Any], claims: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if _comparable(name, claims.get(name)) != _comparable(name, value):
            yield _found(name, claims[name], value) if name in claims else f"no {name}"


def _found(name: str, got: Any, wanted: Any) -> str:
    """Tell what a claim is; where it looks like what was wanted, as JSON writes both: 300 is not "300"."""
    return f"{name} {dumps(got)}, wanted {dumps(wanted)}" if str(got) == str(wanted) else f"{name} {got}"


def _of_id_token(wanted: Mapping[str, Any], claims: Mapping[str, Any]) -> Iterator[str]:
    if wanted and not claims:
        yield "no ID token came with it"
        return
    yield from (f"ID token: {difference}" for difference in _differences(wanted, claims))


def _other_life(lasts: int | None, claims: Mapping[str, Any]) -> Iterator[str]:
    if lasts is None:
        return
    timeless = [name for name in ("iat", "exp") if not isinstance(claims.get(name), int | float)]
    if timeless:
        yield f"nobody knows how long it lasts, without a time as {' and '.join(timeless)}"
    elif claims["exp"] - claims["iat"] != lasts:
        yield f"it lasts {claims['exp'] - claims['iat']} s"


def _comparable(name: str, value: Any) -> Any:
    """Give a list without its order; of `aud` a text alone is a list of one (RFC 7519 4.1.3)."""
    if name == "aud" and isinstance(value, str):
        value = [value]
    return frozenset(map(str, value)) if isinstance(value, list | tuple) else value


def _told(claims: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in claims.items())
