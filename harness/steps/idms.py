"""The identity server: its keys, its users, and the VAL services mapped to them."""

from collections.abc import Callable

from attrs import evolve

from harness.errors import Finding, Unmet
from harness.stage import Stage
from harness.vocabulary import Arguments, NoArguments, step
from seal.idms.records import User
from valkit.settings import YesNo


class UserService(Arguments):
    """A user and a VAL service."""

    user: str
    """Whose log-in: the phone's name."""
    service: str
    """The VAL service ID."""


class UserEnabled(Arguments):
    """A user, and whether it may log in."""

    user: str
    """Whose log-in: the phone's name."""
    enabled: YesNo
    """Whether the account is active."""


@step("idms.rotate_keys", acts=True)
async def rotate_keys(stage: Stage, _: NoArguments) -> None:
    """Put a new key in the place of the one that signs; the old one stays published while its tokens live."""
    keys = stage.lab.idms.now.keys
    assert keys is not None
    keys.rotate(stage.lab.plan.issuer.algorithm, stage.lab.clock.seconds())


@step("idms.add_service", acts=True)
async def add_service(stage: Stage, told: UserService) -> None:
    """Map a VAL service to a user: it is in the user's next token."""

    def added(user: User) -> User:
        return evolve(user, val_service_ids=(*user.val_service_ids, told.service))

    await _change(stage, told.user, added)


@step("idms.remove_service", acts=True)
async def remove_service(stage: Stage, told: UserService) -> None:
    """Take a VAL service from a user: it is not in the user's next token."""

    def removed(user: User) -> User:
        return evolve(user, val_service_ids=set(user.val_service_ids) - {told.service})

    await _change(stage, told.user, removed)


@step("idms.set_user", acts=True)
async def set_user(stage: Stage, told: UserEnabled) -> None:
    """Let a user log in, or let it no more; what it has been granted stays to be asked for."""
    await _change(stage, told.user, lambda user: evolve(user, enabled=told.enabled))


async def _change(stage: Stage, name: str, change: Callable[[User], User]) -> None:
    if await stage.lab.idms.now.store.change_user(name, change) is None:
        raise Unmet(Finding(f"a user {name}", "the identity server has none of this name"))
