"""What each program of a lab is told: its settings, made from the lab's plan and the addresses given out.

Values only; a program in a process of its own is told the same in a file.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from harness.plans.addresses import (
    AUTHORIZATION,
    CMS_ADMIN,
    GMS_ADMIN,
    IDMS_ADMIN,
    KMS_ADMIN,
    TOKEN,
    VALSERVER_ADMIN,
    Hosts,
)
from harness.plans.bridges import Bridge
from harness.plans.lab import DomainPlan, GatewayPlan, KmsPlan, ManagementPlan, UePlan, overlaid
from harness.seen.cast import CMS, GMS, ICSCF, KMS, PCSCF, PROXY, SCSCF, VALSERVER
from seal.idms.endpoints.metadata import INTROSPECT, OPENID
from ue_sim.engines import EngineName
from ue_sim.settings import UeSettings
from valkit.net.ca import CERTIFICATE
from valkit.sip.hop import Hop


@frozen
class Ground:
    """Where one domain of a lab is: its addresses, the folder of its files, and who vouches for its servers."""

    hosts: Hosts
    folder: Path
    authority: Path
    """Folder of the lab's authority, which is one for all its domains."""

    bridge: Bridge | None = None
    """This domain's side of where it meets the other one."""
    beyond: Bridge | None = None
    """The other's."""

    @property
    def authorities(self) -> Path:
        """The file with whom clients of this lab trust; the first server that needs it makes it."""
        return self.authority / CERTIFICATE

    @property
    def certified(self) -> dict[str, Any]:
        """Who vouches for the servers, as their settings have it."""
        return {"authority": str(self.authority)}

    @property
    def operator_token(self) -> Path:
        """The file with the bearer token of the identity server's operator; the server makes it."""
        return self.folder / "operator.token"

    @property
    def token_of_gms(self) -> Path:
        """The file with the access token that the group management server shows to the key management server."""
        return self.folder / "gms-kms.token"

    @property
    def kms_operator_token(self) -> Path:
        """The file with the bearer token of the key management server's operator; the server makes it."""
        return self.folder / "kms-operator.token"

    @property
    def secret_of_valserver(self) -> Path:
        """The file with the VAL server's secret at the identity server."""
        return self.folder / "val-server.secret"


NEVER = "1000d"
"""For what is done every few seconds and would only hold up a clock that moves by days."""


def listening(plan: DomainPlan, host: str, port: int = 0) -> list[str]:
    """Give the addresses of a part on this host; port 0 is a free one."""
    return [f"{transport}:{host}:{port}" for transport in plan.transports]


def idms_brief(plan: DomainPlan, ground: Ground) -> dict[str, Any]:
    """Tell the identity server where it listens, and where its keys, certificates and grants are."""
    algorithm = plan.issuer.algorithm
    own: dict[str, Any] = {
        "authorization": {"host": ground.hosts.of(AUTHORIZATION), "port": 0},
        "token": {"host": ground.hosts.of(TOKEN), "port": 0},
        "tls": ground.certified,
        "tokens": {
            "audience": plan.issuer.audience,
            "access_algorithm": algorithm,
            "id_algorithm": algorithm,
            "keys": str(ground.folder / "keys"),
            "check_keys_every": "100ms" if plan.idms.process else NEVER,
        },
        "admin": {
            "host": ground.hosts.of(IDMS_ADMIN),
            "port": 0,
            "requesters": [{"name": "operator", "token_file": str(ground.operator_token), "operator": True}],
        },
        "store": "memory" if plan.idms.store == "memory" else f"sqlite:///{ground.folder / 'idms.sqlite'}",
        "forget_every": NEVER,
        **({} if plan.issuer.url is None else {"issuer": plan.issuer.url}),
    }
    told: dict[str, Any] = overlaid(own, plan.idms.settings)
    return told


def partner_brief(plan: DomainPlan, issuer: str, keys: str) -> dict[str, Any]:
    """Tell the identity server of the other domain: whose keys to believe, and who its users are here."""
    guests = {name: guest_id(name) for name, ue in plan.ues.items() if ue.guest}
    told: dict[str, Any] = overlaid({"issuer": issuer, "keys": keys, "guests": guests}, plan.idms.agreement)
    return told


def guest_id(name: str) -> str:
    """Give the user ID that a guest has here, which is not the one at home."""
    return f"guest-{name}"


