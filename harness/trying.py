"""What people can do with a lab that is up: its files, its addresses and users, and commands that work as they stand.

Text and settings of the lab's values; `harness.commands.lab` writes and prints them.
"""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.briefs import ue_brief
from harness.cast import CORE, GATEWAY, IDMS, PARTNER, PCSCF, TITLES, VALSERVER
from harness.domain import Domain
from harness.identity import RETURN, client_id
from harness.lab import Lab
from harness.labs import UePlan
from ue_sim.engines import EngineName

SITES = ("authorization", "token", "admin")


def files(lab: Lab) -> Mapping[Path, Mapping[str, Any]]:
    """Give the settings of every program and of every phone, by the files that they belong in."""
    found: dict[Path, Mapping[str, Any]] = {}
    for domain in lab.domains.values():
        folder = domain.around.ground.folder
        found |= {folder / f"{name}.yaml": program.brief for name, program in domain.programs.items()}
        found |= {file_of(domain, name): phone(domain, name) for name in domain.plan.ues}
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
    named = {"identity": identity} if _logs_in(domain.plan.ues[name]) else {}
    return {**told, "engine": EngineName.NATIVE.value, **named}


def _logs_in(ue: UePlan) -> bool:
    """Whether its user can log in here with a password, and the app needs no secret for it."""
    return not ue.guest and ue.app == "none"


def addresses(domain: Domain) -> Iterator[tuple[str, str]]:
    """Tell where each program of a domain is."""
    for name, program in domain.programs.items():
        brief = program.brief
        if name == CORE:
            yield from ((TITLES[part], str(hop)) for part, hop in domain.core.addresses.items())
        elif name == IDMS:
            where = [f"{site} {_url(brief[site], 'http' if site == 'admin' else 'https')}" for site in SITES]
            yield TITLES[name], ", ".join(where)
        elif name == VALSERVER:
            yield TITLES[name], f"{' '.join(brief['listen'])}, admin {_url(brief['admin'], 'http')}"
        elif name == GATEWAY:
            yield TITLES[name], ", ".join(f"{side} {_url(brief[side], 'https')}" for side in ("inner", "outer"))
        else:
            yield TITLES[name], _url(brief.get("listen", brief), "https")


def users(domain: Domain) -> Iterator[tuple[str, ...]]:
    """Tell who there is: name, password, VAL user, VAL services and IMPU; first what each is called."""
    yield "user", "password", "VAL user", "VAL services", "IMPU"
    for name, ue in domain.plan.ues.items():
        password = "(a guest)" if ue.guest else ue.password
        yield name, password, ue.val_user_id or name, ", ".join(ue.val_service_ids), ue.impus[0]


def to_try(lab: Lab) -> Iterator[tuple[str, str]]:
    """Give commands, each with what it shows."""
    home = lab.home
    name = next((name for name, ue in home.plan.ues.items() if _logs_in(ue) and ue.subscribed), None)
    if name is None:
        return
    folder, ground = home.around.ground.folder, home.around.ground
    issuer, authority = home.idms.place.issuer, str(ground.authorities)
    saved = str(folder / f"{name}.json")
    mine = str(file_of(home, name))
    typed = f"echo {shlex.quote(home.plan.ues[name].password)} |"
    yield f"{typed} {_command('val ue sign-in --config', mine, '--save', saved)}", f"{name} logs in"
    yield _command("val token show", saved), "what the access token says"
    yield _command("val ue register --config", mine, "--token", saved), "it travels in a REGISTER"
    yield _command("val bindings --admin", _url(home.valserver.brief["admin"], "http")), "and has bound her IMPU"
    yield _command("curl --cacert", authority, f"{issuer}/.well-known/openid-configuration"), "the identity server"
    yield _command("val idms --config", str(folder / "idms.yaml"), "user", "list"), "who may log in"
    if home.valserver.address.transport == "udp":
        yield _sipp(home), "SIPp asks the VAL server whether it is there"
    if PARTNER in lab.domains and name in lab.domains[PARTNER].plan.ues:
        user = f"{home.plan.ues[name].val_user_id or name}@{home.plan.domain}"
        yield from _abroad(lab.domains[PARTNER], name, saved, user)


def _abroad(partner: Domain, name: str, saved: str, user: str) -> Iterator[tuple[str, str]]:
    folder = partner.around.ground.folder
    there = str(folder / f"{name}.json")
    issuer, theirs = partner.idms.place.issuer, str(file_of(partner, name))
    yield _command("val ue visit", issuer, "--log-in", saved, "--save", there), "to the partner domain"
    if GATEWAY in partner.programs:
        to = f"sip:migration@{partner.plan.domain}"
        asked = _command("val ue migrate --config", theirs, "--token", there, "--to", to, "--user", user)
        yield asked, "the two domains agree that she is served there"
    yield _command("val ue register --config", theirs, "--token", there), "service there"
    yield _command("val bindings --admin", _url(partner.valserver.brief["admin"], "http")), "whom that has bound"
    yield _command("val idms --config", str(folder / "idms.yaml"), "partner", "list"), "what the two have agreed on"


def _sipp(domain: Domain) -> str:
    hop = domain.valserver.address
    script = str(domain.around.ground.folder / SCRIPT)
    return _command("sipp", f"{hop.host}:{hop.port}", "-sf", script, "-i", "127.0.0.1", "-m", "1")


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


def _command(command: str, *words: str) -> str:
    """Put words behind a command, each so that a shell takes it as one."""
    return shlex.join([*command.split(), *words])


def _url(site: Mapping[str, Any], scheme: str) -> str:
    return f"{scheme}://{site['host']}:{site['port']}"
