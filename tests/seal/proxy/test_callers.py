"""Who calls, and whom the proxy vouches for."""

from ipaddress import ip_network

import pytest

from seal.proxy.callers import Caller, NetworkFunction, vouched_for
from seal.proxy.errors import Refusal, Refused
from seal.proxy.headers import ASSERTED
from valkit.net.peers import TrustedPeers

INSIDE = TrustedPeers([ip_network("192.0.2.0/28")])
BY_NAME = NetworkFunction(("sip:val@home.example", "dispatch"), ("Val.Home.Example",))
BY_BOTH = NetworkFunction(("sip:cms@home.example",), ("cms.home.example",), INSIDE)
BY_ADDRESS = NetworkFunction(("sip:old@home.example",), peers=TrustedPeers([ip_network("192.0.2.64/32")]))
KNOWN = (BY_NAME, BY_BOTH, BY_ADDRESS)


@pytest.mark.parametrize(
    ("caller", "identity"),
    [
        (Caller("203.0.113.1", frozenset({"val.home.example"})), "sip:val@home.example"),
        (Caller("192.0.2.1", frozenset({"cms.home.example", "x"})), "sip:cms@home.example"),
        (Caller("192.0.2.64"), "sip:old@home.example"),
        (Caller("203.0.113.1", frozenset({"cms.home.example"})), ""),
        (Caller("192.0.2.1"), ""),
        (Caller("192.0.2.1", frozenset({"ue.home.example"})), ""),
    ],
)
def test_a_network_function_is_known_by_name_address_or_both(caller: Caller, identity: str) -> None:
    """Everybody else is a UE, for which nothing is vouched."""
    assert vouched_for(caller, (), KNOWN) == identity


def test_it_may_assert_an_identity_of_its_own() -> None:
    """Only one, and only its own; a UE none at all."""
    val = Caller("192.0.2.9", frozenset({"val.home.example"}))
    assert vouched_for(val, ((ASSERTED, b'"dispatch"'),), KNOWN) == "dispatch"
    for claimed in (((ASSERTED, b"x"),), ((ASSERTED, b"dispatch"), (ASSERTED, b"dispatch")), ((ASSERTED, b""),)):
        with pytest.raises(Refused) as caught:
            vouched_for(val, claimed, KNOWN)
        assert caught.value.refusal is Refusal.NOT_ITS_IDENTITY
    with pytest.raises(Refused) as caught:
        vouched_for(Caller("192.0.2.9"), ((ASSERTED, b"dispatch"),), KNOWN)
    assert caught.value.refusal is Refusal.ASSERTED_BY_UE
