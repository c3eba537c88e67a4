"""Carries provisioning out, one server after the other: what a group names is there before the group is."""

from collections.abc import AsyncIterator
from typing import Any

from attrs import frozen

from harness.clients.admin_client import AdminClient, AdminRefused
from harness.clients.document_operator import DocumentOperator
from harness.provision.desks import KeyDesk, UserDesk
from harness.provision.plan import Provisioning, ServerEntry, Wanted


@frozen
class Outcome:
    """What was done about one thing."""

    server: str
    what: str
    done: str
    """`created`, `changed` or `unchanged`."""


class Stopped(Exception):
    """A server refused or did not answer; what was done before stands."""

    def __init__(self, server: str, what: str, error: AdminRefused) -> None:
        self.server = server
        self.what = what
        self.reached = error.reached
        super().__init__(f"{what} at {server}: {error}")


async def applied(plan: Provisioning, reactor: Any) -> AsyncIterator[Outcome]:
    """Do what is not done yet; tells of each thing. Raises Stopped."""
    for server, work in (
        ("idms", _users(plan, reactor)),
        ("cms", _documents(plan.cms, list(plan.configurations()), reactor)),
        ("gms", _documents(plan.gms, list(plan.group_documents()), reactor)),
        ("kms", _keys(plan, reactor)),
    ):
        what = server
        try:
            async for what, done in work:
                if done is not None:
                    yield Outcome(server, what, done)
        except AdminRefused as error:
            raise Stopped(server, what, error) from error


Doing = AsyncIterator[tuple[str, str | None]]
"""Says what is begun, with None, and what was done."""


async def _users(plan: Provisioning, reactor: Any) -> Doing:
    if plan.idms is None:
        return
    desk = UserDesk(AdminClient(reactor, plan.idms.admin, plan.idms.token_file))
    for name, entry in plan.users.items():
        yield f"user {name}", None
        yield f"user {name}", await desk.become(name, plan.val_user_id(name), entry)


async def _documents(server: ServerEntry | None, wanted: list[Wanted], reactor: Any) -> Doing:
    if server is None:
        return
    operator = DocumentOperator(reactor, server.admin, server.token_file)
    for each in wanted:
        yield str(each.selector), None
        yield str(each.selector), await operator.become(each.selector, each.text, each.media_type)


async def _keys(plan: Provisioning, reactor: Any) -> Doing:
    keyed = {name: group for name, group in plan.groups.items() if group.key is not None}
    if plan.kms is None or not keyed:
        return
    desk = KeyDesk.of(plan.kms, reactor)
    for name, group in keyed.items():
        yield f"key of {name}", None
        yield f"key of {name}", await desk.become(name, group)
