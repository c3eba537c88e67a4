"""What people can do with a lab that is up: its addresses and users, and commands that work as they stand.

Text of the lab's values; `harness.commands.lab` prints it. The files that commands name are those of `handout`.
"""

import shlex
from collections.abc import Iterator

from harness.lab.domain import Domain
from harness.lab.handout import PROVISIONS, SCRIPT, file_of, is_provisioned, logs_in, service_of, team_of, url_of
from harness.lab.lab import Lab
from harness.seen.cast import CMS, CORE, GATEWAY, GMS, IDMS, KMS, PARTNER, TITLES, VALSERVER

Tries = Iterator[tuple[str, str]]
"""Commands, each with what it shows."""

SITES = ("authorization", "token", "admin")
SIDES = ("inner", "outer")
"""Of a gateway: where its own VAL server asks it, and where the other domain's gateway does."""


def addresses(domain: Domain) -> Iterator[tuple[str, str]]:
    """Tell where each program of a domain is."""
    for name, program in domain.programs.items():
        brief = program.brief
        if name == CORE:
            yield from ((TITLES[part], str(hop)) for part, hop in domain.core.addresses.items())
        elif name == IDMS:
            where = [f"{site} {url_of(brief[site], 'http' if site == 'admin' else 'https')}" for site in SITES]
            yield TITLES[name], ", ".join(where)
        elif name == VALSERVER:
            yield TITLES[name], f"{' '.join(brief['listen'])}, admin {url_of(brief['admin'], 'http')}"
        elif name == GATEWAY:
            yield TITLES[name], ", ".join(f"{side} {url_of(brief[side], 'https')}" for side in SIDES)
        else:
            yield TITLES[name], url_of(brief.get("listen", brief), "https")


def users(domain: Domain) -> Iterator[tuple[str, ...]]:
    """Tell who there is: name, password, VAL user, VAL services and IMPU; first what each is called."""
    yield "user", "password", "VAL user", "VAL services", "IMPU"
    for name, ue in domain.plan.ues.items():
        password = "(a guest)" if ue.guest else ue.password
        yield name, password, ue.val_user_id or name, ", ".join(ue.val_service_ids), ue.impus[0]


def to_try(lab: Lab) -> Tries:
    """Give commands, each with what it shows."""
    home = lab.home
    name = next((name for name, ue in home.plan.ues.items() if logs_in(ue) and ue.subscribed), None)
    if name is None:
        return
    folder, ground = home.around.ground.folder, home.around.ground
    issuer, authority = home.idms.place.issuer, str(ground.authorities)
    saved, mine = _saved(home, name), str(file_of(home, name))
    typed = f"echo {shlex.quote(home.plan.ues[name].password)} |"
    yield f"{typed} {_command('val ue sign-in --config', mine, '--save', saved)}", f"{name} logs in"
    yield _command("val token show", saved), "what the access token says"
    yield _registers(home, name), "it travels in a REGISTER"
    yield _bindings(home), "and has bound her IMPU"
    yield from _seal(home, name)
    yield _command("curl --cacert", authority, f"{issuer}/.well-known/openid-configuration"), "the identity server"
    yield _command("val idms --config", str(folder / "idms.yaml"), "user", "list"), "who may log in"
    if home.valserver.address.transport == "udp":
        yield _sipp(home), "SIPp asks the VAL server whether it is there"
    if PARTNER in lab.domains and name in lab.domains[PARTNER].plan.ues:
        yield from _abroad(home, lab.domains[PARTNER], name)


def _seal(domain: Domain, name: str) -> Tries:
    """Ask the other SEAL servers, once they have something."""
    there = domain.programs.keys()
    folder = domain.around.ground.folder
    who = ("--config", str(file_of(domain, name)), "--token", _saved(domain, name))
    if is_provisioned(domain):
        yield _command("val provision", str(folder / PROVISIONS)), "its servers are told of users and a group"
    if CMS in there:
        yield _command("val ue profile", *who), "her profile, which leads to her groups"
    if GMS in there:
        yield _command("val ue groups list", *who), "the groups that she is in"
    if {GMS, KMS} <= there:
        in_service = ("--service", service_of(domain), "--out", str(folder / "team-for-her.xml"))
        yield _command("val ue groups keys", team_of(domain), *who, *in_service), "and the keys of one"
    if KMS in there:
        yield _command("val ue keys fetch", *who), "keys of her own identity"


def _abroad(home: Domain, partner: Domain, name: str) -> Tries:
    """Go to the partner domain, and where there are gateways, be served by it for good."""
    folder = partner.around.ground.folder
    there = _saved(partner, name)
    issuer = partner.idms.place.issuer
    migrates = {GATEWAY} <= home.programs.keys() & partner.programs.keys()
    yield _command("val ue visit", issuer, "--log-in", _saved(home, name), "--save", there), "to the partner domain"
    if migrates:
        at_home = f"{home.plan.ues[name].val_user_id or name}@{home.plan.domain}"
        yield _migrates(partner, name, "--user", at_home), "migrates: is served there from now on"
    yield _registers(partner, name), "service there"
    yield _bindings(partner), "whom that has bound"
    if migrates:
        yield _bindings(home), "and at home not any more"
        yield _migrates(home, name, "--back"), "returns"
        yield _registers(home, name), "and is served at home again"
    yield _command("val idms --config", str(folder / "idms.yaml"), "partner", "list"), "what the two have agreed on"


def _saved(domain: Domain, name: str) -> str:
    """Name the file that has somebody's tokens of this domain."""
    return str(domain.around.ground.folder / f"{name}.json")


def _registers(domain: Domain, name: str) -> str:
    return _command("val ue register --config", str(file_of(domain, name)), "--token", _saved(domain, name))


def _migrates(domain: Domain, name: str, *how: str) -> str:
    asked = ("--token", _saved(domain, name), "--to", domain.plan.core.services[0], *how)
    return _command("val ue migrate --config", str(file_of(domain, name)), *asked)


def _bindings(domain: Domain) -> str:
    return _command("val bindings --admin", url_of(domain.valserver.brief["admin"], "http"))


def _sipp(domain: Domain) -> str:
    hop = domain.valserver.address
    script = str(domain.around.ground.folder / SCRIPT)
    return _command("sipp", f"{hop.host}:{hop.port}", "-sf", script, "-i", "127.0.0.1", "-m", "1")


def _command(command: str, *words: str) -> str:
    """Put words behind a command, each so that a shell takes it as one."""
    return shlex.join([*command.split(), *words])
