"""Key management: keys fetched with a token, secrets sent with them, key material provisioned, services disabled."""

from collections.abc import Awaitable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field

from harness.errors import Finding, Unmet
from harness.grammar.refusals import refused_so
from harness.grammar.vocabulary import Arguments, NoArguments, step
from harness.lab.key_management import Kms
from harness.lab.tampering import KINDS
from harness.seen.cast import VALSERVER, apart
from harness.stage import Sealed, Stage
from harness.steps.ue import Token
from seal.kms.settings import SCOPE
from ue_sim.keys.errors import KeysError, Refused
from ue_sim.keys.ring import KeyRing
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.settings import Duration, YesNo
from valkit.tokens import Grant, mint
from valkit.trace import Note

T = TypeVar("T")

GROUP_KEY = 16
"""Bytes of the key material that is provisioned."""


def _kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"is nothing that an answer has (expected one of: {', '.join(KINDS)})")
    return value


class Refusable(Arguments):
    """What may be refused."""

    refused: int | str | None = None
    """It is to fail: with this status of the server, or with what the client calls it: doubtful, unusable,
    unreachable, no keys. Without it, it is to succeed."""


class FetchKeys(Refusable):
    """Which phone, and with what."""

    short = "ue"

    ue: str
    """Which phone."""
    token: Token = True
    """The token that it shows: the one at hand, one by its name, or none."""
    of: str | None = None
    """Whose keys it asks for, by VAL user ID or group; its own, if nothing is said. Another's are not held."""
    earlier: Duration | None = None
    """For the key period so long ago; without it, for now and what comes next."""
    tampered: Annotated[str, AfterValidator(_kind)] | None = None
    """What is changed in the server's answer on its way: rsk, ssk, pvt, uid, user, period, revoked; kpak, z, kms."""
    others: YesNo = False
    """Whether it asks for the certificates of other domains too."""
    name: str = Field("default", alias="as")
    """What the scenario calls the keys."""

    def tokens_asked(self) -> tuple[str, ...]:
        """Name the token, if it is named."""
        return (self.token,) if isinstance(self.token, str) else ()


class Provision(Refusable):
    """What a VAL server provisions, and for whom."""

    whose: str = Field(alias="for")
    """The user or group, by VAL user ID or group URI."""
    key_id: str = Field("gmk-1", alias="as")
    """The name of the key."""
    service: str = "dispatch"
    """The VAL service that it is for."""
    services: tuple[str, ...] = ("dispatch",)
    """The VAL services of the VAL server's token."""
    permitted: YesNo = True
    """Whether the token has SKeyProv."""
    lasts: Duration | None = None
    """How long the key lasts; without it, until another takes its place."""
    group: YesNo = False
    """Whether it is a group's, for which a VAL server may ask; if not, its user alone is given it."""


class FetchOthers(Refusable):
    """Whose keys a VAL server asks for."""

    of: str
    """The user or group, by VAL user ID or group URI."""
    permitted: YesNo = True
    """Whether the token has SKeyProv."""


class Send(Refusable):
    """A secret, from whom to whom."""

    ue: str
    """Which phone sends it."""
    to: str
    """The VAL user ID of who is to open it."""
    kms: str | None = None
    """That one's KMS, if it is another than the sender's."""
    name: str = Field("secret", alias="as")
    """What the scenario calls it."""


class Open(Refusable):
    """A secret, and who opens it."""

    judges = True

    ue: str
    """Which phone."""
    name: str = Field("secret", alias="secret")
    """What the scenario calls the secret."""
    damaged: YesNo = False
    """Whether a bit of it was turned round on its way."""


class Service(Arguments):
    """A VAL service."""

    short = "service"

    service: str
    """Its ID."""


class User(Arguments):
    """A user or group."""

    short = "user"

    user: str
    """By VAL user ID or group URI."""


@step("ue.fetch_keys", acts=True)
async def fetch_keys(stage: Stage, told: FetchKeys) -> None:
    """Fetch the KMS certificate and a user's keys with an access token; what is believed is held (C-2)."""
    kms, name = _kms(stage, told.ue), apart(told.ue)[1]
    client, token = kms.clients.of(name), stage.lab.ues[told.ue].wallet.choose(told.token)
    kms.clients.tampering(name).kind = told.tampered
    user = stage.user_of(told.ue)
    at = None if told.earlier is None else stage.lab.clock.seconds() - told.earlier

    async def fetch() -> KeyRing | None:
        if told.of is not None:
            await client.keys_of(token, user, told.of, at)
            return None
        ring = await client.fetch(token, user, at)
        return await client.fetch_others(token) if told.others else ring

    ring = await _done(stage, told, fetch(), "keys")
    kms.clients.tampering(name).kind = None
    if ring is not None:
        stage.keys[told.name] = tuple(each.key_set for each in ring.periods)


@step("valserver.provision_key", acts=True)
async def provision_key(stage: Stage, told: Provision) -> None:
    """Provision key material for a user or group as a VAL server (TS 33.434 5.8), with a token of its own."""
    now, ids = stage.lab.clock.seconds(), stage.lab.ids
    ends = None if told.lasts is None else now + told.lasts
    key = ProvisionedKey(told.key_id, told.service, ids.nonce(GROUP_KEY), ends, told.group)
    token = _server_token(stage, told.services, permitted=told.permitted)
    client = stage.lab.home.kms.clients.of(VALSERVER)
    await _done(stage, told, client.provision(token, VALSERVER, told.whose, (key,)), "key material kept")
    if told.refused is None:
        stage.provisioned.setdefault(told.whose, {})[told.key_id] = key


