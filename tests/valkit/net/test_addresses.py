"""IP addresses as far as sockets need them."""

from errno import EADDRINUSE

import pytest
from twisted.internet.error import CannotListenError

from valkit.net.addresses import facing, in_via, is_ipv4, is_ipv6, unheard


@pytest.mark.parametrize(
    ("host", "v4", "v6"),
    [
        ("192.0.2.1", True, False),
        ("2001:db8::1", False, True),
        ("::ffff:192.0.2.1", False, True),
        ("[::1]", False, False),
        ("home.example", False, False),
        ("1.2.3", False, False),
        ("256.1.1.1", False, False),
        ("", False, False),
    ],
)
def test_addresses_and_names(host: str, v4: bool, v6: bool) -> None:
    """An address is told from a name, and its version is known."""
    assert (is_ipv4(host), is_ipv6(host)) == (v4, v6)


def test_an_address_of_ours_is_what_peers_see() -> None:
    """Only a wildcard is replaced, by the address from which the route to the peer starts."""
    assert facing("192.0.2.7", "198.51.100.1") == "192.0.2.7"
    assert facing("0.0.0.0", "127.0.0.9") == "127.0.0.1"
    assert facing("::", "::1") == "::1"


def test_how_sent_by_writes_a_host() -> None:
    """An IPv6 address has brackets, nothing else has."""
    assert [in_via(host) for host in ("192.0.2.1", "a.example", "::1")] == ["192.0.2.1", "a.example", "[::1]"]


def test_a_taken_port_is_told_in_one_clause() -> None:
    """No error number, and no full stop in the middle of what is said further."""
    error = CannotListenError("::1", 5060, OSError(EADDRINUSE, "Address already in use"))
    assert unheard(error) == "Nothing can listen on [::1]:5060: Address already in use"
