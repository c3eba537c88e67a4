"""The identity server of a lab, built in, and the way of each phone to it.

Its users are those of the phones, its clients the phones themselves. It signs with the lab's key, so that tokens which
a scenario mints are as good as its own.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from attrs import evolve

import seal.idms.app
from harness.briefs import idms_brief
from harness.errors import Finding, Unmet
from harness.labs import LabPlan
from harness.overhearing import Overheard
from harness.programs import BuiltIn, Surroundings
from seal.idms.app import IdmsRunning
from seal.idms.records import Client, User
from seal.idms.settings import IdmsSettings
from seal.idms.store import Store
from ue_sim.identity.request import Registration
from ue_sim.identity.signing_in import Identity
from ue_sim.wallet import Wallet
from valkit.net.tls import Tls
from valkit.tokens import SigningKey
from valkit.trace import Note

RETURN = "http://127.0.0.1/signed-in"
"""Where codes are sent: an address on the phone itself (RFC 8252 7.3). Nobody listens there; the phone looks at it."""


class BuiltInIdms(BuiltIn[IdmsRunning]):
    """The identity server in this process."""

    def __init__(self, around: Surroundings, plan: LabPlan, key: SigningKey) -> None:
        super().__init__(self._begin)
        self._around = around
        self._plan = plan
        self._brief = idms_brief(plan, around.folder)
        self.issuer = ""
        """`iss` of its tokens; known once it has started."""
        self.tls = Tls(b"")
        """Whom its clients trust; known once it has started."""
        _keep(key, Path(self._brief["tokens"]["keys"]), int(around.clock.seconds()))

    @property
    def now(self) -> IdmsRunning:
        """The server as it runs; Unmet if it does not."""
        if self.running is None:
            raise Unmet(Finding("an identity server", "it does not run"))
        return self.running

    async def _begin(self) -> IdmsRunning:
        """Start with the brief; at a restart it names the ports that were given out."""
        around = self._around
        settings = IdmsSettings.model_validate(self._brief)
        running = await seal.idms.app.start(around.reactor, around.clock, settings, around.ids, around.wire.note)
        for site in ("authorization", "token"):
            port = int(str(running.addresses[site]).rpartition(":")[2])
            self._brief[site] = self._brief[site] | {"port": port}
        self.issuer, self.tls = running.issuer, Tls(running.authorities)
        await _provision(running.store, self._plan)
        return running

    def way_of(self, name: str, wallet: Wallet) -> Identity:
        """Give a phone's way to this server."""
        around = self._around

        def observe(note: Note) -> None:
            around.wire.note(evolve(note, who=name))

        registration = Registration(client_id(name), RETURN, self._plan.issuer.scope)
        through: Any = Overheard(around.reactor, self.tls, name, around.wire)
        return Identity.build(
            around.reactor,
            around.clock,
            around.ids,
            tls=self.tls,
            issuer=self.issuer,
            registration=registration,
            wallet=wallet,
            observe=observe,
            through=through,
        )


def client_id(name: str) -> str:
    """Give the client ID of a phone."""
    return f"{name}-phone"


def _keep(key: SigningKey, folder: Path, made: int) -> None:
    """Put the lab's key where the server keeps its own."""
    folder.mkdir(mode=0o700)
    path = folder / f"{key.algorithm}-{made}-{key.kid}.pem"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.pem())


async def _provision(store: Store, plan: LabPlan) -> None:
    """Make the users and clients that the store does not have yet."""
    for name, ue in plan.ues.items():
        await store.add_user(
            User(
                user_id=name,
                val_user_id=ue.val_user_id or name,
                password_hash=_hashed(ue.password),
                totp_secret=ue.totp_secret,
                val_service_ids=ue.val_service_ids,
            )
        )
        await store.add_client(
            Client(
                client_id=client_id(name),
                name=f"The phone of {name}",
                redirect_uris=(RETURN,),
                scopes=tuple(plan.issuer.scope.split()),
                access_lifetime=plan.idms.access_lifetime,
            )
        )


@cache
def _hashed(password: str) -> str:
    """Hash a password of nobody's, as cheaply as can be: a hash says itself what it costs to check."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
