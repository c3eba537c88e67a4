"""A phone's identity towards the small provider."""

from http.cookiejar import CookieJar
from typing import Any

from attrs import define, evolve, field
from twisted.internet.task import Clock

from tests.ue_sim.identity.op import AUTHORITY, Op, reactor
from tests.ue_sim.identity.saying import APP, now
from ue_sim.identity.form import Answers
from ue_sim.identity.proof import NoProof, Proof
from ue_sim.identity.signing_in import Identity
from ue_sim.wallet import Wallet
from valkit.ids import SystemIds
from valkit.net.https import HttpsClient
from valkit.net.web import WebPort
from valkit.trace import Note

ALICE = Answers("alice", "right")


def browser() -> HttpsClient:
    """Make one that has not been anywhere."""
    return HttpsClient(reactor, AUTHORITY.trusting(), cookies=CookieJar())


@define
class Phone:
    """What a test of it holds."""

    op: Op
    port: WebPort
    identity: Identity
    clock: Clock
    wallet: Wallet
    notes: list[Note] = field(factory=list)

    @property
    def told(self) -> list[str]:
        """What the phone noted."""
        return [note.what for note in self.notes]

    async def close(self) -> None:
        """Stop both."""
        self.identity.stop()
        assert self.clock.getDelayedCalls() == []
        await self.port.close()


async def phone(proof: Proof | None = None, **conduct: Any) -> Phone:
    """Start a provider that behaves so, and a phone that is to sign in there; its time passes when the test says so."""
    op = Op(**conduct)
    port = await op.start()
    clock, wallet, notes = Clock(), Wallet(), list[Note]()
    clock.advance(now())
    registration = evolve(APP, proof=proof or NoProof())
    identity = Identity.build(
        reactor,
        clock,
        SystemIds(),
        tls=AUTHORITY.trusting(),
        issuer=port.url,
        registration=registration,
        wallet=wallet,
        observe=notes.append,
    )
    return Phone(op, port, identity, clock, wallet, notes)
