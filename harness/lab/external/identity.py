"""An identity server that is not ours: phones log in there, the VAL server believes it, and nobody provisions it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field

from harness.clients.operator import Operator
from harness.errors import EnvironmentFault, NotApplicable
from harness.lab.external.probing import issuer_is_there
from harness.lab.overhearing import Overheard
from harness.lab.programs import Surroundings
from harness.plans.elsewhere import ExternalIdms
from seal.idms.endpoints.metadata import OPENID
from ue_sim.identity.proof import NoProof, SecretInHeader
from ue_sim.identity.request import Registration
from ue_sim.identity.signing_in import Identity
from ue_sim.wallet import Wallet
from valkit.net.tls import Tls
from valkit.tokens import KeyUnusable, SigningKey

PROVISIONED_THERE = "the identity server is external, and val provisions nothing there"


@define
class OutsidePlace:
    """Where it is, and how a phone gets there."""

    around: Surroundings
    plan: ExternalIdms
    scope: str
    tls: Tls = field(repr=False)

    @property
    def issuer(self) -> str:
        """`iss` of its tokens."""
        return self.plan.issuer

    @property
    def urls(self) -> tuple[str, ...]:
        """What an HTTP proxy would have to know of it; a proxy of ours does not stand before it."""
        return ()

    @property
    def brief(self) -> Mapping[str, Any]:
        """Refuse: where its sites are, it says to whoever logs in."""
        raise NotApplicable("the identity server is external, and val knows no more of its sites than log-ins need")

    @property
    def admin(self) -> str:
        """Refuse, as `operator` does."""
        raise NotApplicable(PROVISIONED_THERE)

    def operator(self) -> Operator:
        """Refuse: its users and clients are its operator's business."""
        raise NotApplicable(PROVISIONED_THERE)

    def way_of(self, name: str, wallet: Wallet, proxy: str | None = None) -> Identity:
        """Give a phone's way to it; NotApplicable where nobody is there."""
        around, plan = self.around, self.plan
        if plan.probe == "no":
            raise NotApplicable(
                f"nobody can sign in: {plan.issuer} is but a name in this lab, since `probe: no` says that no identity "
                "server is there"
            )
        secret = None if plan.secret_file is None else content(plan.secret_file).decode().strip()
        proof = NoProof() if secret is None else SecretInHeader(secret)
        return Identity.build(
            around.reactor,
            around.clock,
            around.ids,
            tls=self.tls,
            issuer=plan.issuer,
            registration=Registration(plan.client_id, plan.redirect_uri, self.scope, proof=proof),
            wallet=wallet,
            observe=around.observer(name),
            through=Overheard(around.reactor, self.tls, around.named(name), around.wire),
            proxy=proxy,
        )


class OutsideIdms:
    """The server itself."""

    brief: Mapping[str, Any] = {}
    """Its settings are its operator's."""

    def __init__(self, plan: ExternalIdms, scope: str, around: Surroundings) -> None:
        tls = Tls(content(plan.authorities))
        try:
            tls.client("localhost")
        except ValueError as error:
            raise EnvironmentFault(f"{plan.authorities} names no authorities ({error})") from error
        self.place = OutsidePlace(around, plan, scope, tls)

    async def start(self) -> None:
        """Wait until it is there."""
        plan = self.place.plan
        if plan.probe == "discovery":
            await issuer_is_there(self.place.around.reactor, self.place.tls, plan.issuer.rstrip("/") + OPENID)

    async def stop(self) -> None:
        """Leave it alone."""

    async def kill(self) -> None:
        """Refuse."""
        raise NotApplicable("the identity server is external, and val does not kill it")

    async def rotate_keys(self) -> None:
        """Refuse."""
        raise NotApplicable("the identity server is external, and its keys are its own")


def signing_key(plan: ExternalIdms | None) -> SigningKey | None:
    """Give the key of an external issuer, if the lab has it; EnvironmentFault if it is of no use."""
    if plan is None or plan.signing_key is None:
        return None
    try:
        return SigningKey.from_text(content(plan.signing_key).decode())
    except (KeyUnusable, UnicodeDecodeError) as error:
        raise EnvironmentFault(f"{plan.signing_key} is no key to sign with: {error}") from error


def content(path: Path) -> bytes:
    """Give the bytes of a file that the lab names; EnvironmentFault if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise EnvironmentFault(f"{path} cannot be read: {error.strerror} (the lab's file names it)") from error
