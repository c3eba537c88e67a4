import pytest

from harness.provision.consistency import read_provisioning
from tests.harness.provision.files import GOOD
from valkit.settings import SettingsError


def faults(text: str) -> str:
    """Say what is wrong with a file."""
    with pytest.raises(SettingsError) as raised:
        read_provisioning(text, "seal.yaml")
    return str(raised.value)


def test_a_file_that_makes_sense_is_read() -> None:
    """All of it."""
    plan = read_provisioning(GOOD, "seal.yaml")
    assert (len(plan.services), len(plan.users), len(plan.groups)) == (2, 2, 1)


@pytest.mark.parametrize(
    ("part", "other", "fault"),
    [
        (
            "services: [ptt, video]",
            "services: [ptt, fax]",
            "11:21: users.alice.services[1]: there is no VAL service fax",
        ),
        ("services: [ptt]", "services: [ptt, video]", "18:21: users.bob.services[1]: there is no profile for video"),
        ("services: [ptt]", "services: []", "users.bob: is in no VAL service"),
        (
            "services: [ptt, video]",
            "services: [ptt]",
            "profiles.video: is a profile for a VAL service that the user is",
        ),
        ("val_user_id: bob.b", "val_user_id: alice", "users.bob: has the VAL user ID of alice"),
        ("members: [alice, bob]", "members: [alice, eve]", "members[1]: there is no user eve in users"),
        ("members: [alice, bob]", "members: [bob, bob]", "members[1]: names bob twice"),
        ("service: ptt\n", "service: video\n", "members[1]: bob is not in video, the VAL service of the group"),
        ("service: ptt\n", "service: fax\n", "service: there is no VAL service fax in services"),
        ("administrators: [bob]", "administrators: []", "has no administrators: nobody could change it"),
        ("priority: 5", "key: {id: k, file: f}", "groups: needs kms: where is that server?"),
        ("cms: {", "#cms: {", "users: needs cms: where is that server?"),
        ("idms: {", "#idms: {", "users: needs idms: where is that server?"),
        ("gms: {", "#gms: {", "groups: needs gms: where is that server?"),
        (
            "    val_user_id: bob.b\n    password_file: FOLDER/alice.password\n",
            "",
            "needs password_file or password_hash",
        ),
        ("priority: 5", "priority: 256", "priority"),
        ("sip:fire@home.example", "fire brigade", "groups.fire brigade"),
        ("sip:border@partner.example", "border", "expected something like sip:fire@home.example"),
        ("admin: http://CMS", "admin: https://CMS", "expected something like http://127.0.0.1:8062"),
        (
            "password_file: FOLDER/alice.password\n    services: [ptt]",
            "password_hash: $argon2$v=19\n    services: [ptt]",
            "argon2id",
        ),
        ("priority: 5", "prioirty: 5", "did you mean priority?"),
    ],
)
def test_what_makes_no_sense_is_told_where_it_is_written(part: str, other: str, fault: str) -> None:
    """With its line."""
    assert part in GOOD
    told = faults(GOOD.replace(part, other))
    assert fault in told
    assert all(line.startswith("seal.yaml:") for line in told.splitlines())


def test_every_fault_is_told_at_once() -> None:
    """In the order of their lines."""
    text = GOOD.replace("services: [ptt]", "services: [fax]").replace("members: [alice, bob]", "members: [eve]")
    assert len(faults(text).splitlines()) == 4


def test_there_is_one_document() -> None:
    """Not two."""
    assert "begins a second document" in faults(f"{GOOD}---\n{GOOD}")