@step("valserver.fetch_keys", acts=True)
async def fetch_others(stage: Stage, told: FetchOthers) -> None:
    """Ask for the keys of a user or group as a VAL server, with a token of its own."""
    token = _server_token(stage, ("dispatch",), permitted=told.permitted)
    client = stage.lab.home.kms.clients.of(VALSERVER)
    await _done(stage, told, client.keys_of(token, VALSERVER, told.of), "keys")


@step("ue.send_secret", acts=True)
async def send_secret(stage: Stage, told: Send) -> None:
    """Draw a secret, encapsulate it to a user and sign it, with the keys that the phone holds (MIKEY-SAKKE)."""
    ring = _ring(stage, told.ue)

    async def send() -> tuple[bytes, bytes]:
        return ring.send(told.to, stage.lab.clock.seconds(), stage.lab.ids, kms_uri=told.kms)

    sent = await _done(stage, told, send(), "a secret")
    if sent is not None:
        stage.secrets[told.name] = Sealed(*sent, ring.user)
        _note(stage, told.ue, "secret sent", to=told.to)


@step("ue.open_secret", acts=True)
async def open_secret(stage: Stage, told: Open) -> None:
    """Open a secret that was sent: it must be the one that was drawn, and of the one who sent it."""
    sealed = stage.secrets.get(told.name)
    if sealed is None:
        raise Unmet(Finding(f"a secret {told.name}", "nobody has sent it"))
    ring = _ring(stage, told.ue)
    message = sealed.message
    if told.damaged:
        middle = len(message) // 2
        message = message[:middle] + bytes([message[middle] ^ 1]) + message[middle + 1 :]

    async def open_it() -> Any:
        return ring.open(message, stage.lab.clock.seconds())

    opened = await _done(stage, told, open_it(), "the secret")
    if opened is None:
        return
    if (opened.ssv, opened.initiator) != (sealed.secret, sealed.sender):
        raise Unmet(Finding(f"the secret that {sealed.sender} has drawn", f"another one, of {opened.initiator}"))
    _note(stage, told.ue, "secret opened", sender=opened.initiator)


@step("kms.disable_service", acts=True)
async def disable_service(stage: Stage, told: Service) -> None:
    """Give no keys for this VAL service any more."""
    await _operator(stage, "/services", val_service_id=told.service, enabled=False)


@step("kms.enable_service", acts=True)
async def enable_service(stage: Stage, told: Service) -> None:
    """Give keys for this VAL service again."""
    await _operator(stage, "/services", val_service_id=told.service, enabled=True)


@step("kms.revoke", acts=True)
async def revoke(stage: Stage, told: User) -> None:
    """Give no keys of this user or group any more."""
    await _operator(stage, "/identities", uri=told.user, revoked=True)


@step("kms.restore", acts=True)
async def restore(stage: Stage, told: User) -> None:
    """Give keys of this user or group again; they are the same as before."""
    await _operator(stage, "/identities", uri=told.user, revoked=False)


@step("kms.exchange_certificates", acts=True)
async def exchange_certificates(stage: Stage, _: NoArguments) -> None:
    """Have the operators of both domains give each other the certificates of their key management servers."""

    async def exchange() -> None:
        home, partner = (domain.kms.operator() for domain in stage.lab.domains.values())
        for one, other in ((home, partner), (partner, home)):
            given = await one.get("/certificate")
            await other.put("/certificates", {"certificate": given["certificate"]})

    if len(stage.lab.domains) != 2:
        raise Unmet(Finding("two domains", "the lab has one"))
    await stage.lab.patience.during(exchange())


def _kms(stage: Stage, ue: str) -> Kms:
    return stage.lab.domain_of(ue).kms


def _ring(stage: Stage, ue: str) -> KeyRing:
    ring = _kms(stage, ue).clients.of(apart(ue)[1]).ring
    if ring is None:
        raise Unmet(Finding(f"keys of {ue}", "it has fetched none"))
    return ring


async def _operator(stage: Stage, path: str, **entry: object) -> None:
    """Have the operator change it, by the admin API."""
    await stage.lab.patience.during(stage.lab.home.kms.operator().put(path, entry))


def _server_token(stage: Stage, services: tuple[str, ...], *, permitted: bool) -> str:
    """Make the access token of the VAL server; how it gets it is out of scope (TS 33.434 5.3)."""
    issuer = stage.lab.plan.issuer
    grant = Grant(
        issuer=stage.lab.idms.place.issuer,
        audience=issuer.audience,
        val_user_id=VALSERVER,
        val_service_ids=services,
        jti=f"valserver-{stage.lab.ids.tag()}",
        issued_at=stage.lab.clock.seconds(),
        scope=SCOPE,
        extra={"SKeyProv": True} if permitted else {},
    )
    return mint(stage.lab.workshop.key, grant)


async def _done(stage: Stage, told: Refusable, work: Awaitable[T], what: str) -> T | None:
    """Give what comes of it, or hold the refusal against the one wanted."""
    try:
        given = await stage.lab.patience.during(work)
    except KeysError as error:
        got = str(error.status) if isinstance(error, Refused) else type(error).__name__
        if not refused_so(told.refused, got):
            raise Unmet(Finding(_wanted(told, what), str(error))) from None
        return None
    if told.refused is not None:
        raise Unmet(Finding(_wanted(told, what), what))
    return given


def _wanted(told: Refusable, what: str) -> str:
    return what if told.refused is None else f"a refusal: {told.refused}"


def _note(stage: Stage, who: str, what: str, **fields: str) -> None:
    stage.lab.wire.note(Note(stage.lab.clock.seconds(), who, what, fields))
