"""Agreements of a P-CSCF, with a UE that keeps to them and one that does not."""

import pytest
from attrs import define, field

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.pcscf.agreement import Agreement, Agreements, Offer, Policy, without_agreement
from tests.sipcore_stub.parts import PCSCF, UE, Phone, publish
from valkit.ids import SeededIds
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response
from valkit.sip.security import mechanisms

CLIENT = "ipsec-3gpp;alg=hmac-md5-96;ealg=null;spi-c=1;spi-s=2;port-c=5060;port-s=5060"
BETTER = CLIENT.replace("md5", "sha-1")
TLS_UE = Hop("tls", UE.host, 40001)


ACCEPTING = Offer(Policy.ACCEPT)


@define
class Gate:
    """A P-CSCF that makes agreements, and the phone."""

    offer: Offer = ACCEPTING
    agreements: Agreements = field(init=False)
    phone: Phone = field(factory=Phone)

    def __attrs_post_init__(self) -> None:
        self.agreements = Agreements(self.offer, PCSCF, SeededIds(1))

    def begin(self, *client: str) -> Response:
        """Let the phone ask for an agreement, and give the 401 with the offer."""
        request = asking(self.phone.register(), *(client or (CLIENT, BETTER)))
        assert self.agreements.check_register(request, UE, None) is None
        return self.agreements.challenged(request, UE, request.answer(401))

    def refusal(self, request: Request, source: Hop = UE, standing: Agreement | None = None) -> Refused:
        """Have a REGISTER refused."""
        with pytest.raises(Refused) as refused:
            self.agreements.check_register(request, source, standing)
        return refused.value


def asking(request: Request, *client: str) -> Request:
    """Let a request ask for an agreement."""
    request = request.with_header("Require", "path", "sec-agree").with_header("Proxy-Require", "sec-agree")
    return request.with_header("Security-Client", *client)


def answering(request: Request, challenge: Response) -> Request:
    """Let a request answer a challenge and mirror the offer."""
    answered = request.with_header("Authorization", 'Digest username="alice@home.example", nonce="n", response="r"')
    return answered.with_header("Security-Verify", *challenge.headers.all("Security-Server"))


def test_the_offer_is_what_both_can_do() -> None:
    """Our best first with falling q, our SPIs and the port where we listen."""
    told = mechanisms(Gate().begin("tls", CLIENT, "digest", BETTER).headers.all("Security-Server"))
    assert [(each.name, each.get("alg"), each.get("q")) for each in told] == [
        ("ipsec-3gpp", "hmac-sha-1-96", "0.90"),
        ("ipsec-3gpp", "hmac-md5-96", "0.89"),
        ("tls", None, "0.88"),
    ]
    assert (told[0].get("port-s"), told[0].get("mod")) == ("5060", "trans")
    assert int(told[0].get("spi-s") or 0) >= 256


def test_who_mirrors_the_offer_has_an_agreement() -> None:
    """It is kept by the REGISTER, settled with the 200, and shown by what follows."""
    gate = Gate()
    request = answering(asking(gate.phone.register(), CLIENT, BETTER), gate.begin())
    kept = gate.agreements.check_register(request, UE, None)
    assert kept is not None
    assert kept.chosen == "ipsec-3gpp"
    assert gate.agreements.settled(request, UE) == kept
    shown = publish().with_header("Security-Verify", *request.headers.all("Security-Verify"))
    gate.agreements.check(shown, UE, kept)
    with pytest.raises(Refused) as refused:
        gate.agreements.check(publish(), UE, kept)
    assert (refused.value.cause, len(refused.value.headers)) == (Cause.NO_AGREEMENT, 2)
    gate.agreements.check(publish(), UE, None)


def test_a_renewal_shows_the_agreement_that_stands() -> None:
    """Its offer is a new one, and its Security-Verify that of the agreement before (TS 24.229 5.1.1.4.1)."""
    gate = Gate()
    challenge = gate.begin()
    first = gate.agreements.settled(answering(asking(gate.phone.register(), CLIENT), challenge), UE)
    again = answering(asking(Phone(call_id="second").register(), BETTER), challenge)
    assert gate.agreements.check_register(again, UE, first) == first


@pytest.mark.parametrize("wrong", ["missing", "altered", "another client", "foreign"])
def test_who_does_not_keep_it_is_refused(wrong: str) -> None:
    """494 with what was offered: somebody may have taken the better mechanisms out (RFC 3329 2.3.1)."""
    gate = Gate()
    challenge = gate.begin()
    request = answering(asking(gate.phone.register(), CLIENT, BETTER), challenge)
    match wrong:
        case "missing":
            request = request.without("Security-Verify")
        case "altered":
            request = request.with_header("Security-Verify", challenge.headers.all("Security-Server")[1])
        case "another client":
            request = request.with_header("Security-Client", CLIENT)
        case "foreign":
            request = request.with_header("Call-ID", "other")
    refused = gate.refusal(request)
    assert refused.cause is Cause.NO_AGREEMENT
    assert next(name for name, _ in refused.headers) == "Security-Server"