def valserver_brief(plan: DomainPlan, issuer: str, ground: Ground) -> dict[str, Any]:
    """Tell the VAL server whose tokens it believes and where it asks for their keys, and where it keeps bindings."""
    outside, core = plan.idms.external, plan.core.external
    peers = [ground.hosts.of(SCSCF)] if core is None else core.hosts
    tokens: dict[str, Any] = {
        "issuer": issuer,
        "discovery_url": f"{issuer}{OPENID}",
        "authorities": str(ground.authorities if outside is None else outside.authorities),
        "fetch_keys_every": NEVER,
        "audience": plan.issuer.audience,
        **({"introspection": _introspection(issuer, ground)} if plan.valserver.introspection else {}),
    }
    own: dict[str, Any] = {
        "listen": listening(plan, ground.hosts.of(VALSERVER)),
        "tls": ground.certified,
        "trusted_peers": list(peers),
        "bindings": {"store": plan.valserver.store, "path": str(ground.folder / "bindings.sqlite")},
        "admin": {"host": ground.hosts.of(VALSERVER_ADMIN), "port": 0},
    }
    if plan.gateway is not None and ground.bridge is not None and ground.beyond is not None:
        own["migration"] = _migration(plan, plan.gateway, ground.bridge, ground.beyond)
    told: dict[str, Any] = overlaid(own, plan.valserver.settings)
    services = told.get("services")
    if isinstance(services, list):  # each believes the lab's issuer, but for what it says itself
        return {**told, "services": [overlaid({"tokens": tokens}, service) for service in services]}
    return {**told, "tokens": overlaid(tokens, told.get("tokens", {}))}


def _migration(plan: DomainPlan, gateway: GatewayPlan, bridge: Bridge, beyond: Bridge) -> dict[str, Any]:
    """Tell the VAL server who may migrate, and who its guests are at home."""
    return {
        "domain": bridge.domain,
        "gateway": _https(bridge.inner),
        "gateway_names": [bridge.inner[0]],
        "host": bridge.server[0],
        "port": bridge.server[1],
        "path": None,
        "partners": [
            {
                "domain": beyond.domain,
                "users": sorted(gateway.users),
                "registered": gateway.registered,
                "service_at_home": gateway.service_at_home,
                "guests": {ue.val_user_id or name: name for name, ue in plan.ues.items() if ue.guest},
            }
        ],
    }


def gateway_brief(gateway: GatewayPlan, bridge: Bridge, beyond: Bridge, ground: Ground) -> dict[str, Any]:
    """Tell the gateway its two sides, its own VAL server, and the other domain's gateway."""
    own: dict[str, Any] = {
        "domain": bridge.domain,
        "inner": {"host": bridge.inner[0], "port": bridge.inner[1]},
        "outer": {"host": bridge.outer[0], "port": bridge.outer[1]},
        "tls": ground.certified,
        "server": {"url": _https(bridge.server), "names": [bridge.server[0]]},
        "partners": [{"domain": beyond.domain, "url": _https(beyond.outer), "names": [beyond.outer[0]]}],
    }
    told: dict[str, Any] = overlaid(own, gateway.settings)
    return told


def _https(at: tuple[str, int]) -> str:
    return f"https://{at[0]}:{at[1]}"


def proxy_brief(plan: DomainPlan, servers: Iterable[str], ground: Ground) -> dict[str, Any]:
    """Tell the HTTP proxy which servers are behind it: each is asked for at the address that it has."""
    own: dict[str, Any] = {
        "host": ground.hosts.of(PROXY),
        "port": 0,
        "name": f"proxy.{plan.domain}",
        "tls": ground.certified,
        "servers": [{"hosts": [urlsplit(url).netloc], "to": url} for url in servers],
    }
    told: dict[str, Any] = overlaid(own, {} if plan.proxy is None else plan.proxy.settings)
    return told


def _introspection(issuer: str, ground: Ground) -> dict[str, Any]:
    secret = str(ground.secret_of_valserver)
    return {"url": f"{issuer}{INTROSPECT}", "client_id": VALSERVER, "client_secret": secret}


def kms_brief(plan: DomainPlan, kms: KmsPlan, issuer: str, ground: Ground) -> dict[str, Any]:
    """Tell the key management server where it listens, whose tokens it believes, and where its secrets are."""
    own: dict[str, Any] = {
        "listen": {"host": ground.hosts.of(KMS), "port": 0},
        "tls": ground.certified,
        "kms_uri": f"kms.{plan.domain}",
        "access": {"tokens": _believed(plan, issuer, ground)},
        "vault": {"folder": str(ground.folder / "kms"), "key_file": str(ground.folder / "kms.key")},
        "admin": {
            "host": ground.hosts.of(KMS_ADMIN),
            "port": 0,
            "requesters": [{"name": "operator", "token_file": str(ground.kms_operator_token), "operator": True}],
        },
    }
    told: dict[str, Any] = overlaid(own, kms.settings)
    return told


def cms_brief(plan: DomainPlan, cms: ManagementPlan, issuer: str, ground: Ground) -> dict[str, Any]:
    """Tell the configuration management server where it listens, whose tokens it believes, and where documents are."""
    told: dict[str, Any] = overlaid(_management(CMS, CMS_ADMIN, plan, cms, issuer, ground), cms.settings)
    return told


def gms_brief(plan: DomainPlan, gms: ManagementPlan, issuer: str, ground: Ground, kms: str | None) -> dict[str, Any]:
    """Tell the group management server the same, and where the keys of groups are, if there is such a server."""
    keys = {} if kms is None else {"kms": {"url": kms, "token_file": str(ground.token_of_gms)}}
    told: dict[str, Any] = overlaid(_management(GMS, GMS_ADMIN, plan, gms, issuer, ground) | keys, gms.settings)
    return told


