"""What each program of a lab is told: its settings, made from the lab's plan and the addresses given out.

Values only; a program in a process of its own is told the same in a file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.cast import ICSCF, PCSCF, SCSCF, VALSERVER
from harness.labs import LabPlan, UePlan, laid, overlaid
from seal.idms.metadata import INTROSPECT, OPENID
from seal.idms.settings import IdmsSettings
from sipcore_stub.settings import CoreSettings
from ue_sim.settings import UeSettings
from valkit.net.ca import CERTIFICATE
from valkit.settings import Document, Fault, Settings, SettingsError, validated
from valkit.settings import Path as Where
from valkit.sip.hop import Hop
from valserver.settings import ServerSettings

HOSTS: Mapping[str, str] = {PCSCF: "127.0.0.21", ICSCF: "127.0.0.22", SCSCF: "127.0.0.23", VALSERVER: "127.0.0.31"}
"""Where each part is; ports are whatever is free."""

ADMIN = "127.0.0.32"
"""Where the VAL server's admin site is."""

IDMS_HOSTS = ("127.0.0.2", "127.0.0.3")
"""Where the identity server's authorization endpoint is, and where its token endpoint (clause 5.X.2.2)."""

IDMS_ADMIN = "127.0.0.4"
"""Where the identity server's admin API is."""

NEVER = "1000d"
"""For what is done every few seconds and would only hold up a clock that moves by days."""


def listening(plan: LabPlan, host: str, port: int = 0) -> list[str]:
    """Give the addresses of a part on this host; port 0 is a free one."""
    return [f"{transport}:{host}:{port}" for transport in plan.transports]


def authorities(folder: Path) -> Path:
    """Give the file with whom clients of this lab trust; the identity server makes it."""
    return folder / "ca" / CERTIFICATE


def certified(folder: Path) -> dict[str, Any]:
    """Give who vouches for the parts of a lab."""
    return {"authority": str(authorities(folder).parent)}


def operator_token(folder: Path) -> Path:
    """Give the file with the bearer token of the identity server's operator; the server makes it."""
    return folder / "operator.token"


def secret_of_valserver(folder: Path) -> Path:
    """Give the file with the VAL server's secret at the identity server."""
    return folder / "val-server.secret"


def idms_brief(plan: LabPlan, folder: Path) -> dict[str, Any]:
    """Tell the identity server where it listens, and where its keys, certificates and grants are."""
    algorithm = plan.issuer.algorithm
    own: dict[str, Any] = {
        "authorization": {"host": IDMS_HOSTS[0], "port": 0},
        "token": {"host": IDMS_HOSTS[1], "port": 0},
        "tls": certified(folder),
        "tokens": {
            "audience": plan.issuer.audience,
            "access_algorithm": algorithm,
            "id_algorithm": algorithm,
            "keys": str(folder / "keys"),
            "check_keys_every": "100ms" if plan.idms.process else NEVER,
        },
        "admin": {
            "host": IDMS_ADMIN,
            "port": 0,
            "requesters": [{"name": "operator", "token_file": str(operator_token(folder)), "operator": True}],
        },
        "store": "memory" if plan.idms.store == "memory" else f"sqlite:///{folder / 'idms.sqlite'}",
        "forget_every": NEVER,
        **({} if plan.issuer.url is None else {"issuer": plan.issuer.url}),
    }
    told: dict[str, Any] = overlaid(own, plan.idms.settings)
    return told


def valserver_brief(plan: LabPlan, issuer: str, folder: Path) -> dict[str, Any]:
    """Tell the VAL server whose tokens it believes and where it asks for their keys, and where it keeps bindings."""
    tokens: dict[str, Any] = {
        "issuer": issuer,
        "discovery_url": f"{issuer}{OPENID}",
        "authorities": str(authorities(folder)),
        "fetch_keys_every": NEVER,
        "audience": plan.issuer.audience,
        **({"introspection": _introspection(issuer, folder)} if plan.valserver.introspection else {}),
    }
    own: dict[str, Any] = {
        "listen": listening(plan, HOSTS[VALSERVER]),
        "tls": certified(folder),
        "trusted_peers": [f"{HOSTS[SCSCF]}/32"],
        "bindings": {"store": plan.valserver.store, "path": str(folder / "bindings.sqlite")},
        "admin": {"host": ADMIN, "port": 0},
    }
    told: dict[str, Any] = overlaid(own, plan.valserver.settings)
    services = told.get("services")
    if isinstance(services, list):  # each believes the lab's issuer, but for what it says itself
        return {**told, "services": [overlaid({"tokens": tokens}, service) for service in services]}
    return {**told, "tokens": overlaid(tokens, told.get("tokens", {}))}


