from pathlib import Path
from typing import Any

from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab

reactor: Any = the_reactor


async def test_a_lab_is_gone_after_it_was_there() -> None:
    """Every part has an address of its own, at ports that were free, and nothing of it stays."""
    lab = await Lab.start(read_lab(SHIPPED / "home.yaml")[0], reactor)
    folder = lab._folder
    assert folder.exists()
    assert {lab.address(part).host for part in ("pcscf", "icscf", "scscf", "valserver")} == {
        "127.0.0.21",
        "127.0.0.22",
        "127.0.0.23",
        "127.0.0.31",
    }
    assert set(lab.ues) == set(lab.plan.ues)
    await lab.stop()
    assert not folder.exists()


async def test_a_lab_with_a_journal_is_not_quiet_at_once(tmp_path: Path) -> None:
    """What follows from a commit comes when the disk has it, and no turn of the reactor tells of it before."""
    (tmp_path / "lab.yaml").write_text("like: home\nvalserver: {store: sqlite}\n")
    for file, alone in ((tmp_path / "lab.yaml", False), (SHIPPED / "home.yaml", True)):
        lab = await Lab.start(read_lab(file)[0], reactor)
        assert lab.patience.alone is alone
        await lab.stop()


async def test_two_labs_do_not_meet() -> None:
    """They are at the same addresses, at different ports."""
    plan = read_lab(SHIPPED / "home.yaml")[0]
    first, second = await Lab.start(plan, reactor), await Lab.start(plan, reactor)
    assert first.address("valserver") != second.address("valserver")
    await first.stop()
    await second.stop()


async def test_a_lab_may_have_a_second_domain() -> None:
    """Its parts have names and addresses of their own, its phones are those of people who are at home as well."""
    lab = await Lab.start(read_lab(SHIPPED / "two-domains.yaml")[0], reactor)
    try:
        assert lab.address("partner.valserver").host == "127.0.1.31"
        assert lab.address("partner.scscf").host == "127.0.1.23"
        assert lab.cast.host_name("127.0.1.3") == "partner.idms"
        assert {"idms", "core", "partner.idms", "partner.core"} <= set(lab.programs)
        assert lab.domain_of("partner.alice").plan.domain == "partner.example"
        assert lab.ues["partner.alice"].impu == "sip:alice@partner.example"
        assert lab.domains["partner"].idms.place.issuer != lab.idms.place.issuer
        assert lab.domains["partner"].workshop.key.kid != lab.workshop.key.kid
    finally:
        await lab.stop()


async def test_runs_beside_each_other_may_have_addresses_of_their_own() -> None:
    """A whole block of loopback each."""
    lab = await Lab.start(read_lab(SHIPPED / "home.yaml")[0], reactor, block=3)
    assert lab.address("pcscf").host == "127.3.0.21"
    assert lab.cast.host_name("127.3.0.11") == "alice"
    await lab.stop()


async def test_only_phones_on_the_radio_are_slow() -> None:
    """A lab knows from its plan who waits two minutes for an answer (TS 24.229 table 7.7.1)."""
    plan = read_lab(SHIPPED / "home.yaml")[0]
    phone = plan.ues["alice"].model_copy(update={"settings": {"timing": "radio"}})
    for changed, slow in ((plan, set()), (plan.model_copy(update={"ues": {**plan.ues, "alice": phone}}), {"alice"})):
        lab = await Lab.start(changed, reactor)
        assert {lab.cast.by_host[host] for host in lab.wire.slow} == slow
        await lab.stop()
