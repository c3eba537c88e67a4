"""A stage without a lab: what happened is given, and nothing more happens."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from harness.clients.observing import BindingSeen
from harness.forgery import Workshop
from harness.lab.wire import Wire
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.stage import Stage
from tests.harness.scenes import CAST, HOSTS
from ue_sim.engine import Answer, Conduct
from ue_sim.wallet import Wallet
from valkit.ids import SeededIds
from valkit.sip import Hop, Response
from valkit.tokens import SigningKey
from valkit.trace import Event

NOW = 1_800_000_000.0


class Still:
    """Patience in a place where nothing happens."""

    def __init__(self) -> None:
        self.skipping = False
        self.one_clock = True
        self.advanced = 0.0

    async def more(self) -> bool:
        """Say that nothing is to be expected."""
        return False

    async def quiet(self) -> None:
        """Be quiet already."""

    async def during(self, work: Any) -> Any:
        """Do it."""
        return await work

    async def advance(self, seconds: float) -> None:
        """Remember how far."""
        self.advanced += seconds


class Phone:
    """Does what it is told without a network, and remembers it."""

    def __init__(self, response: Response) -> None:
        self.wallet = Wallet()
        self.answer = Answer(response)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, verb: str) -> Any:
        async def call(**told: Any) -> Answer:
            self.calls.append((verb, told))
            return self.answer

        return call

    @property
    def conduct(self) -> Conduct:
        """How it was told to behave last."""
        conduct = self.calls[-1][1]["conduct"]
        assert isinstance(conduct, Conduct)
        return conduct


class Program:
    """A program that remembers what was done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def __getattr__(self, verb: str) -> Any:
        async def do() -> None:
            self.done.append(verb)

        return do


class ValServer(Program):
    """A VAL server with these bindings."""

    def __init__(self, found: Iterable[BindingSeen]) -> None:
        super().__init__()
        self.found = tuple(found)

    async def bindings(self) -> tuple[BindingSeen, ...]:
        """Give them."""
        return self.found


def stage(*events: Event, bindings: Iterable[BindingSeen] = (), flag: str = "", phone: Phone | None = None) -> Stage:
    """Make a stage on which these events have happened since the last act."""
    wire = Wire(CAST, frozenset(HOSTS.values()), lambda: NOW)
    wire.trace.events.extend(events)
    valserver = ValServer(bindings)
    lab: Any = SimpleNamespace(
        plan=read_lab(SHIPPED / "home.yaml")[0],
        cast=CAST,
        wire=wire,
        patience=Still(),
        clock=SimpleNamespace(seconds=lambda: NOW),
        ids=SeededIds("stage"),
        idms=SimpleNamespace(place=SimpleNamespace(issuer="https://idms.home.example")),
        workshop=Workshop(SigningKey.generate(), SigningKey.generate()),
        valserver=valserver,
        core=SimpleNamespace(flag=lambda _: flag),
        programs={"valserver": valserver, "core": Program()},
        ues={"alice": phone} if phone else {},
        address=lambda part: Hop("udp", HOSTS[part], 5060),
    )
    lab.domain_of = lambda _: lab
    lab.domains = {"": lab}
    return Stage(lab)
