import json
from typing import Any

import pytest

from harness.plans.lab import LabPlan
from harness.plans.proofreading import check
from valkit.settings import SettingsError, documents, validated

PHONE = {"impi": "a@home.example", "impus": ["sip:a@home.example"], "k": "00" * 16, "opc": "00" * 16}
HOME = {"domain": "home.example", "ues": {"alice": PHONE}}
PARTNER = {"domain": "partner.example", "ues": {"alice": PHONE}}


def read(lab: dict[str, Any]) -> None:
    """Proofread this lab."""
    [document] = documents(json.dumps(lab, indent=1), "lab.yaml")
    check(validated(LabPlan, document), document)


@pytest.mark.parametrize("part", ["valserver", "idms", "kms", "cms", "gms", "proxy", "core"])
def test_a_slip_in_what_a_program_is_told_is_found_where_it_stands(part: str) -> None:
    """Each program has settings of its own, and says what it does not know."""
    with pytest.raises(SettingsError, match=rf"^lab.yaml:\d+:\d+: {part}.settings.lissen: "):
        read({**HOME, part: {"settings": {"lissen": "here"}}})


def test_a_slip_in_what_a_phone_is_told_is_found_there() -> None:
    """At the phone, by its name."""
    with pytest.raises(SettingsError, match=r"^lab.yaml:\d+:\d+: ues.alice.settings.lissen: "):
        read({**HOME, "ues": {"alice": {**PHONE, "settings": {"lissen": "here"}}}})


def test_faults_of_a_second_domain_are_told_there() -> None:
    """Its settings are held against the programs' own, at their place in the lab's file."""
    partner = {**PARTNER, "idms": {"settings": {"lissen": "here"}}}
    with pytest.raises(SettingsError, match=r"^lab.yaml:\d+:\d+: partner.idms.settings.lissen: "):
        read({**HOME, "partner": partner})


@pytest.mark.parametrize(
    ("home", "partner", "place"),
    [({"tries": 0}, {}, "gateway.settings.tries"), ({}, {"tryes": 2}, "partner.gateway.settings.tryes")],
)
def test_gateways_are_proofread_as_well(home: dict[str, Any], partner: dict[str, Any], place: str) -> None:
    """Those of both domains, before any of them runs."""
    lab = {**HOME, "gateway": {"settings": home}, "partner": {**PARTNER, "gateway": {"settings": partner}}}
    with pytest.raises(SettingsError, match=rf"^lab.yaml:\d+:\d+: {place}: "):
        read(lab)


def test_a_val_server_over_udp_needs_a_core_that_has_udp() -> None:
    """Or nothing would ever get there; over TCP a core connects, whatever it listens on."""
    tcp = {**HOME, "transports": ["tcp"]}
    with pytest.raises(SettingsError, match=r"^lab.yaml:\d+:\d+: transports: leaves out udp, over which the external"):
        read({**tcp, "valserver": {"external": {"address": "udp:192.0.2.1:5060"}}})
    read({**tcp, "valserver": {"external": {"address": "tcp:192.0.2.1:5060"}}})
    read({**HOME, "valserver": {"external": {"address": "udp:192.0.2.1:5060"}}})


def test_a_lab_without_slips_is_taken() -> None:
    """Both domains, with every server there is."""
    servers: dict[str, Any] = {part: {} for part in ("kms", "cms", "gms", "proxy", "gateway")}
    read({**HOME, **servers, "partner": {**PARTNER, **servers}})
