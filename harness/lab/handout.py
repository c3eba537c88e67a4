"""What a lab that is up hands out as files: settings of programs and phones, what to provision, a script for SIPp.

Values only, of the lab's; `harness.commands.lab` writes them. What can be done with them says `harness.lab.trying`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.lab.domain import Domain
from harness.lab.identity import RETURN, client_id
from harness.lab.lab import Lab
from harness.plans.briefs import ue_brief
from harness.plans.lab import UePlan
from harness.seen.cast import CMS, GMS, IDMS, KMS, PCSCF, PROXY
from ue_sim.engines import EngineName

PROVISIONS = "provision.yaml"
KEY_SIZE = 16
"""Bytes of a group's key."""

Contents = Mapping[str, Any] | str
"""Of a file: what YAML makes of it, or the text itself."""


def files(lab: Lab) -> Mapping[Path, Contents]:
    """Give the files, by their paths."""
    home = lab.home.around.ground.folder
    found: dict[Path, Contents] = {home / SCRIPT: OPTIONS}
    for domain in lab.domains.values():
        folder = domain.around.ground.folder
        found |= {folder / f"{name}.yaml": program.brief for name, program in domain.programs.items()}
        found |= {file_of(domain, name): phone(domain, name) for name in domain.plan.ues}
    if is_provisioned(lab.home):
        found[home / PROVISIONS] = provisions(lab.home)
        found |= {home / f"{name}.password": f"{ue.password}\n" for name, ue in _people(lab.home).items()}
        found |= {home / KEY: f"{lab.home.around.ids.nonce(KEY_SIZE).hex()}\n"} if KMS in lab.home.programs else {}
    return found


def file_of(domain: Domain, name: str) -> Path:
    """Say where the settings of a phone are."""
    return domain.around.ground.folder / f"ue-{name}.yaml"


def phone(domain: Domain, name: str) -> dict[str, Any]:
    """Give the settings of a phone; one whose user can log in here says where."""
    ground = domain.around.ground
    told = ue_brief(name, domain.plan, ground, domain.address(PCSCF), EngineName.NATIVE, domain.core.tls_port)
    identity = {
        "issuer": domain.idms.place.issuer,
        "client_id": client_id(name),
        "authority": str(ground.authorities),
        "redirect_uri": RETURN,
        "scope": domain.plan.issuer.scope,
        "user": name,
    }
    named = {"identity": identity} if logs_in(domain.plan.ues[name]) else {}
    return {**told, "engine": EngineName.NATIVE.value, **named, **_servers_of(domain, name)}


def _servers_of(domain: Domain, name: str) -> dict[str, Any]:
    """Say where a phone finds the other SEAL servers of its domain."""
    ground, programs = domain.around.ground, domain.programs
    proxy = {"proxy": url_of(programs[PROXY].brief, "https")} if PROXY in programs else {}
    common = {"authority": str(ground.authorities), **proxy}
    found: dict[str, Any] = {}
    if KMS in programs:
        kept = str(ground.folder / f"{name}-keys.json")
        found["keys"] = {**common, "url": _site(domain, KMS), "kms_uri": programs[KMS].brief["kms_uri"], "kept": kept}
    for kind, field in ((CMS, "configuration"), (GMS, "groups")):
        if kind in programs:
            found[field] = {**common, "url": _site(domain, kind)}
    return found


def _site(domain: Domain, kind: str) -> str:
    return url_of(domain.programs[kind].brief["listen"], "https")


def logs_in(ue: UePlan) -> bool:
    """Whether its user can log in here with a password, and the app needs no secret for it."""
    return not ue.guest and ue.app == "none"


def url_of(site: Mapping[str, Any], scheme: str) -> str:
    """Give the address of a site, as settings have it."""
    return f"{scheme}://{site['host']}:{site['port']}"


def is_provisioned(domain: Domain) -> bool:
    """Whether there are servers that have nothing yet, and somebody for whom they might."""
    return bool({CMS, GMS} & domain.programs.keys() and _people(domain))


def provisions(domain: Domain) -> dict[str, Any]:
    """Say what its servers are to have, for `val provision`: profiles, and a group of those who share a VAL service."""
    ground, people = domain.around.ground, _people(domain)
    service = service_of(domain)
    told: dict[str, Any] = {
        kind: {"admin": url_of(domain.programs[kind].brief["admin"], "http"), "token_file": str(token)}
        for kind, token in (
            (IDMS, ground.operator_token),
            *((kind, ground.folder / f"{kind}-operator.token") for kind in (CMS, GMS)),
        )
        if kind in domain.programs
    }
    group: dict[str, Any] = {
        "service": service,
        "display_name": "Team",
        "administrators": [next(iter(people))],
        "members": [name for name, ue in people.items() if service in ue.val_service_ids],
    }
    if KMS in domain.programs:
        told[KMS] = {
            "url": _site(domain, KMS),
            "token_file": str(ground.token_of_gms),
            "authority": str(ground.authorities),
            "kms_uri": domain.programs[KMS].brief["kms_uri"],
        }
        group["key"] = {"id": "gmk-1", "file": str(ground.folder / KEY)}
    users = {name: _person(domain, name, ue) for name, ue in people.items()}
    configuration = {"ue_configuration": {"domain": domain.plan.domain, "name": "phones"}} if CMS in told else {}
    return {
        **told,
        "services": {service: configuration},
        "users": users,
        **({"groups": {team_of(domain): group}} if GMS in told else {}),
    }


def service_of(domain: Domain) -> str:
    """Give the VAL service that has a profile and a group in it."""
    return next(iter(_people(domain).values())).val_service_ids[0]


def team_of(domain: Domain) -> str:
    """Give the VAL group ID of that group."""
    return f"sip:team@{domain.plan.domain}"


def _people(domain: Domain) -> dict[str, UePlan]:
    """Give the subscribers who log in here and may use a VAL service."""
    return {name: ue for name, ue in domain.plan.ues.items() if logs_in(ue) and ue.subscribed and ue.val_service_ids}


def _person(domain: Domain, name: str, ue: UePlan) -> dict[str, Any]:
    services = list(ue.val_service_ids)
    shared = service_of(domain)
    return {
        "val_user_id": ue.val_user_id or name,
        "password_file": str(domain.around.ground.folder / f"{name}.password"),
        "services": services,
        **({"profiles": {shared: {"name": "day"}}} if CMS in domain.programs and shared in services else {}),
    }


KEY = "team.key"
SCRIPT = "options.xml"
OPTIONS = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="OPTIONS">
  <send retrans="500"><![CDATA[
    OPTIONS sip:[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]
    To: <sip:[remote_ip]:[remote_port]>
    Call-ID: [call_id]
    CSeq: 1 OPTIONS
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <recv response="200"/>
</scenario>
"""
"""A script for SIPp."""