def test_tls_has_to_be_used_once_it_was_chosen() -> None:
    """The mirror alone does not do over UDP."""
    gate = Gate(Offer(Policy.ACCEPT, mechanisms=("tls", "ipsec-3gpp")))
    request = answering(asking(gate.phone.register(), "tls"), gate.begin("tls"))
    assert gate.refusal(request).cause is Cause.NO_AGREEMENT
    kept = gate.agreements.check_register(request, TLS_UE, None)
    assert kept is not None
    assert kept.chosen == "tls"


@pytest.mark.parametrize(
    "client",
    [
        "digest",
        CLIENT.replace("md5", "sha2"),
        CLIENT + ";prot=ah",
        CLIENT + ";mod=tun",
        CLIENT.replace("=null", "=rc4"),
    ],
)
def test_without_a_mechanism_in_common_there_is_none(client: str) -> None:
    """494 with all that we can do."""
    refused = Gate().refusal(asking(Phone().register(), client))
    assert (refused.cause, len(refused.headers)) == (Cause.NO_AGREEMENT, 7)


def test_it_is_not_made_from_behind_a_proxy() -> None:
    """502 for more than one Via (RFC 3329 2.3.2)."""
    via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx, SIP/2.0/UDP 127.0.0.11;branch=z9hG4bKy"
    assert Gate().refusal(asking(Phone().register(Via=via), CLIENT)).cause is Cause.NOT_FIRST_HOP


@pytest.mark.parametrize(
    ("supported", "cause"), [("path", Cause.AGREEMENT_REQUIRED), ("path, sec-agree", Cause.NO_AGREEMENT)]
)
def test_where_one_is_required(supported: str, cause: Cause) -> None:
    """421, or 494 for who knows of it; TLS needs none (RFC 3329 2.3.2)."""
    gate = Gate(Offer(Policy.REQUIRE))
    refused = gate.refusal(gate.phone.register(Supported=supported))
    assert (refused.cause, refused.headers[-1]) == (cause, ("Require", "sec-agree"))
    assert gate.agreements.check_register(gate.phone.register(), TLS_UE, None) is None
    assert Gate().agreements.check_register(Phone().register(), UE, None) is None


def test_where_it_is_ignored_nothing_is_offered() -> None:
    """And nobody may require it."""
    gate = Gate(Offer())
    assert "Security-Server" not in gate.begin().headers
    assert [each.agreements.options for each in (gate, Gate())] == [frozenset(), frozenset({"sec-agree"})]


def test_offers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first."""
    monkeypatch.setattr("sipcore_stub.pcscf.agreement.MOST_PENDING", 3)
    gate = Gate()
    challenges = []
    for number in range(5):
        gate.phone = Phone(call_id=str(number))
        challenges.append(gate.begin())
    first = answering(asking(Phone(call_id="1").register(), CLIENT, BETTER), challenges[1])
    assert gate.refusal(first).cause is Cause.NO_AGREEMENT
    last = answering(asking(Phone(call_id="4").register(), CLIENT, BETTER), challenges[4])
    assert gate.agreements.check_register(last, UE, None) is not None


def test_nothing_of_it_goes_on_into_the_network() -> None:
    """Neither header, nor option tag; other options stay."""
    gate = Gate()
    request = without_agreement(answering(asking(gate.phone.register(), CLIENT), gate.begin()))
    assert not any(name.startswith("Security") for name in request.headers.names())
    assert (request.headers.all("Require"), "Proxy-Require" in request.headers) == (("path",), False)
    assert without_agreement(publish()) == publish()


@pytest.mark.parametrize("source", [UE, TLS_UE])
def test_an_agreement_cannot_be_taken_out_on_the_way(source: Hop) -> None:
    """Who was offered one, or has one, answers no challenge without it, though whoever asks for none may go without."""
    gate = Gate()
    challenge = gate.begin()
    stripped = answering(gate.phone.register(), challenge).without("Security-Verify")
    assert gate.refusal(stripped, source).headers[0][0] == "Security-Server"
    kept = gate.agreements.check_register(answering(asking(gate.phone.register(), CLIENT, BETTER), challenge), UE, None)
    later = stripped.with_header("Call-ID", "later")
    assert gate.refusal(later, source, kept).cause is Cause.NO_AGREEMENT
    assert gate.agreements.check_register(later, source, None) is None
