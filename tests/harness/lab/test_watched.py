"""Metrics of a lab that people try, asked for as Prometheus does."""

from pathlib import Path
from typing import Any

import treq
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.lab.domain import SERVERS
from harness.lab.lab import Lab
from harness.lab.watched import TALLIES, Watched
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from harness.seen.cast import TITLES
from tests.support import register
from valkit.ids import SystemIds
from valkit.net.sip import SipEndpoint
from valkit.sip import Hop
from valkit.trace import Event

reactor: Any = the_reactor


async def shown(url: str) -> dict[str, float]:
    """Ask for metrics, by name and labels."""
    text = await treq.text_content(await treq.get(url, persistent=False))
    rows = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def test_every_server_that_a_lab_may_have_is_counted() -> None:
    """By its own table."""
    assert TALLIES.keys() == SERVERS.keys() <= TITLES.keys()


async def test_each_program_shows_what_it_did_and_nothing_of_the_others(tmp_path: Path) -> None:
    """A REGISTER without a phone behind it goes through the core of one domain, and no further."""
    heard: list[Event] = []
    lab = await Lab.put_up(read_lab(SHIPPED / "two-domains.yaml")[0], reactor, tmp_path, heard.append)
    watched = Watched.of(lab)
    where = await watched.open(reactor)
    assert where.keys() == {f"{domain}{name}" for domain in ("", "partner.") for name in ("idms", "valserver", "core")}
    heard.clear()
    phone = SipEndpoint(reactor, reactor, SystemIds(), lambda *_: None)
    await phone.listen([Hop("udp", "127.0.0.1", 0)])
    answer = await phone.request(register(), lab.address("pcscf"))
    await phone.close()
    for event in heard:
        watched.told(event)
    core, other, valserver = [await shown(where[name]) for name in ("core", "partner.core", "valserver")]
    at_pcscf = 'element="pcscf",method="REGISTER"'
    assert core[f'val_sip_requests_total{{direction="received",{at_pcscf}}}'] == 1
    assert core[f'val_sip_responses_total{{direction="sent",{at_pcscf},status="{answer.status}"}}'] == 1
    for nobody in (other, valserver):
        assert nobody
        assert not any(value for name, value in nobody.items() if name.startswith("val_sip_re"))
    await watched.close()
    await lab.take_down()


async def test_programs_in_processes_of_their_own_show_theirs_as_well(tmp_path: Path) -> None:
    """At a port that is free, as when each is started by hand."""
    plan = read_lab(SHIPPED / "home.yaml")[0]
    apart = {name: getattr(plan, name).model_copy(update={"process": True}) for name in ("idms", "valserver")}
    lab = await Lab.put_up(Watched.wished(plan.model_copy(update=apart)), reactor, tmp_path, lambda _: None)
    watched = Watched.of(lab)
    try:
        where = await watched.open(reactor)
        assert where.keys() == {"idms", "valserver", "core"}
        assert (await shown(where["valserver"]))["val_bindings"] == 0
        assert (await treq.get(where["idms"], persistent=False)).code == 200
    finally:
        await watched.close()
        await lab.take_down()


def test_what_a_lab_says_of_metrics_is_kept() -> None:
    """And of a program in this process nothing is said."""
    plan = read_lab(SHIPPED / "home.yaml")[0]
    server = plan.valserver.model_copy(update={"process": True, "settings": {"metrics": {"port": 9_464}}})
    wished = Watched.wished(plan.model_copy(update={"valserver": server}))
    assert (wished.valserver.settings, wished.idms.settings) == ({"metrics": {"port": 9_464}}, {})
