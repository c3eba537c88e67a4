import pytest
from argon2 import PasswordHasher
from attrs import evolve

from seal.errors import Conflict, NotKept, NotYours, Unfit
from seal.idms.proving.users import hash_password
from seal.idms.provisioning.entries import ClientEntry, ClientRequest, ServiceEntry, UserEntry, UserRequest
from seal.idms.provisioning.partners import PartnerEntry
from seal.idms.provisioning.provisioning import Provisioner, Provisions
from seal.idms.records import FIRST, Partner, Service, User
from seal.idms.stores.store_memory import MemoryStore
from seal.requesters import OPERATOR, Requester
from tests.seal.idms.kept import NOW, refresh, session, user
from valkit.tokens import SigningKey, jwks

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PTT = Requester("ptt.example")


async def cheap(password: str, old_hash: str) -> str:
    """Hash at little cost."""
    return hash_password(password, old_hash, CHEAP)


@pytest.fixture
def provisioner() -> Provisioner:
    """Give one with an empty store."""
    return Provisioner(MemoryStore(), cheap)


def entry(name: str, *identities: str) -> ServiceEntry:
    """Give a VAL service and its identity list."""
    return ServiceEntry(val_service_id=name, identities=identities)


async def test_a_user_is_created_with_a_hash_of_its_password(provisioner: Provisioner) -> None:
    """Once."""
    asked = UserRequest(user_id="alice", password="correct horse", val_service_ids=("ptt",))
    made = await provisioner.create_user(asked)
    assert CHEAP.verify(made.password_hash, "correct horse")
    assert (
        await provisioner.store.user("alice") == made == User("alice", "alice", made.password_hash, None, True, ["ptt"])
    )
    with pytest.raises(Conflict, match="there is a user 'alice' already"):
        await provisioner.create_user(asked)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (UserRequest(user_id="alice", password="short"), "a password has 8"),
        (UserEntry.model_validate({"user_id": "alice", "password_file": "/nowhere"}), "/nowhere cannot be read"),
        (UserEntry.model_validate({"user_id": "alice", "totp_secret_file": "/nowhere"}), "/nowhere cannot be read"),
    ],
)
async def test_what_is_unfit_is_not_kept(provisioner: Provisioner, asked: UserEntry, reason: str) -> None:
    """The reason is told."""
    with pytest.raises(Unfit, match=reason):
        await provisioner.create_user(asked)
    assert await provisioner.store.users() == ()
    await provisioner.store.add_user(user("alice"))
    with pytest.raises(Unfit, match=reason):
        await provisioner.update_user(asked)
    assert await provisioner.store.user("alice") == user("alice")


async def test_a_service_taken_from_a_user_ends_nothing_else(provisioner: Provisioner) -> None:
    """The next token is without it; the log-in goes on."""
    await provisioner.store.add_user(user("alice", "ptt", "data"))
    await provisioner.store.put_refresh(refresh(), NOW)
    changed = await provisioner.update_user(UserEntry(user_id="alice", val_service_ids=("data",)))
    assert changed == user("alice", "data")
    assert await provisioner.store.refresh("r1", NOW) == refresh()


@pytest.mark.parametrize(
    "change", [{"password": "battery staple"}, {"enabled": False}, {"partner": "https://h.example"}]
)
async def test_a_new_password_a_disabled_account_or_another_domain_ends_what_was_granted(
    provisioner: Provisioner, change: dict[str, object]
) -> None:
    """Whoever had the old password has nothing more of it."""
    await provisioner.create_user(UserRequest(user_id="alice", password="correct horse"))
    await provisioner.store.put_refresh(refresh(), NOW)
    await provisioner.store.put_session(session())
    await provisioner.update_user(UserRequest(user_id="alice", password="correct horse"))
    assert await provisioner.store.refresh("r1", NOW) == refresh(), "the same password is no new one"
    await provisioner.update_user(UserRequest.model_validate({"user_id": "alice", **change}))
    assert await provisioner.store.refresh("r1", NOW) is None
    assert await provisioner.store.session("s1", NOW) is None
    assert await provisioner.store.ended("alice", "phone", FIRST)