def _management(  # noqa: PLR0917 - all that such a server has to be told
    kind: str, admin: str, plan: DomainPlan, server: ManagementPlan, issuer: str, ground: Ground
) -> dict[str, Any]:
    operator = {"name": "operator", "token_file": str(ground.folder / f"{kind}-operator.token"), "operator": True}
    return {
        "listen": {"host": ground.hosts.of(kind), "port": 0},
        "tls": ground.certified,
        "access": {"tokens": _believed(plan, issuer, ground)},
        "store": "memory" if server.store == "memory" else f"sqlite:///{ground.folder / f'{kind}.sqlite'}",
        "admin": {"host": ground.hosts.of(admin), "port": 0, "requesters": [operator]},
        "forget_every": NEVER,
    }


def _believed(plan: DomainPlan, issuer: str, ground: Ground) -> dict[str, Any]:
    """Say whose tokens a SEAL server believes, and where it asks for their keys."""
    return {
        "issuer": issuer,
        "discovery_url": f"{issuer}{OPENID}",
        "authorities": str(ground.authorities),
        "fetch_keys_every": NEVER,
        "audience": plan.issuer.audience,
    }


def core_brief(plan: DomainPlan, valserver: Hop, ground: Ground) -> dict[str, Any]:
    """Tell the core its subscribers, and that REGISTER and PUBLISH lead to the VAL server."""
    own: dict[str, Any] = {
        "domain": plan.domain,
        "tls": ground.certified,
        "subscribers": [_subscriber(ue, valserver) for ue in plan.ues.values() if ue.subscribed],
        "service_identities": [{"psi": psi, "server_name": _uri(valserver)} for psi in plan.core.services],
        **{part: {"listen": listening(plan, ground.hosts.of(part))} for part in (PCSCF, ICSCF, SCSCF)},
    }
    told: dict[str, Any] = overlaid(own, plan.core.settings)
    return told


def _uri(server: Hop) -> str:
    transport = "" if server.transport == "udp" else f";transport={server.transport}"
    return f"sip:{server.host}:{server.port}{transport}"


def _subscriber(ue: UePlan, valserver: Hop) -> dict[str, Any]:
    server = _uri(valserver)
    counters = {name: value for name, value in (("sqn", ue.sqn), ("amf", ue.amf)) if value is not None}
    card = {"impi": ue.impi, **ue.keys, **counters}
    if ue.user_data is not None:
        return card | {"user_data": ue.user_data.replace("${valserver}", server)}
    common = {"server_name": server, "default_handling": ue.default_handling}
    register = {"method": "REGISTER", "priority": 0, **common, **ue.criterion}
    publish = {"method": "PUBLISH", "priority": 1, **common}
    impus = [{"impu": impu, "barred": "yes" if impu in ue.barred else "no"} for impu in ue.impus]
    sets = {"impus": impus, "more_sets": [list(one) for one in ue.more_sets]}
    return card | sets | {"filter_criteria": [register, publish]}


def listening_hosts(plan: DomainPlan, hosts: Hosts) -> tuple[str, ...]:
    """Say at which addresses the VAL server is: where its settings say, or where the lab has it."""
    listens = plan.valserver.settings.get("listen")
    try:
        told = [Hop.parse(str(hop)).host for hop in listens] if isinstance(listens, list) else []
    except ValueError:  # told where settings are checked
        told = []
    return tuple(dict.fromkeys(told)) or (hosts.of(VALSERVER),)


def phone_host(name: str, plan: DomainPlan, hosts: Hosts) -> str:
    """Say at which address a phone is: where it says itself, or where the lab has it."""
    ue = plan.ues[name]
    if ue.external is not None:
        return ue.external.host
    listens = ue.settings.get("listen")
    try:
        return hosts.phone(list(plan.ues).index(name)) if listens is None else Hop.parse(str(listens)).host
    except ValueError:  # told where settings are checked
        return hosts.phone(list(plan.ues).index(name))


def ue_settings(  # noqa: PLR0917 - all that a phone has to be told
    name: str, plan: DomainPlan, ground: Ground, pcscf: Hop, engine: EngineName, tls_port: int | None = None
) -> UeSettings:
    """Tell a phone who it is, what its card holds, and where the core is."""
    return UeSettings.model_validate(ue_brief(name, plan, ground, pcscf, engine, tls_port))


def ue_brief(  # noqa: PLR0917 - as above
    name: str, plan: DomainPlan, ground: Ground, pcscf: Hop, engine: EngineName, tls_port: int | None = None
) -> dict[str, Any]:
    """Give the same as a file would have it."""
    ue = plan.ues[name]
    host = phone_host(name, plan, ground.hosts)
    own: dict[str, Any] = {
        "impi": ue.impi,
        "impu": ue.impus[0],
        "usim": {**ue.keys, **ue.card.own},
        "core": str(pcscf),
        "listen": f"{pcscf.transport}:{host}:0",
        "tls": ground.certified,
        "client": f"{name}-phone",
        "carrier": ue.carrier,
        "engine": engine,
        "publish": {"to": ue.publish_to} if ue.publish_to else {},
        **({"security": {"tls_port": tls_port}} if tls_port else {}),
    }
    told: dict[str, Any] = overlaid(own, ue.settings)
    return told
