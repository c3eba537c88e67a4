"""The identity server's endpoints beside the log-in: tokens given back, and either site asked for anything."""

from typing import Literal

from pydantic import Field

from harness.errors import Finding, Unmet
from harness.grammar.vocabulary import Arguments, step
from harness.stage import Stage
from ue_sim.identity.errors import IdentityError
from valkit.net.https import HttpsError


class GiveBack(Arguments):
    """A phone, and what it gives back."""

    short = "ue"

    ue: str
    """Which phone."""
    of: str | None = None
    """The tokens that came with this one; without it, the newest."""


class Ask(Arguments):
    """An HTTPS request to one of the two sites."""

    ue: str
    """Which phone asks."""
    site: Literal["authorization", "token"]
    """Which of the two addresses (clause 5.X.2.2)."""
    path: str
    """What it asks for."""
    method: Literal["GET", "POST"] = "GET"
    """How."""
    form: dict[str, str] = Field(default_factory=dict)
    """What it sends, with POST."""


@step("ue.revoke_token", acts=True)
async def revoke_token(stage: Stage, told: GiveBack) -> None:
    """Give a phone's tokens back to the identity server (RFC 7009); the phone has its access token still."""
    identity = stage.lab.identity_of(told.ue)
    tokens = identity.keeper.tokens if told.of is None else stage.granted.get(told.of)
    if tokens is None:
        raise Unmet(Finding("tokens to give back", f"{told.ue} has none"))
    identity.stop()
    try:
        await stage.lab.patience.during(identity.client.revoke(tokens))
    except IdentityError as error:
        raise Unmet(Finding("a revocation", str(error))) from None


@step("ue.ask", acts=True)
async def ask(stage: Stage, told: Ask) -> None:
    """Send a request to one of the identity server's sites; `expect.http` looks at the answer."""
    site = stage.lab.domain_of(told.ue).idms.place.brief[told.site]
    url = f"https://{site['host']}:{site['port']}{told.path}"
    browser = stage.lab.identity_of(told.ue).browser
    asking = browser.get(url) if told.method == "GET" else browser.post(url, told.form)
    try:
        await stage.lab.patience.during(asking)
    except HttpsError as error:
        raise Unmet(Finding(f"an answer to {told.method} {told.path}", str(error))) from None
