"""The identity servers: their keys, and what their operators provision over the admin API while they run (IDM-04)."""

from typing import Any

from harness.grammar.vocabulary import Arguments, step
from harness.lab.identity import Idms, IdmsName, client_id
from harness.stage import Stage
from valkit.settings import Duration, YesNo
from valkit.trace import Note


class AtIdms(Arguments):
    """Which identity server."""

    at: IdmsName = "idms"
    """The one at home, or the partner's."""


class UserService(AtIdms):
    """A user and a VAL service."""

    user: str
    """Whose log-in: the phone's name."""
    service: str
    """The VAL service ID."""


class SetUser(AtIdms):
    """A user, and what is to be otherwise; what is not named stays."""

    user: str
    """Whose log-in: the phone's name."""
    enabled: YesNo | None = None
    """Whether the account is active."""
    val_user_id: str | None = None
    """Another VAL user."""
    services: tuple[str, ...] | None = None
    """Other VAL services."""
    password: str | None = None
    """Another password; all that was granted before ends."""


class SetClient(AtIdms):
    """A phone's app as the identity server knows it, and what is to be otherwise; what is not named stays."""

    ue: str
    """Whose app."""
    access_lifetime: Duration | None = None
    """How long its access tokens last."""
    scopes: tuple[str, ...] | None = None
    """What it may ask for."""
    redirect_uris: tuple[str, ...] | None = None
    """Where codes may be sent."""
    secret: str | None = None
    """A secret that it has to show in the header from now on; the phone does not learn it."""


class OneUser(AtIdms):
    """A user."""

    short = "user"

    user: str
    """Whose log-in: the phone's name."""


class OneClient(AtIdms):
    """A phone's app."""

    short = "ue"

    ue: str
    """Whose app."""


@step("idms.rotate_keys", acts=True)
async def rotate_keys(stage: Stage, told: AtIdms) -> None:
    """Put a new key in the place of the one that signs; the old one stays published while its tokens live."""
    await _server(stage, told).rotate_keys()
    _note(stage, told, "key replaced")


@step("idms.add_service", acts=True)
async def add_service(stage: Stage, told: UserService) -> None:
    """Map a VAL service to a user: it is in the user's next token."""
    kept = await _services(stage, told)
    await _change(stage, told, "users", user_id=told.user, val_service_ids=[*kept, told.service])


@step("idms.remove_service", acts=True)
async def remove_service(stage: Stage, told: UserService) -> None:
    """Take a VAL service from a user: it is not in the user's next token."""
    kept = await _services(stage, told)
    await _change(
        stage, told, "users", user_id=told.user, val_service_ids=[each for each in kept if each != told.service]
    )


@step("idms.set_user", acts=True)
async def set_user(stage: Stage, told: SetUser) -> None:
    """Change a user: whether it may log in, who it is, to what it may log in, its password."""
    await _change(
        stage,
        told,
        "users",
        user_id=told.user,
        enabled=told.enabled,
        val_user_id=told.val_user_id,
        val_service_ids=told.services,
        password=told.password,
    )


@step("idms.remove_user", acts=True)
async def remove_user(stage: Stage, told: OneUser) -> None:
    """Forget a user, and what was granted to it."""
    await _server(stage, told).place.operator().remove("users", told.user)
    _note(stage, told, "removed", entry=f"user {told.user}")


@step("idms.set_client", acts=True)
async def set_client(stage: Stage, told: SetClient) -> None:
    """Change a phone's app: how long its tokens last, what it may ask for, where codes may be sent, its secret."""
    await _change(
        stage,
        told,
        "clients",
        client_id=client_id(told.ue),
        access_lifetime=None if told.access_lifetime is None else f"{told.access_lifetime:.3f}s",
        scopes=told.scopes,
        redirect_uris=told.redirect_uris,
        auth_method=None if told.secret is None else "client_secret_basic",
        secret=told.secret,
    )


@step("idms.remove_client", acts=True)
async def remove_client(stage: Stage, told: OneClient) -> None:
    """Forget a phone's app, and what was granted to it."""
    await _server(stage, told).place.operator().remove("clients", client_id(told.ue))
    _note(stage, told, "removed", entry=f"client {client_id(told.ue)}")


def _server(stage: Stage, told: AtIdms) -> Idms:
    return stage.lab.domain_of(told.at).idms


async def _services(stage: Stage, told: UserService) -> list[str]:
    kept = await _server(stage, told).place.operator().user(told.user)
    return list(kept["val_service_ids"])


async def _change(stage: Stage, told: AtIdms, kind: str, **named: Any) -> None:
    """Send what is named, and let it stand in the ladder; a password or secret does not."""
    entry = {name: value for name, value in named.items() if value is not None}
    await _server(stage, told).place.operator().change(kind, entry)
    who, *what = (f"{name} {_said(name, value)}" for name, value in entry.items())
    _note(stage, told, "changed", entry="; ".join([who, *what]))


def _said(name: str, value: object) -> str:
    if name in {"password", "secret"}:
        return "(hidden)"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _note(stage: Stage, told: AtIdms, what: str, **fields: str) -> None:
    stage.lab.wire.note(Note(stage.lab.clock.seconds(), told.at, what, fields))
