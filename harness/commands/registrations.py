"""`val registrations`: who is registered at a core, and what its operator does there, by its admin address."""

import json
from enum import Enum
from http.client import HTTPException
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import typer

from harness.console.listing import is_admin
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave
from valkit.terminal import plain

ADMIN = "http://127.0.0.1:8061"
WRONG = 400
"""What a core says to what it cannot read, such as an IMPU that is none."""
PATIENCE = 5.0
"""Seconds to wait for an answer."""

app = typer.Typer(
    no_args_is_help=True,
    help="Show who is registered at a core; end or shorten a registration.",
    epilog="""\b
Examples:
  val registrations list
  val registrations end sip:alice@home.example --event rejected
  val registrations shorten sip:alice@home.example 60
""",
)


class Event(Enum):
    """Why a registration ends, in the words of RFC 3680."""

    DEACTIVATED = "deactivated"
    REJECTED = "rejected"
    PROBATION = "probation"
    UNREGISTERED = "unregistered"


Admin = Annotated[str, typer.Option(help="Admin address of the core; its settings say `admin: {}`.")]
Impu = Annotated[str, typer.Argument(help="Any identity of the registration.")]


@app.command(name="list", epilog="\b\nExample:\n  val registrations list --impu sip:alice@home.example")
def show(
    admin: Admin = ADMIN,
    impu: Annotated[str, typer.Option(help="Only this IMPU.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of lines.")] = False,
) -> None:
    """Show who is registered: IMPI, seconds left, contact and identities of each."""
    query = f"?{urlencode({'impu': impu})}" if impu else ""
    found = _asked(admin, f"/registrations{query}")
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    if not found["registrations"]:
        typer.echo("Nobody is registered." if not impu else f"{plain(impu)} is not registered.")
        return
    typer.echo("IMPI  LEFT  CONTACT  IMPUs")
    for each in found["registrations"]:
        for contact in each["contacts"]:
            identities = " ".join(each["impus"])
            typer.echo(plain(f"{each['impi']}  {contact['seconds']} s  {contact['contact']}  {identities}"))


@app.command(epilog="\b\nExample:\n  val registrations end sip:alice@home.example --event rejected")
def end(
    impu: Impu,
    event: Annotated[Event, typer.Option(help="What watchers are told.")] = Event.DEACTIVATED,
    retry_after: Annotated[int | None, typer.Option(min=0, help="With probation: seconds.")] = None,
    admin: Admin = ADMIN,
) -> None:
    """End a registration (TS 24.229 5.4.1.5): watchers hear why, application servers Expires 0."""
    if retry_after is not None and event is not Event.PROBATION:
        leave("--retry-after goes with --event probation: of other ends nobody is told when to come again.", BAD_INPUT)
    _asked(admin, "/registrations/end", {"impu": impu, "event": event.value, "retry_after": retry_after})
    typer.echo(f"the registration of {plain(impu)} has ended ({event.value})")


@app.command(epilog="\b\nExample:\n  val registrations shorten sip:alice@home.example 60")
def shorten(
    impu: Impu, seconds: Annotated[int, typer.Argument(min=0, help="It stands so long at most.")], admin: Admin = ADMIN
) -> None:
    """Shorten a registration, so that its UE proves itself again (TS 24.229 5.4.1.6)."""
    _asked(admin, "/registrations/shorten", {"impu": impu, "seconds": seconds})
    typer.echo(f"the registration of {plain(impu)} ends in {seconds} s if nobody renews it")


def _asked(admin: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the core; leaves with a sentence where it refuses, or where there is none."""
    if not is_admin(admin):
        leave(f"{plain(admin)} is no admin address (expected something like {ADMIN})", BAD_INPUT)
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{admin}{path}", data, {"Content-Type": "application/json"})  # noqa: S310 - the scheme was checked
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - the same
            return json.load(answer)
    except HTTPError as error:
        leave(_refusal(admin, error), BAD_INPUT if error.code == WRONG else FAILED)
    except (URLError, TimeoutError) as error:
        reason = getattr(error, "reason", error)
        leave(f"No core answers at {plain(admin)}: {plain(str(reason))}. Does it have `admin: {{}}`?", BAD_ENVIRONMENT)
    except (ValueError, HTTPException, OSError):
        leave(f"What answers at {plain(admin)} is no core.", BAD_ENVIRONMENT)


def _refusal(admin: str, error: HTTPError) -> str:
    try:
        return plain(str(json.load(error)["error"]))
    except (ValueError, KeyError, TypeError):
        return f"What answers at {plain(admin)} is no core: {error.code}."