async def test_clients_are_created_changed_and_removed(provisioner: Provisioner) -> None:
    """By the rules for clients, always."""
    asked = ClientEntry(client_id="app", redirect_uris=("http://127.0.0.1/cb",))
    made = await provisioner.create_client(asked)
    with pytest.raises(Conflict, match="there is a client 'app' already"):
        await provisioner.create_client(asked)
    with pytest.raises(Unfit, match="no safe redirect"):
        await provisioner.update_client(ClientEntry(client_id="app", redirect_uris=("http://rp.example",)))
    with pytest.raises(Unfit, match="needs a secret"):
        await provisioner.update_client(ClientEntry(client_id="app", auth_method="client_secret_basic"))
    assert await provisioner.store.client("app") == made
    changed = await provisioner.update_client(ClientRequest(client_id="app", name="Dispatch"))
    assert changed == evolve(made, name="Dispatch")
    await provisioner.remove_client("app")
    assert await provisioner.store.clients() == ()


async def test_nobody_is_told_to_be_nobody(provisioner: Provisioner) -> None:
    """By name."""
    with pytest.raises(NotKept, match="no user 'alice'"):
        await provisioner.update_user(UserEntry(user_id="alice"))
    with pytest.raises(NotKept, match="no user 'alice'"):
        await provisioner.remove_user("alice")
    with pytest.raises(NotKept, match="no client 'app'"):
        await provisioner.update_client(ClientEntry(client_id="app"))
    with pytest.raises(NotKept, match="no client 'app'"):
        await provisioner.remove_client("app")
    with pytest.raises(NotKept, match="no VAL service 'ptt'"):
        await provisioner.update_services(PTT, [entry("ptt")])


async def test_a_val_server_provisions_its_own_services(provisioner: Provisioner) -> None:
    """Create, update, get, delete (TS 23.434 12.3.4)."""
    await provisioner.store.add_user(user("alice"))
    await provisioner.store.add_user(user("bob"))
    both = ("alice@val.example", "bob@val.example")
    made = await provisioner.create_services(PTT, [entry("ptt", *both), entry("video")])
    assert made == (Service("ptt", both, "ptt.example"), Service("video", (), "ptt.example"))
    assert await provisioner.services(PTT, []) == made
    changed = await provisioner.update_services(PTT, [entry("ptt", "bob@val.example")])
    assert changed == (Service("ptt", ("bob@val.example",), "ptt.example"),)
    assert await provisioner.store.user("alice") == user("alice")
    await provisioner.remove_services(PTT, ["ptt", "video"])
    assert await provisioner.services(PTT, []) == ()
    assert await provisioner.store.user("bob") == user("bob")


async def test_a_list_is_kept_whole_or_not_at_all(provisioner: Provisioner) -> None:
    """Whatever is wrong with one of it."""
    await provisioner.store.add_user(user("alice", "video"))
    with pytest.raises(Conflict, match="'video' already"):
        await provisioner.create_services(PTT, [entry("ptt"), entry("video")])
    with pytest.raises(Conflict, match="'eve'"):
        await provisioner.create_services(PTT, [entry("ptt"), entry("data", "eve")])
    assert await provisioner.store.services() == (Service("video", ("alice@val.example",)),)


async def test_a_service_is_named_once_in_a_request(provisioner: Provisioner) -> None:
    """Nothing of a list is kept otherwise, and nothing changed."""
    await provisioner.store.add_user(user("alice"))
    twice = [entry("ptt", "alice@val.example"), entry("video"), entry("ptt")]
    with pytest.raises(Unfit, match="'ptt' stands there twice"):
        await provisioner.create_services(PTT, twice)
    assert await provisioner.store.services() == ()
    made = await provisioner.create_services(PTT, twice[:2])
    with pytest.raises(Unfit, match="'ptt' stands there twice"):
        await provisioner.update_services(PTT, twice)
    assert await provisioner.services(PTT, []) == made


