from pathlib import Path

import pytest

from harness.language.places import SHIPPED
from harness.plans.addresses import Hosts
from harness.plans.briefs import Ground, core_brief, idms_brief, ue_settings, valserver_brief
from harness.plans.lab import LabPlan, ValServerPlan, read_lab
from seal.idms.settings import IdmsSettings
from sipcore_stub.settings import CoreSettings
from ue_sim.engines import EngineName
from valkit.sip import Hop
from valserver.settings import ServerSettings

ISSUER = "https://127.0.0.3:40001"
VALSERVER = Hop("udp", "127.0.0.31", 40_000)
GROUND = Ground(Hosts(), Path("f"), Path("f/ca"))


@pytest.fixture
def plan() -> LabPlan:
    """Give the plan of our own lab."""
    return read_lab(SHIPPED / "home.yaml")[0]


def test_the_valserver_trusts_the_scscf_alone(plan: LabPlan) -> None:
    """A phone on the same machine is a stranger to it."""
    settings = ServerSettings.model_validate(valserver_brief(plan, ISSUER, GROUND))
    assert [str(network) for network in settings.trusted_peers] == ["127.0.0.23/32"]
    assert settings.issuers[0].audience == plan.issuer.audience


def test_each_of_several_services_believes_the_labs_issuer(plan: LabPlan) -> None:
    """But for what it says itself."""
    services = [{"name": "a", "profile": "mcptt"}, {"name": "b", "tokens": {"audience": "other"}}]
    several = plan.model_copy(update={"valserver": ValServerPlan(settings={"services": services})})
    settings = ServerSettings.model_validate(valserver_brief(several, ISSUER, GROUND))
    issuers = [service.issuers[0] for service in settings.authorizations.values()]
    assert [(each.issuer, each.audience) for each in issuers] == [(ISSUER, "val-server"), (ISSUER, "other")]


def test_the_identity_server_has_two_addresses(plan: LabPlan) -> None:
    """Authorization endpoint and token endpoint are apart (clause 5.X.2.2); its issuer is what it says itself."""
    settings = IdmsSettings.model_validate(idms_brief(plan, GROUND))
    assert settings.authorization is not None
    assert settings.token is not None
    assert (settings.authorization.host, settings.token.host) == ("127.0.0.2", "127.0.0.3")
    assert settings.issuer is None
    assert settings.store == "memory"


def test_grants_may_survive_a_restart(plan: LabPlan) -> None:
    """Then they are in a file of the lab's."""
    kept = plan.model_copy(update={"idms": plan.idms.model_copy(update={"store": "sqlite"})})
    assert idms_brief(kept, GROUND)["store"] == "sqlite:///f/idms.sqlite"


def test_the_lab_may_add_settings(plan: LabPlan) -> None:
    """What the plan says of a program comes on top of what the lab tells it."""
    valserver = plan.valserver.model_copy(update={"settings": {"bindings": {"outlive_token": "no"}}})
    brief = valserver_brief(plan.model_copy(update={"valserver": valserver}), ISSUER, GROUND)
    assert brief["bindings"]["outlive_token"] == "no"
    assert brief["bindings"]["store"] == "memory"


def test_the_core_knows_who_is_subscribed(plan: LabPlan) -> None:
    """REGISTER and PUBLISH of each lead to the VAL server; a stranger is not among them."""
    core = CoreSettings.model_validate(core_brief(plan, VALSERVER, GROUND))
    known = {each.impi: each for each in core.subscribers}
    assert "stranger@home.example" not in known
    criteria = known["carol@home.example"].filter_criteria or ()
    assert [each.method for each in criteria] == ["REGISTER", "PUBLISH"]
    assert {each.server_name for each in criteria} == {"sip:127.0.0.31:40000"}
    assert {each.default_handling for each in criteria} == {"SESSION_TERMINATED"}


def test_the_hss_may_have_another_amf(plan: LabPlan) -> None:
    """It goes into its challenges (TS 33.102 6.3.2)."""
    alice = plan.ues["alice"].model_copy(update={"amf": "b9b9", "sqn": "000000000020"})
    core = CoreSettings.model_validate(core_brief(plan.model_copy(update={"ues": {"alice": alice}}), VALSERVER, GROUND))
    subscriber = core.subscribers[0].subscriber(())
    assert (subscriber.amf, subscriber.sqn) == (b"\xb9\xb9", 0x20)


def test_a_lab_may_have_no_tcp(plan: LabPlan) -> None:
    """Then nobody listens on it."""
    brief = core_brief(plan.model_copy(update={"transports": ("udp",)}), VALSERVER, GROUND)
    assert brief["pcscf"]["listen"] == ["udp:127.0.0.21:0"]


def test_a_card_may_differ_from_what_the_hss_knows(plan: LabPlan) -> None:
    """Dave's card has another K, so that he finds the network's AUTN wrong."""
    dave = ue_settings("dave", plan, GROUND, Hop("udp", "127.0.0.21", 5060), EngineName.NATIVE)
    assert dave.usim.k == bytes(16)
    assert dave.listen is not None
    assert dave.listen.host == "127.0.0.14"
    assert dave.impu == "sip:dave@home.example"


def test_a_subscription_may_be_what_an_hss_exports(plan: LabPlan) -> None:
    """Then it tells identities and criteria, with the VAL server where its place is kept."""
    xml = (
        "<IMSSubscription><PrivateID>alice@home.example</PrivateID><ServiceProfile><PublicIdentity>"
        "<Identity>sip:a@home.example</Identity></PublicIdentity><InitialFilterCriteria><Priority>0</Priority>"
        "<ApplicationServer><ServerName>${valserver}</ServerName></ApplicationServer></InitialFilterCriteria>"
        "</ServiceProfile></IMSSubscription>"
    )
    alice = plan.ues["alice"].model_copy(update={"user_data": xml})
    alone = plan.model_copy(update={"ues": {"alice": alice}})
    core = CoreSettings.model_validate(core_brief(alone, VALSERVER, GROUND))
    subscriber = core.subscribers[0].subscriber(())
    assert [identity.impu for identity in subscriber.identities] == ["sip:a@home.example"]
    assert [criterion.server_name for criterion in subscriber.criteria] == ["sip:127.0.0.31:40000"]


def test_the_criterion_for_register_may_say_more(plan: LabPlan) -> None:
    """What a phone's plan adds is in that criterion alone."""
    alice = plan.ues["alice"].model_copy(update={"criterion": {"include_register_request": "no"}})
    alone = plan.model_copy(update={"ues": {"alice": alice}})
    core = CoreSettings.model_validate(core_brief(alone, VALSERVER, GROUND))
    criteria = core.subscribers[0].filter_criteria or ()
    assert [each.include_register_request for each in criteria] == [False, True]


def test_a_second_domain_is_at_addresses_of_its_own(plan: LabPlan) -> None:
    """Its files have a folder of their own; who vouches for its servers is the lab's authority."""
    partner = Ground(Hosts(domain="partner"), Path("f/partner"), Path("f/ca"))
    settings = IdmsSettings.model_validate(idms_brief(plan, partner))
    assert settings.token is not None
    assert settings.token.host == "127.0.1.3"
    assert settings.tokens.keys == Path("f/partner/keys")
    assert idms_brief(plan, partner)["tls"] == idms_brief(plan, GROUND)["tls"]
