from pathlib import Path

import pytest

from harness.errors import EnvironmentFault
from harness.lab.outward import moved, own_address, speaking_to
from harness.plans.lab import DomainPlan, read_lab

HERE = "192.0.2.90"


def own(host: str) -> str:
    """Say from where an address is reached on a machine that has loopback and one other."""
    return host if host in {HERE, "127.0.0.1"} else HERE


def plan(tmp_path: Path, text: str) -> DomainPlan:
    """Read a lab with one phone and this in it."""
    file = tmp_path / "lab.yaml"
    keys = {"k": "00112233445566778899aabbccddeeff", "opc": "00112233445566778899aabbccddeeff"}
    phone = {"impi": "a@home.example", "impus": ["sip:a@home.example"], **keys}
    file.write_text(f"domain: home.example\nues: {{a: {phone}}}\n{text}\n")
    return read_lab(file)[0].domains[""]


def server(address: str) -> str:
    """Write a VAL server that is somebody's."""
    return f'valserver: {{external: {{address: "{address}"}}}}'


def test_nobody_leaves_loopback_for_what_is_on_this_machine(tmp_path: Path) -> None:
    """Its own addresses are reached from loopback."""
    assert moved(plan(tmp_path, ""), own) == {}
    assert moved(plan(tmp_path, server("udp:127.0.0.1:5070")), own) == {}
    assert moved(plan(tmp_path, server(f"udp:{HERE}:5070")), own) == {}


def test_the_s_cscf_leaves_it_for_a_val_server_on_another_machine(tmp_path: Path) -> None:
    """It is the one that speaks to it."""
    assert moved(plan(tmp_path, server("udp:192.0.2.31:5070")), own) == {"scscf": HERE}
    assert speaking_to("192.0.2.31", own) == {"scscf": HERE}


def test_for_a_core_on_another_machine_the_lab_has_to_say_who_is_where(tmp_path: Path) -> None:
    """A trace tells phones apart by their addresses, and a core's criteria name the VAL server's."""
    core = 'core: {external: {pcscf: "udp:192.0.2.21:5060"}}'
    with pytest.raises(EnvironmentFault, match=r"192\.0\.2\.90 is one of them.*valserver.*listen and ues\.a\.settings"):
        moved(plan(tmp_path, core), own)
    with pytest.raises(EnvironmentFault, match=r": ues\.a\.settings\.listen; see"):
        moved(plan(tmp_path, f"{core}\n{server('udp:192.0.2.31:5070')}"), own)
    assert moved(plan(tmp_path, 'core: {external: {pcscf: "udp:127.0.0.21:5060"}}'), own) == {}


def test_the_system_says_from_where_an_address_is_reached() -> None:
    """Loopback from loopback; where there is no way, that is told."""
    assert own_address("127.0.0.1") == "127.0.0.1"
    with pytest.raises(EnvironmentFault, match=r"no way to 255\.255\.255\.255, where the lab says"):
        own_address("255.255.255.255")  # a broadcast, which no socket may reach unasked
