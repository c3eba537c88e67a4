import pytest

from ue_sim.securing import ALGORITHMS, NOTHING, Securing, Wanted
from valkit.ids import SeededIds
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.security import mechanisms

HERE = Hop("udp", "192.0.2.11", 5060)
PROXY = Hop("udp", "192.0.2.21", 5060)
REGISTER = Request.create("REGISTER", "sip:home.example", [("Via", "SIP/2.0/UDP h;branch=z9hG4bK1")])
IPSEC = "ipsec-3gpp;q=0.9;alg=hmac-sha-1-96;ealg=aes-cbc;spi-c=1;spi-s=2;port-c=5060;port-s=5060"


def securing(*names: str) -> Securing:
    """Give a phone that offers these mechanisms, and has begun to register."""
    securing = Securing(Wanted(names, 5061), HERE, SeededIds(1))
    securing.begin(anew=True)
    return securing


def offered(*texts: str) -> Response:
    """Write a 401 with these mechanisms."""
    return Response.create(401, headers=[("Security-Server", text) for text in texts])


def test_who_wants_no_agreement_says_nothing() -> None:
    """No header, whatever a P-CSCF offers, and the way stays as it is."""
    phone = Securing(NOTHING, HERE, SeededIds(1))
    phone.begin(anew=True)
    assert phone.challenged(offered(IPSEC))
    assert (phone.headers(), phone.secured(REGISTER), phone.way(PROXY)) == ([], REGISTER, PROXY)


def test_what_is_offered() -> None:
    """Each pair of algorithms with the same SPIs and ports, none with a preference (RFC 3329 2.2)."""
    client = securing("ipsec-3gpp", "tls").client
    assert [(each.get("alg"), each.get("ealg")) for each in client[:-1]] == list(ALGORITHMS)
    assert len({(each.get("spi-c"), each.get("spi-s")) for each in client[:-1]}) == 1
    assert (client[-1].name, client[0].get("port-s"), client[0].get("q")) == ("tls", "5060", None)


@pytest.mark.parametrize(
    "texts",
    [(), ("digest;q=0.9",), (IPSEC.replace("sha-1", "md5"),), ("no mechanism",)],
    ids=("nothing", "another mechanism", "another algorithm", "no mechanism at all"),
)
def test_an_offer_that_does_not_do(texts: tuple[str, ...]) -> None:
    """Missing, unreadable, or with nothing that the phone has offered."""
    assert not securing("ipsec-3gpp").challenged(offered(*texts))


def test_later_requests_show_the_agreement() -> None:
    """Security-Verify with both option tags; nothing of what the phone offered."""
    phone = securing("ipsec-3gpp")
    phone.challenged(offered(IPSEC))
    request = phone.secured(REGISTER)
    assert request.headers.all("Security-Verify") == (IPSEC,)
    assert (request.headers.all("Require"), request.headers.all("Proxy-Require")) == (("sec-agree",), ("sec-agree",))
    assert "Security-Client" not in request.headers


@pytest.mark.parametrize(
    ("texts", "way"),
    [(("tls;q=0.9", IPSEC.replace("0.9", "0.8")), Hop("tls", "192.0.2.21", 5061)), ((IPSEC, "tls;q=0.1"), PROXY)],
)
def test_the_best_that_both_know_is_taken(texts: tuple[str, ...], way: Hop) -> None:
    """By the P-CSCF's preference; tls moves the way to its port."""
    phone = securing("ipsec-3gpp", "tls")
    assert phone.challenged(offered(*texts))
    assert phone.way(PROXY) == way


def test_a_renewal_offers_anew_and_keeps_what_is_agreed() -> None:
    """Fresh SPIs; without a registration the agreement is forgotten (TS 24.229 5.1.1.4.1)."""
    phone = securing("ipsec-3gpp")
    phone.challenged(offered(IPSEC))
    before = phone.client
    phone.begin(anew=False)
    assert phone.client != before
    assert phone.agreed
    phone.begin(anew=True)
    assert not phone.agreed
    assert mechanisms(value for name, value in phone.headers() if name == "Security-Client") == phone.client