async def test_what_others_provisioned_is_theirs(provisioner: Provisioner) -> None:
    """Only the operator may have it as well."""
    await provisioner.create_services(PTT, [entry("ptt")])
    other = Requester("video.example")
    for act in (
        provisioner.services(other, ["ptt"]),
        provisioner.update_services(other, [entry("ptt")]),
        provisioner.remove_services(other, ["ptt"]),
    ):
        with pytest.raises(NotYours, match="'ptt' was provisioned by others"):
            await act
    assert await provisioner.services(other, []) == ()
    assert await provisioner.services(OPERATOR, []) == (Service("ptt", (), "ptt.example"),)


async def test_a_file_gives_a_store_what_it_has_not(provisioner: Provisioner) -> None:
    """A second start changes nothing; only who says so makes what is kept as the file says."""
    file = Provisions(
        clients=(ClientEntry(client_id="app"),),
        users=(UserEntry(user_id="alice", val_service_ids=("ptt",)),),
        services=(entry("video", "alice"),),
    )
    assert await provisioner.apply(file, change=False) == 3
    before = await provisioner.store.user("alice")
    assert before == User("alice", "alice", val_service_ids=("ptt", "video"))
    await provisioner.store.change_user("alice", lambda old: evolve(old, val_service_ids=()))
    assert await provisioner.apply(file, change=False) == 0
    assert await provisioner.store.user("alice") == User("alice", "alice")
    assert await provisioner.apply(file, change=True) == 3
    assert await provisioner.store.user("alice") == before


PARTNER = "https://h.example"
KEY, NEW_KEY = SigningKey.generate(), SigningKey.generate()


@pytest.mark.parametrize(
    ("changes", "ended"),
    [
        (None, {"zoe@h", "visitor"}),
        ({"guests": {}}, {"visitor"}),
        ({"pattern": None}, {"zoe@h"}),
        ({"pattern": "{subject}@home"}, {"zoe@h"}),
        ({"keys": None}, {"zoe@h", "visitor"}),
        ({"guest_scopes": ("openid",)}, {"zoe@h", "visitor"}),
        ({"guest_refresh": False}, {"zoe@h", "visitor"}),
        ({"keys": jwks(NEW_KEY)}, {"zoe@h", "visitor"}),
        ({"keys": jwks(KEY, NEW_KEY)}, set()),
        ({"guests": {"bob": "visitor"}}, {"visitor"}),
        ({"guests": {"bob": "visitor", "alice": "other"}}, {"visitor"}),
        ({"guests": {"alice": "visitor", "bob": "visitor"}}, set()),
        ({"guests": {"alice": "visitor", "zoe": "other"}}, {"zoe@h"}),
        ({"guest_services": ()}, set()),
        ({"name": "Home", "guests": {"alice": "visitor", "bob": "other"}}, set()),
    ],
)
async def test_what_is_taken_from_an_agreement_ends_what_its_guests_have(
    provisioner: Provisioner, changes: dict[str, object] | None, ended: set[str]
) -> None:
    """Those of whom it speaks, and no other user."""
    store = provisioner.store
    agreed = Partner(
        PARTNER,
        keys=jwks(KEY),
        guests={"alice": "visitor"},
        pattern="{subject}@h",
        guest_services=("rescue",),
        guest_refresh=True,
    )
    await store.add_partner(agreed)
    users = [evolve(user("zoe@h"), partner=PARTNER), user("visitor"), user("other")]
    for each in users:
        await store.add_user(each)
    if changes is None:
        await provisioner.remove_partner(PARTNER)
    else:
        await provisioner.update_partner(PartnerEntry.model_validate({"issuer": PARTNER, **changes}))
    assert {each.user_id for each in users if await store.ended(each.user_id, "phone", FIRST)} == ended
