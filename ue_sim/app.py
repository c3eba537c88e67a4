"""Switches a phone on: opens its socket, builds the parts and joins them. Nothing else builds them."""

from functools import partial
from typing import Any

from attrs import field, frozen
from twisted.internet.interfaces import IReactorTime

from ue_sim.engine_native import NativeEngine
from ue_sim.engine_pjsua2 import Pjsua2Engine
from ue_sim.engines import EngineName
from ue_sim.errors import NoCore
from ue_sim.pjsua.pool import Pool
from ue_sim.pjsua.process import Place
from ue_sim.procedures import sip_uri
from ue_sim.settings import UeSettings, UsimSettings
from ue_sim.ue import UE
from ue_sim.usim import Card, NoCard, Usim
from valkit.aka.password import Password
from valkit.aka.sequence import Window
from valkit.ids import Ids
from valkit.net.addresses import facing
from valkit.net.monitoring.hep import exporter
from valkit.net.service import Running
from valkit.net.sip import SipEndpoint, Tap
from valkit.net.taps import joined
from valkit.net.tracing import trace
from valkit.sip.grammar import Params, quote
from valkit.sip.headers import NameAddr
from valkit.sip.hop import PORTS, Hop
from valkit.sip.message import Request, Response
from valkit.trace import Observer, unobserved


@frozen
class RunningUe(Running):
    """A phone that is on; `ue` takes its user's orders."""

    ue: UE = field(kw_only=True)


async def start(  # noqa: PLR0917 - what every program's start is given
    reactor: object,
    clock: IReactorTime,
    settings: UeSettings,
    ids: Ids,
    observe: Observer = unobserved,
    tap: Tap | None = None,
    *,
    usim: Card | None = None,
    stacks: Pool | None = None,
) -> RunningUe:
    """Switch the phone on. Its registration is its user's business.

    With `usim` another card than that of the settings is put in. Phones with the engine pjsua2 share the processes of
    `stacks`; without it, this one has its own. What it sends on our own stack is of the trace in which it is switched
    on. Raises NoCore, or what listening raises.
    """
    core = _core(settings)
    parts: dict[str, Any] = {
        "impi": settings.impi,
        "domain": settings.home,
        "proxy": core,
        "card": usim or card(settings.usim),
        "now": clock.seconds,
        "ids": ids,
        "observe": observe,
        "more": tuple(settings.register_headers.items()),
        "security": settings.security.wanted(),
    }
    if settings.engine is EngineName.PJSUA2:
        return _on_pjsua2(reactor, settings, parts, stacks)

    def asked(request: Request, _: Hop) -> Response:
        return engine.asked(request)

    own = sockets(settings, core)
    copying = None if settings.hep is None else exporter(settings.hep, clock.seconds)
    tls = settings.tls.element(own, always="tls" in {core.transport, *settings.security.mechanisms})
    endpoint = SipEndpoint(reactor, clock, ids, asked, timers=settings.timing.timers, tls=tls, tap=joined(tap, copying))
    (address, *_) = await endpoint.listen(own) or (Hop(core.transport, facing("", core.host), PORTS[core.transport]),)
    where = contact(settings, address)

    async def closing() -> None:
        await endpoint.close()
        if copying is not None:
            copying.close()

    engine = NativeEngine(**parts, contact=where, send=endpoint.request, closing=closing, session=trace())
    return RunningUe({"sip": address}, engine.close, ue=UE(settings, engine))


def _on_pjsua2(reactor: object, settings: UeSettings, parts: dict[str, Any], stacks: Pool | None) -> RunningUe:
    """Switch a phone on whose SIP stack begins, and gets an address, when it is first used."""
    pool = stacks or Pool(reactor)
    engine = Pjsua2Engine(
        **parts,
        name=parts["ids"].call_id(),
        pool=pool,
        place=place(settings, parts["proxy"]),
        contact_at=partial(contact, settings),
    )

    async def stop() -> None:
        await engine.close()
        if stacks is None:
            await pool.close()

    return RunningUe({}, stop, ue=UE(settings, engine))


def place(settings: UeSettings, core: Hop) -> Place:
    """Say where a SIP stack in a process of its own is to listen, and how; raises UnusableCertificates."""
    timers = settings.timing.timers
    hops = sockets(settings, core) or [Hop(core.transport, facing("", core.host), 0)]
    trusted = str(settings.tls.trusted()) if core.transport == "tls" else ""
    return Place(tuple(hops), (timers.t1, timers.t2, timers.t4, timers.lifetime), trusted)


def _core(settings: UeSettings) -> Hop:
    if settings.core is None:
        raise NoCore("nobody said where the core is (expected core: udp:192.0.2.1:5060, or the like)")
    return settings.core


def card(settings: UsimSettings) -> Card:
    """Make the card that the settings describe, or what stands in its place."""
    functions = settings.functions
    if isinstance(functions, Password):
        return NoCard(functions, settings.known)
    window = Window.at(settings.sqn, settings.layout, delta=settings.delta, age_limit=settings.age_limit)
    return Usim(functions, window, settings.known, settings.mistaken)


def contact(settings: UeSettings, address: Hop) -> NameAddr:
    """Say where the phone is reached, and what it can do (TS 24.229 5.1.1.2.1).

    A feature tag's value stands in quotes, whatever it is (RFC 3840 9).
    """
    tags: dict[str, str | None] = {"+sip.instance": f"<{settings.instance_id}>", **settings.feature_tags}
    pairs = tuple((name, "" if value is None else quote(value)) for name, value in tags.items())
    return NameAddr("", sip_uri(address, settings.impi.partition("@")[0]), Params(pairs))


def sockets(settings: UeSettings, core: Hop) -> list[Hop]:
    """Say where to listen: as told, or at the address that faces the core; with UDP there is TCP (RFC 3261 18.2.1).

    Over TLS a phone without a certificate listens nowhere: what comes for it comes over its own connection.
    """
    if core.transport == "tls" and not settings.tls.shows:
        return []
    hop = settings.listen or Hop(core.transport, facing("", core.host), 0)
    return [hop, hop._replace(transport="tcp")] if hop.transport == "udp" else [hop]
