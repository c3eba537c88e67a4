"""Proofreads a lab's plan: what each program would be told is held against that program's own settings.

So a slip in a lab's file is told at its line before anything is started, in the words of the program that it is about.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.plans.addresses import Hosts
from harness.plans.bridges import SITES, Bridge
from harness.plans.briefs import (
    Ground,
    cms_brief,
    core_brief,
    gateway_brief,
    gms_brief,
    idms_brief,
    kms_brief,
    partner_brief,
    proxy_brief,
    ue_brief,
    valserver_brief,
)
from harness.plans.lab import KEYS, DomainPlan, LabPlan, laid
from harness.seen.cast import CMS, GATEWAY, GMS, HOME, KMS, PROXY, VALSERVER
from seal.cms.settings import CmsSettings
from seal.gms.settings import GmsSettings
from seal.idms.provisioning.partners import PartnerEntry
from seal.idms.settings import IdmsSettings
from seal.kms.settings import KmsSettings
from seal.proxy.settings import ProxySettings
from sipcore_stub.settings import CoreSettings
from ue_sim.engines import EngineName
from ue_sim.settings import UeSettings
from valkit.settings import Document, Fault, Settings, SettingsError, validated
from valkit.settings import Path as Where
from valkit.sip.hop import Hop
from valserver.gateway.settings import GatewaySettings
from valserver.settings import ServerSettings


def check(plan: LabPlan, document: Document, at: Where = ()) -> None:
    """Hold what the programs would be told against their own settings; SettingsError in the document, at this place."""
    faults: list[Fault] = []
    grounds = _grounds(plan)
    for domain, part in plan.domains.items():
        ground = grounds[domain]
        where = at if domain == HOME else (*at, domain)
        faults += _out_of_reach(part, document, where)
        for place, model, brief in _told(part, ground, plan.engine):
            here = (*where, *place)
            origins = {there: (*where, *origin) for there, origin in _origins(part, place)}
            try:
                validated(model, laid(document, here, brief), here, origins)
            except SettingsError as error:
                faults += error.faults
    if faults:
        raise SettingsError(dict.fromkeys(faults))


def _out_of_reach(plan: DomainPlan, document: Document, where: Where) -> Iterator[Fault]:
    """Tell of a VAL server that is spoken to over UDP, by a core of ours that has none."""
    outside = plan.valserver.external
    if outside is None or plan.core.external is not None or "udp" in plan.transports:
        return
    if outside.address.transport == "udp":
        message = f"leaves out udp, over which the external VAL server is spoken to ({outside.address})"
        yield document.fault((*where, "transports"), message)


def _grounds(plan: LabPlan) -> dict[str, Ground]:
    """Make up where each domain is: places that settings take, where nothing listens."""
    port, hosts = 1, {domain: Hosts(domain=domain) for domain in plan.domains}
    bridges = {
        domain: Bridge(part.domain, *((hosts[domain].of(site), port) for site in SITES))
        for domain, part in plan.domains.items()
        if part.gateway is not None
    }
    grounds = {}
    for domain in plan.domains:
        beyond = next((bridge for other, bridge in bridges.items() if other != domain), None)
        grounds[domain] = Ground(hosts[domain], Path(), Path(), bridges.get(domain), beyond)
    return grounds


def _origins(plan: DomainPlan, place: Where) -> Iterator[tuple[Where, Where]]:
    """Say of parts of the brief at this place where in the plan they come from: of subscribers, and of phones."""
    match place:
        case ("core", "settings"):
            subscribed = [name for name, ue in plan.ues.items() if ue.subscribed]
            for at, name in enumerate(subscribed):
                yield from _of_subscriber(("subscribers", at), ("ues", name))
        case ("ues", name, "settings"):
            phone: Where = ("ues", name)
            yield ("impi",), (*phone, "impi")
            yield ("impu",), (*phone, "impus", 0)
            yield ("publish", "to"), (*phone, "publish_to")
            yield ("usim",), phone
            yield from ((("usim", key), (*phone, key)) for key in KEYS)
            yield from ((("usim", key), (*phone, "card", key)) for key in plan.ues[str(name)].card.own)


def _of_subscriber(there: Where, phone: Where) -> Iterator[tuple[Where, Where]]:
    yield there, phone
    yield (*there, "password"), (*phone, "sip_password")
    yield (*there, "filter_criteria", 0), (*phone, "criterion")


def _told(plan: DomainPlan, ground: Ground, engine: EngineName) -> list[tuple[Where, type[Settings], dict[str, Any]]]:
    """Give the brief of every program of a domain, with its place in the plan and its model."""
    sip = Hop("udp", ground.hosts.of(VALSERVER), 5070)
    proxies = [] if plan.proxy is None else [proxy_brief(plan, ["https://idms"], ground)]
    key_servers = [] if plan.kms is None else [kms_brief(plan, plan.kms, "https://issuer", ground)]
    profiles = [] if plan.cms is None else [cms_brief(plan, plan.cms, "https://issuer", ground)]
    groups = [] if plan.gms is None else [gms_brief(plan, plan.gms, "https://issuer", ground, "https://kms")]
    gateways = []
    if plan.gateway is not None and ground.bridge is not None and ground.beyond is not None:
        gateways = [gateway_brief(plan.gateway, ground.bridge, ground.beyond, ground)]
    return [
        (("valserver", "settings"), ServerSettings, valserver_brief(plan, "https://issuer", ground)),
        (("idms", "settings"), IdmsSettings, idms_brief(plan, ground)),
        (("idms", "agreement"), PartnerEntry, partner_brief(plan, "https://issuer", "")),
        *(((PROXY, "settings"), ProxySettings, brief) for brief in proxies),
        *(((KMS, "settings"), KmsSettings, brief) for brief in key_servers),
        *(((CMS, "settings"), CmsSettings, brief) for brief in profiles),
        *(((GMS, "settings"), GmsSettings, brief) for brief in groups),
        *(((GATEWAY, "settings"), GatewaySettings, brief) for brief in gateways),
        (("core", "settings"), CoreSettings, core_brief(plan, sip, ground)),
        *((("ues", name, "settings"), UeSettings, ue_brief(name, plan, ground, sip, engine)) for name in plan.ues),
    ]
