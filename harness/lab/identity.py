"""The identity server of a domain, built in or in a process of its own, and the way of each phone to it.

Its users are those of the phones, its clients the phones themselves. It signs with the domain's key, so that tokens
which a scenario mints are as good as its own.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

from argon2 import PasswordHasher
from attrs import define, field, frozen

import seal.idms.app
from harness.clients.operator import Operator
from harness.errors import Finding, Unmet
from harness.lab.chance import Chance
from harness.lab.overhearing import Overheard
from harness.lab.programs import BuiltIn, Program, Surroundings
from harness.plans.briefs import guest_id, idms_brief
from harness.plans.lab import DomainPlan
from harness.seen.cast import IDMS, VALSERVER
from seal.idms.app import IdmsRunning
from seal.idms.provisioning.entries import ClientRequest, UserRequest, changed_client, changed_user
from seal.idms.provisioning.partners import PartnerEntry, changed_partner
from seal.idms.settings import IdmsSettings
from seal.idms.stores.store import Store
from seal.idms.tokens.keys import KeyRing
from ue_sim.identity.proof import NoProof, Proof, SecretInForm, SecretInHeader, SignedAssertion
from ue_sim.identity.request import Registration
from ue_sim.identity.signing_in import Identity
from ue_sim.wallet import Wallet
from valkit.net.tls import Tls
from valkit.tokens import SigningKey, jwks

IdmsName = Literal["idms", "partner.idms"]
"""The identity servers of a lab by the names that scenarios use."""

RETURN = "http://127.0.0.1/signed-in"
"""Where codes are sent: an address on the phone itself (RFC 8252 7.3). Nobody listens there; the phone looks at it."""


@frozen
class App:
    """How a phone's app proves itself, and what the identity server knows of that."""

    proof: Proof
    entry: Mapping[str, object] = field(repr=False)

    @classmethod
    def of(cls, method: str, chance: Chance, name: str) -> "App":
        """Make secret or key, where the method needs one."""
        if method == "private_key_jwt":
            key = chance.key("ES256", name)
            return cls(SignedAssertion(key), {"auth_method": method, "jwks": json.loads(jwks(key))})
        if method == "none":
            return cls(NoProof(), {})
        secret = chance.ids(name).nonce(16).hex()
        proof = SecretInHeader(secret) if method == "client_secret_basic" else SecretInForm(secret)
        return cls(proof, {"auth_method": method, "secret": secret})


@define
class Place:
    """Where the identity server of a domain is, and how one gets there: the same after each start."""

    around: Surroundings
    plan: DomainPlan
    brief: dict[str, Any]
    """What the server is told; from its first start on, with the ports that were given out."""
    secret: str = field(repr=False)
    """The VAL server's, with which it may ask about tokens."""
    apps: Mapping[str, App]
    """What each phone's app proves itself with."""
    partners: list[dict[str, Any]] = field(factory=list)
    """The other domains with which there is an agreement, as they are provisioned."""
    issuer: str = ""
    """`iss` of its tokens; known once it has started."""
    tls: Tls = field(factory=lambda: Tls(b""))
    """Whom its clients trust; known once it has started."""
    admin: str = ""
    """Where its admin API is; known once it has started."""

    @classmethod
    def of(cls, around: Surroundings, plan: DomainPlan, key: SigningKey) -> "Place":
        """Prepare it: the domain's key is where the server keeps its own."""
        brief = idms_brief(plan, around.ground)
        if not brief["token"]["port"]:
            brief["token"] = {**brief["token"], "port": around.chance.port(around.named(IDMS))}
        _keep(key, keys_in(brief), int(around.clock.seconds()))
        secret = around.ids.nonce(16).hex()
        around.ground.secret_of_valserver.touch(mode=0o600)
        around.ground.secret_of_valserver.write_text(secret, "utf-8")
        apps = {name: App.of(ue.app, around.chance, around.named(name)) for name, ue in plan.ues.items()}
        return cls(around, plan, brief, secret, apps)

    def found(self, addresses: Mapping[str, object]) -> None:
        """Know where it listens."""
        for site in ("authorization", "token", "admin"):
            port = int(str(addresses[site]).rpartition(":")[2])
            self.brief[site] = self.brief[site] | {"port": port}
        self.issuer = self.plan.issuer.url or str(addresses["token"])
        self.tls = Tls(self.around.ground.authorities.read_bytes())
        self.admin = str(addresses["admin"])

    def operator(self) -> Operator:
        """Give the operator, who changes users and clients while it runs."""
        return Operator(self.around.reactor, self.admin, self.around.ground.operator_token)

    @property
    def urls(self) -> tuple[str, ...]:
        """Both sites, as clients ask for them; known once it has started."""
        return tuple(
            f"https://{self.brief[site]['host']}:{self.brief[site]['port']}" for site in ("authorization", "token")
        )

    def way_of(self, name: str, wallet: Wallet, proxy: str | None = None) -> Identity:
        """Give a phone's way to this server, perhaps by way of an HTTP proxy."""
        around = self.around
        registration = Registration(client_id(name), RETURN, self.plan.issuer.scope, proof=self.apps[name].proof)
        through: Any = Overheard(around.reactor, self.tls, around.named(name), around.wire)
        return Identity.build(
            around.reactor,
            around.clock,
            around.ids_of(name),
            tls=self.tls,
            issuer=self.issuer,
            registration=registration,
            wallet=wallet,
            observe=around.observer(name),
            through=through,
            proxy=proxy,
        )


