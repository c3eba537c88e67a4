"""Whether a file of provisioning makes sense as a whole: every fault, each where it is written. Pure."""

from collections.abc import Iterator

from harness.provision.plan import GroupEntry, Provisioning, UserEntry
from valkit.settings import Document, Path, SettingsError, documents, validated

Complaint = tuple[Path, str]


def read_provisioning(text: str, name: str) -> Provisioning:
    """Read a file. Raises SettingsError with every fault, of its shape or of what it says."""
    found = documents(text, name)
    if len(found) > 1:
        raise SettingsError([found[1].fault((), "begins a second document (expected only one)")])
    plan = validated(Provisioning, found[0])
    check(plan, found[0])
    return plan


def check(plan: Provisioning, document: Document) -> None:
    """Raise SettingsError with every inconsistency."""
    complaints = [*_servers(plan), *_twice(plan)]
    for name, user in plan.users.items():
        complaints += [((("users", name, *path)), said) for path, said in _user(plan, user)]
    for name, group in plan.groups.items():
        complaints += [((("groups", name, *path)), said) for path, said in _group(plan, group)]
    if complaints:
        raise SettingsError([document.fault(path, said) for path, said in complaints])


def _servers(plan: Provisioning) -> Iterator[Complaint]:
    """Say which servers are missing."""
    profiles = any(user.profiles for user in plan.users.values())
    configurations = any(service.ue_configuration for service in plan.services.values())
    keys = any(group.key for group in plan.groups.values())
    for part, server, needed in (
        ("users", "idms", bool(plan.users)),
        ("users" if profiles else "services", "cms", profiles or configurations),
        ("groups", "gms", bool(plan.groups)),
        ("groups", "kms", keys),
    ):
        if needed and getattr(plan, server) is None:
            yield (part,), f"needs {server}: where is that server?"


def _twice(plan: Provisioning) -> Iterator[Complaint]:
    """Say who has a VAL user ID that is another's."""
    first: dict[str, str] = {}
    for name in plan.users:
        other = first.setdefault(plan.val_user_id(name), name)
        if other != name:
            yield ("users", name), f"has the VAL user ID of {other}"


def _user(plan: Provisioning, user: UserEntry) -> Iterator[Complaint]:
    if (user.password_file is None) == (user.password_hash is None):
        yield (), "needs password_file or password_hash, one of them"
    if not user.services:
        yield (), "is in no VAL service"
    for place, service in enumerate(user.services):
        if service not in plan.services:
            yield ("services", place), f"there is no VAL service {service} in services"
        elif service not in user.profiles:
            yield ("services", place), f"there is no profile for {service} in profiles"
    for service in user.profiles:
        if service not in user.services:
            yield ("profiles", service), "is a profile for a VAL service that the user is not in"


def _group(plan: Provisioning, group: GroupEntry) -> Iterator[Complaint]:
    if group.service not in plan.services:
        yield ("service",), f"there is no VAL service {group.service} in services"
    if not group.administrators:
        yield (), "has no administrators: nobody could change it"
    for role in ("administrators", "members"):
        named: tuple[str, ...] = getattr(group, role)
        for place, user in enumerate(named):
            if user not in plan.users:
                yield (role, place), f"there is no user {user} in users"
            elif group.service not in plan.users[user].services:
                yield (role, place), f"{user} is not in {group.service}, the VAL service of the group"
            if user in named[:place]:
                yield (role, place), f"names {user} twice"