def _introspection(issuer: str, folder: Path) -> dict[str, Any]:
    secret = str(secret_of_valserver(folder))
    return {"url": f"{issuer}{INTROSPECT}", "client_id": VALSERVER, "client_secret": secret}


def core_brief(plan: LabPlan, valserver: Hop, folder: Path) -> dict[str, Any]:
    """Tell the core its subscribers, and that REGISTER and PUBLISH lead to the VAL server."""
    own: dict[str, Any] = {
        "domain": plan.domain,
        "tls": certified(folder),
        "subscribers": [_subscriber(ue, valserver) for ue in plan.ues.values() if ue.subscribed],
        "service_identities": [{"psi": psi, "server_name": _uri(valserver)} for psi in plan.core.services],
        **{part: {"listen": listening(plan, HOSTS[part])} for part in (PCSCF, ICSCF, SCSCF)},
    }
    told: dict[str, Any] = overlaid(own, plan.core.settings)
    return told


def _uri(server: Hop) -> str:
    transport = "" if server.transport == "udp" else f";transport={server.transport}"
    return f"sip:{server.host}:{server.port}{transport}"


def _subscriber(ue: UePlan, valserver: Hop) -> dict[str, Any]:
    server = _uri(valserver)
    card = {"impi": ue.impi, **ue.keys, **({} if ue.sqn is None else {"sqn": ue.sqn})}
    if ue.user_data is not None:
        return card | {"user_data": ue.user_data.replace("${valserver}", server)}
    common = {"server_name": server, "default_handling": ue.default_handling}
    register = {"method": "REGISTER", "priority": 0, **common, **ue.criterion}
    publish = {"method": "PUBLISH", "priority": 1, **common}
    impus = [{"impu": impu, "barred": "yes" if impu in ue.barred else "no"} for impu in ue.impus]
    sets = {"impus": impus, "more_sets": [list(one) for one in ue.more_sets]}
    return card | sets | {"filter_criteria": [register, publish]}


def ue_settings(  # noqa: PLR0917 - all that a phone has to be told
    name: str, plan: LabPlan, host: str, pcscf: Hop, folder: Path, tls_port: int | None = None
) -> UeSettings:
    """Tell a phone who it is, what its card holds, and where the core is."""
    return UeSettings.model_validate(ue_brief(name, plan, host, pcscf, folder, tls_port))


def ue_brief(  # noqa: PLR0917 - as above
    name: str, plan: LabPlan, host: str, pcscf: Hop, folder: Path, tls_port: int | None = None
) -> dict[str, Any]:
    """Give the same as a file would have it."""
    ue = plan.ues[name]
    own: dict[str, Any] = {
        "impi": ue.impi,
        "impu": ue.impus[0],
        "usim": {**ue.keys, **ue.card.own},
        "core": str(pcscf),
        "listen": f"{pcscf.transport}:{host}:0",
        "tls": certified(folder),
        "client": f"{name}-phone",
        "carrier": ue.carrier,
        "engine": plan.engine,
        "publish": {"to": ue.publish_to} if ue.publish_to else {},
        **({"security": {"tls_port": tls_port}} if tls_port else {}),
    }
    told: dict[str, Any] = overlaid(own, ue.settings)
    return told


def check(plan: LabPlan, document: Document, at: Where = ()) -> None:
    """Hold what the programs would be told against their own settings; SettingsError in the document, at this place."""
    sip = Hop("udp", HOSTS[VALSERVER], 5070)
    faults: list[Fault] = []
    briefs: list[tuple[Where, type[Settings], dict[str, Any]]] = [
        (("valserver",), ServerSettings, valserver_brief(plan, "https://issuer", Path())),
        (("idms",), IdmsSettings, idms_brief(plan, Path())),
        (("core",), CoreSettings, core_brief(plan, sip, Path())),
        *((("ues", name), UeSettings, ue_brief(name, plan, "127.0.0.11", sip, Path())) for name in plan.ues),
    ]
    for part, model, brief in briefs:
        place = (*at, *part, "settings")
        try:
            validated(model, laid(document, place, brief), place)
        except SettingsError as error:
            faults += error.faults
    if faults:
        raise SettingsError(faults)