class Idms(Program, Protocol):
    """The identity server of a domain."""

    place: Place

    async def rotate_keys(self) -> None:
        """Put a new key in the place of the one that signs; the old one stays published while its tokens live."""


class BuiltInIdms(BuiltIn[IdmsRunning]):
    """The identity server in this process."""

    def __init__(self, place: Place) -> None:
        super().__init__(self._begin)
        self.place = place

    @property
    def brief(self) -> Mapping[str, Any]:
        """What it is told, wherever it is started again."""
        return self.place.brief

    @property
    def now(self) -> IdmsRunning:
        """The server as it runs; Unmet if it does not."""
        if self.running is None:
            raise Unmet(Finding("an identity server", "it does not run"))
        return self.running

    async def rotate_keys(self) -> None:
        """Rotate at the lab's time."""
        keys = self.now.keys
        assert keys is not None
        keys.rotate(self.place.plan.issuer.algorithm, self.place.around.clock.seconds())

    async def _begin(self) -> IdmsRunning:
        around = self.place.around
        settings = IdmsSettings.model_validate(self.place.brief)
        running = await seal.idms.app.start(around.reactor, around.clock, settings, around.ids_of(IDMS), around.observe)
        self.place.found(running.addresses)
        try:
            await self._provision(running.store)
        except BaseException:  # nobody else knows of it yet
            await running.stop()
            raise
        return running

    async def _provision(self, store: Store) -> None:
        """Tell it of the lab's users, apps and partners."""
        for user in users(self.place.plan):
            entry = UserRequest.model_validate(user)
            await store.add_user(changed_user(entry, None, entry.password_hash))
        for client in clients(self.place):
            await store.add_client(changed_client(ClientRequest.model_validate(client), None))
        for partner in self.place.partners:
            await store.add_partner(changed_partner(PartnerEntry.model_validate(partner), None))


def client_id(name: str) -> str:
    """Give the client ID of a phone."""
    return f"{name}-phone"


def keys_in(brief: Mapping[str, Any]) -> Path:
    """Say where the server keeps its signing keys."""
    return Path(brief["tokens"]["keys"])


def users(plan: DomainPlan) -> list[dict[str, Any]]:
    """Give the users of the phones, as they are provisioned; a guest has no password."""
    return [
        {
            "user_id": guest_id(name) if ue.guest else name,
            "val_user_id": ue.val_user_id or (guest_id(name) if ue.guest else name),
            **({} if ue.guest else {"password_hash": _hashed(ue.password), "totp_secret": ue.totp_secret}),
            "val_service_ids": list(ue.val_service_ids),
        }
        for name, ue in plan.ues.items()
    ]


def clients(place: Place) -> list[dict[str, Any]]:
    """Give the phones as clients, as they are provisioned, and the VAL server, which may ask about tokens."""
    plan = place.plan
    phones = [
        {
            "client_id": client_id(name),
            "name": f"The phone of {name}",
            "redirect_uris": [RETURN],
            "scopes": plan.issuer.scope.split(),
            "access_lifetime": f"{plan.idms.access_lifetime:.3f}s",
            **place.apps[name].entry,
        }
        for name in plan.ues
    ]
    server = {"client_id": VALSERVER, "auth_method": "client_secret_basic", "secret": place.secret}
    return [*phones, server]


def kept_key(plan: DomainPlan) -> SigningKey | None:
    """Give the key that the server signs with where the lab names a folder for its keys and there is one in it."""
    folder = plan.idms.settings.get("tokens", {}).get("keys")
    if plan.idms.external is not None or folder is None:
        return None
    keys = KeyRing(Path(folder), (), 0.0, 0.0).signing()
    return next((key for key in keys if key.algorithm == plan.issuer.algorithm), None)


def _keep(key: SigningKey, folder: Path, made: int) -> None:
    """Put the domain's key where the server keeps its own; a folder that the lab names may have it already."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.glob(f"{key.algorithm}-*-{key.kid}.pem")):
        return
    path = folder / f"{key.algorithm}-{made}-{key.kid}.pem"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.pem())


@cache
def _hashed(password: str) -> str:
    """Hash a password of nobody's, as cheaply as can be: a hash says itself what it costs to check."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
