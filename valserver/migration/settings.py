"""What a VAL server can be told of migration: with whom it is agreed, and the way by its own gateway."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from valkit.settings import Duration, HttpsUrl, Settings, YesNo, written_as
from valkit.sip import OtherUri, SipUri, TelUri, parse_uri
from valserver.migration.policy import Partner, Policy

USER = "{user}"
"""What stands for the VAL user ID at home in a pattern."""


def _pattern(text: str) -> str:
    if text.count(USER) != 1 or text == USER:
        raise ValueError(f"is no pattern (expected something like {USER}@partner)")
    return text


class PartnerSettings(Settings):
    """What is agreed with one partner domain, both ways."""

    domain: Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]
    """That domain, as its own system calls it."""
    users: frozenset[str] = frozenset()
    """Our VAL users that may migrate there; `*`: all. Left out: nobody."""
    registered: YesNo = False
    """Whether they may only while they are bound here."""
    service_at_home: Literal["ended", "kept"] = "ended"
    """What becomes of their service here while they are there."""
    guests: dict[str, str] = Field(default_factory=dict)
    """Its users that may migrate here, by the VAL user ID that they have here: which one they have at home."""
    pattern: Annotated[str, AfterValidator(_pattern)] | None = None
    """Or how theirs is in ours, such as `{user}@partner`. The identity server's agreement says the same."""

    @field_validator("guests")
    @classmethod
    def _each_once(cls, guests: dict[str, str]) -> dict[str, str]:
        if len(set(guests.values())) != len(guests):
            raise ValueError("one of its users has several VAL user IDs here (expected one for each)")
        return guests

    def agreed(self) -> Partner:
        """Give it as the rules have it."""
        before, _, behind = (self.pattern or "").partition(USER)
        pattern = None if self.pattern is None else (before, behind)
        return Partner(self.users, self.registered, self.service_at_home == "kept", self.guests, pattern)


class MigrationSettings(Settings):
    """Migration of VAL users from and to partner domains (clause 5.X.5)."""

    domain: Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]
    """Our own domain, as partners call it."""
    partners: Annotated[tuple[PartnerSettings, ...], Field(min_length=1)]
    gateway: HttpsUrl
    """Our own gateway, on its inner side: https://127.0.0.81:8490."""
    gateway_names: Annotated[frozenset[str], Field(min_length=1)]
    """Names, one of which the gateway's client certificate must have when it asks us."""
    host: str = "127.0.0.33"
    """Where the gateway asks us, over HTTPS with certificates on both sides."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8_491
    """0 takes a free one."""
    resources: tuple[
        Annotated[SipUri | TelUri | OtherUri, written_as(parse_uri, "sip:migration@home.example")], ...
    ] = ()
    """Request-URIs of MESSAGEs that are about migration, such as a public service identity; none given: every one."""
    scope: str = "3gpp:seal:migration_service"
    """What `scope` of the access token must contain."""
    answer_within: Annotated[Duration, Field(gt=0, le=30)] = 10.0
    """How long the gateway may take; SIP's client waits for 32 s."""
    path: Path | None = Path("val-migrations.sqlite")
    """The file that keeps who has migrated; left empty, it is forgotten with the process."""

    @model_validator(mode="after")
    def _each_domain_once(self) -> Self:
        domains = [self.domain, *(partner.domain for partner in self.partners)]
        if len(set(domains)) != len(domains):
            raise ValueError("a domain is there twice")
        return self

    def policy(self) -> Policy:
        """Give what is agreed as the rules have it."""
        return Policy(self.domain, {each.domain: each.agreed() for each in self.partners})
