"""A lab as its file describes it: a domain, who issues tokens, a core, a VAL server, and UEs with their users.

Reading only; `harness.lab` starts what is described here. `like: home` takes over another lab of the same folder, and
what is written beside it comes on top.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

from attrs import evolve, frozen
from pydantic import Field

from harness.cast import CORE, HSS, ICSCF, PCSCF, SCSCF, UE, VALSERVER
from harness.scenario import Scenario
from valkit.settings import Document, Duration, Fault, Settings, SettingsError, YesNo, documents, validated

FOLDER = "labs"
SHIPPED = Path(__file__).parent.parent / "scenarios" / FOLDER
"""The labs that come with the project."""


class IssuerPlan(Settings):
    """Who signs access tokens. Its key is made anew for every scenario."""

    url: str
    """`iss` of its tokens."""
    audience: str = "val-server"
    """`aud` of its tokens, and what the VAL server asks for."""
    scope: str = "openid 3gpp:seal:val_service"
    """`scope` of its tokens."""
    algorithm: Literal["ES256", "RS256"] = "ES256"
    """What it signs with."""
    lifetime: Duration = 300.0
    """How long a token lasts if a scenario does not say."""


class CardPlan(Settings):
    """What a phone's card has that its HSS does not know of."""

    k: str | None = Field(None, repr=False)
    """Another K than the HSS has, 32 hexadecimal digits."""
    sqn: str | None = None
    """The highest sequence number that the card has used up, in hexadecimal."""


class UePlan(Settings):
    """A phone, its subscription, and its user."""

    impi: str
    """Private identity."""
    impus: tuple[str, ...] = Field(min_length=1)
    """Public identities; the phone registers the first if a scenario does not say."""
    k: str = Field(repr=False)
    """K, 32 hexadecimal digits."""
    opc: str = Field(repr=False)
    """OPc, 32 hexadecimal digits."""
    subscribed: YesNo = True
    """Whether the HSS knows it."""
    card: CardPlan = CardPlan()
    """What its card has otherwise."""
    val_user_id: str | None = None
    """Whom its tokens speak for if a scenario does not say; the phone's name if nobody does."""
    val_service_ids: tuple[str, ...] = ("dispatch",)
    """The VAL services of its tokens."""
    default_handling: Literal["SESSION_CONTINUED", "SESSION_TERMINATED"] = "SESSION_CONTINUED"
    """What the core does when the VAL server does not answer."""
    carrier: Literal["val-info", "mcptt-info"] = "val-info"
    """The document its tokens travel in."""
    publish_to: str | None = None
    """Request-URI of its PUBLISH; its own IMPU if nothing is said."""


class CorePlan(Settings):
    """The SIP core."""

    process: YesNo = False
    """Whether it runs in a process of its own."""
    settings: dict[str, Any] = {}
    """Further settings of the core, as its own file has them."""


class ValServerPlan(Settings):
    """The VAL server."""

    process: YesNo = False
    """Whether it runs in a process of its own, so that it can be killed."""
    store: Literal["memory", "sqlite"] = "memory"
    """Where it keeps bindings; sqlite survives a restart."""
    settings: dict[str, Any] = {}
    """Further settings of the server, as its own file has them."""


class LabPlan(Settings):
    """A whole lab."""

    about: str = ""
    """What is special about it."""
    domain: str
    """Home domain of core and subscribers."""
    issuer: IssuerPlan
    """Who signs the tokens."""
    core: CorePlan = CorePlan()
    """The SIP core: P-, I-, S-CSCF and HSS."""
    valserver: ValServerPlan = ValServerPlan()
    """The VAL server."""
    ues: dict[str, UePlan] = Field(min_length=1)
    """The phones, by the names that scenarios use."""

    @property
    def names(self) -> frozenset[str]:
        """Every name by which a scenario may speak of someone."""
        return frozenset({*self.ues, UE, CORE, PCSCF, ICSCF, SCSCF, HSS, VALSERVER})


def plan_for(scenario: Scenario, shown: str, chosen: Path | None = None) -> LabPlan:
    """Read the lab of a scenario, or the one chosen for the run, and check that it has whom the steps speak of."""
    path = chosen or _found(scenario, shown)
    plan = read_lab(path)
    faults = list(_strangers(scenario, plan, shown))
    if faults:
        raise SettingsError(faults)
    return plan


@frozen
class _Missing:
    """Where a name is looked for and what is asked of it."""

    field: str
    known: Iterable[str]


def _strangers(scenario: Scenario, plan: LabPlan, shown: str) -> Iterator[Fault]:
    for step in scenario.steps:
        for asked in (_Missing("ue", plan.ues), _Missing("source", plan.names), _Missing("target", plan.names)):
            name = getattr(step.told, asked.field, None)
            if name is not None and name not in asked.known:
                message = f"{name} is nobody of lab {scenario.lab} (expected one of: {', '.join(sorted(asked.known))})"
                yield Fault(shown, step.line, 1, (), message)


def _found(scenario: Scenario, shown: str) -> Path:
    """Look in the folders `labs` beside the scenario and above it, then among ours."""
    folders = [*(parent / FOLDER for parent in scenario.file.resolve().parents), SHIPPED]
    path = next((folder / f"{scenario.lab}.yaml" for folder in folders if (folder / f"{scenario.lab}.yaml").exists()), None)
    if path is None:
        raise SettingsError([Fault(shown, scenario.line, 1, ("lab",), f"there is no {FOLDER}/{scenario.lab}.yaml")])
    return path


@cache
def read_lab(path: Path) -> LabPlan:
    """Read a lab file; SettingsError with every fault, OSError if it cannot be read."""
    return validated(LabPlan, _whole(path))


def check(path: Path) -> None:
    """Read a lab file and what its programs would be told; SettingsError with every fault."""
    read_lab(path)


def _whole(path: Path) -> Document:
    """The document of a file, with the lab it is like beneath it."""
    first, *more = documents(path.read_text("utf-8"), str(path))
    if more:
        raise SettingsError([more[0].fault((), "begins a second document (expected only one)")])
    model = first.value.get("like") if isinstance(first.value, dict) else None
    if model is None:
        return first
    beneath = path.parent / f"{model}.yaml"
    if not beneath.exists():
        raise SettingsError([first.fault(("like",), f"there is no lab {model} in this folder")])
    own = {name: value for name, value in first.value.items() if name != "like"}
    return evolve(first, value=overlaid(_whole(beneath).value, own))


def overlaid(beneath: Any, above: Any) -> Any:
    """Put one value over another: mappings member by member, anything else in place of it."""
    if not (isinstance(beneath, dict) and isinstance(above, dict)):
        return above
    return {**beneath, **{name: overlaid(beneath.get(name), value) for name, value in above.items()}}
