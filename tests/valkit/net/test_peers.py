"""Who is trusted."""

from ipaddress import ip_network

import pytest

from valkit.net import peers
from valkit.net.peers import TrustedPeers

TRUSTED = TrustedPeers([ip_network("192.0.2.0/28"), ip_network("2001:db8::/64")])


@pytest.mark.parametrize("host", ["192.0.2.0", "192.0.2.15", "2001:db8::1", "::ffff:192.0.2.1"])
def test_an_address_in_a_network_is_trusted(host: str) -> None:
    """IPv4, IPv6, and IPv4 as a socket for both shows it."""
    assert host in TRUSTED


@pytest.mark.parametrize("host", ["192.0.2.16", "2001:db8:0:1::1", "::1", "scscf.home.example", "", "192.0.2"])
def test_anything_else_is_not(host: str) -> None:
    """Names are not looked up: who answers for a name may change."""
    assert host not in TRUSTED


def test_a_stranger_with_many_addresses_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts are forgotten, and then found again."""
    monkeypatch.setattr(peers, "REMEMBERED", 3)
    trusted = TrustedPeers([ip_network("192.0.2.0/28")])
    verdicts = [f"192.0.2.{last}" in trusted for last in range(20)]
    assert verdicts == [True] * 16 + [False] * 4
    assert len(trusted._verdicts) <= 3
