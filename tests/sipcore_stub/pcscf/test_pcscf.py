import pytest
from attrs import define, field
from twisted.internet.defer import Deferred

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.pcscf.agreement import Offer
from sipcore_stub.pcscf.agreement import Policy as SecurityPolicy
from sipcore_stub.pcscf.following import Following
from sipcore_stub.pcscf.pcscf import NETWORKS_OWN, OUTSIDE, Pcscf
from tests.sipcore_stub.parts import (
    DOMAIN,
    ICSCF,
    IMPI,
    IMPU,
    PCSCF,
    SCSCF,
    UE,
    WORK,
    Phone,
    Wire,
    begun,
    publish,
    result_of,
)
from valkit.ids import SeededIds
from valkit.reginfo import TYPE, RegInfo, Registration
from valkit.reginfo import Contact as Ended
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response, parse
from valkit.sip.session import NIL, session_of

CONTACT = "sip:alice@127.0.0.11:5060"
ROUTE = "<sip:orig@127.0.0.23:5060;lr>"
OWN_ROUTE = "<sip:127.0.0.21:5060;lr>"
CHALLENGE = 'Digest realm="home.example", nonce="abc", algorithm=AKAv1-MD5, qop="auth", ck="00", ik="11"'
GRANTED = (
    ("Contact", "<sip:alice@127.0.0.11:5060>;expires=3600"),
    ("Service-Route", ROUTE),
    ("P-Associated-URI", f"<{IMPU}>, <{WORK}>"),
)


@define
class Gate:
    """A P-CSCF between a UE and an I-CSCF that the test plays."""

    time: float = 0.0
    wire: Wire = field(factory=lambda: Wire((PCSCF,)))
    role: Pcscf = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.role = Pcscf(self.wire, ICSCF, DOMAIN, SeededIds("gate"), lambda: self.time)

    def serve(self, request: Request, source: Hop = UE) -> Deferred[Response]:
        """Have a request served."""
        return begun(self.role.serve(request, source))

    def passed(self, request: Request, source: Hop = UE) -> Request:
        """Give what is passed on for a request."""
        self.serve(request, source)
        return self.wire.take().request

    def refusal(self, request: Request, source: Hop = UE) -> Cause:
        """Say why a request is refused, and that nothing was passed on."""
        with pytest.raises(Refused) as refused:
            result_of(self.serve(request, source))
        assert not self.wire.sent
        return refused.value.cause

    def answered(self, request: Request, status: int, *headers: tuple[str, str]) -> Response:
        """Have a request answered from beyond, and give what the UE gets."""
        answer = self.serve(request)
        self.wire.take().answered(status, *headers)
        return result_of(answer)

    def registered(self, phone: Phone) -> None:
        """Register a UE."""
        self.answered(phone.register(), 401, ("WWW-Authenticate", CHALLENGE))
        self.answered(phone.register(), 200, *GRANTED)


@pytest.fixture
def gate() -> Gate:
    """Give a P-CSCF that knows nobody."""
    return Gate()


@pytest.fixture
def open_gate(gate: Gate) -> Gate:
    """Give one at which Alice is registered for an hour."""
    gate.registered(Phone())
    return gate


def test_a_register_goes_to_the_icscf_with_what_the_network_adds(gate: Gate) -> None:
    """Path with lr, the visited network, charging, Require: path (TS 24.229 5.2.2)."""
    gate.serve(Phone().register())
    sent = gate.wire.take()
    assert sent.to == ICSCF
    assert sent.request.headers.all("Path") == ("<sip:term@127.0.0.21:5060;lr>",)
    assert sent.request.headers.all("P-Visited-Network-ID") == ('"home.example"',)
    assert sent.request.headers.all("Require") == ("path",)
    assert "icid-value=" in (sent.request.headers.get("P-Charging-Vector") or "")
    assert sent.request.max_forwards == 69


@pytest.mark.parametrize("name", NETWORKS_OWN)
def test_what_only_the_network_may_say_is_taken_off(open_gate: Gate, name: str) -> None:
    """A UE's own value never gets through, in REGISTER or PUBLISH."""
    for request in (Phone().register(), publish()):
        forged = request.with_header(name, "<sip:forged@home.example>")
        assert b"forged" not in bytes(open_gate.passed(forged))


def test_of_its_access_a_ue_says_what_it_knows_itself(open_gate: Gate) -> None:
    """What the network is to have provided is not the UE's to say (RFC 7315 5.4), in REGISTER or PUBLISH."""
    own, forged = "3GPP-NR-TDD;utran-cell-id-3gpp=1", "3GPP-NR-TDD;utran-cell-id-3gpp=2; Network-Provided"
    for request in (Phone().register(), publish()):
        said = request.with_header("P-Access-Network-Info", f"{forged}, {own}", forged)
        assert open_gate.passed(said).headers.all("P-Access-Network-Info") == (own,)
        only = request.with_header("P-Access-Network-Info", forged)
        assert "P-Access-Network-Info" not in open_gate.passed(only).headers


@pytest.mark.parametrize(
    ("uri", "cause"),
    [
        ("sip:other.example", Cause.FOREIGN_DOMAIN),
        ("sips:home.example.other.example", Cause.FOREIGN_DOMAIN),
        ("tel:+4940123", Cause.NO_SIP_URI),
        ("http://home.example/", Cause.NO_SIP_URI),
    ],
)
def test_a_register_for_another_domain_is_not_the_home_networks(gate: Gate, uri: str, cause: Cause) -> None:
    """There is no way to that domain's I-CSCF from here (RFC 3261 10.3 step 1, TS 24.229 5.2.2.1)."""
    assert gate.refusal(Phone().register().with_uri(uri)) is cause


@pytest.mark.parametrize("uri", ["sip:HOME.example", "sip:192.0.2.1:5099", "sip:[2001:db8::1]"])
def test_a_register_for_the_home_domain_or_an_address_is_for_its_registrar(gate: Gate, uri: str) -> None:
    """Capitals make no other domain, and an address names none: SIPp registers at that of its first hop."""
    assert gate.passed(Phone().register().with_uri(uri)).uri == "sip:home.example"


def test_a_session_that_the_ue_does_not_name_gets_its_name_here(gate: Gate) -> None:
    """So that it is found in every log behind (RFC 7989 7); one that the UE names keeps it."""
    request = Phone().register()
    sent = gate.passed(request)
    assert sent.headers.get("Session-ID") == f"{session_of(request)};remote={NIL}"
    named = f"ab30317f1a784dc48ff824d0d3715d86;remote={NIL}"
    assert gate.passed(Phone().register().adding("Session-ID", named)).headers.all("Session-ID") == (named,)


def test_a_route_in_a_register_leads_nowhere(gate: Gate) -> None:
    """A UE may preload the way to us, and no further."""
    request = Phone().register(Route="<sip:127.0.0.21;lr>, <sip:192.0.2.66;lr>")
    assert "Route" not in gate.passed(request).headers


def test_a_register_to_our_address_is_for_the_registrar(gate: Gate) -> None:
    """SIPp may put our address into the Request-URI."""
    assert gate.passed(Phone().register().with_uri("sip:127.0.0.21:5060")).uri == "sip:home.example"


@pytest.mark.parametrize(("claimed", "said"), [(None, '"no"'), ('"yes"', '"no"')])
def test_an_unknown_ue_is_not_protected(gate: Gate, claimed: str | None, said: str) -> None:
    """integrity-protected says no, whatever the UE says of itself."""
    request = Phone().register()
    if claimed:
        request = request.with_header("Authorization", f"Digest username={IMPI}, integrity-protected={claimed}")
    credentials = gate.passed(request).authorization
    assert credentials is not None
    assert credentials.params.raw("integrity-protected") == said


def test_a_token_beside_the_digest_is_passed_on(gate: Gate) -> None:
    """It is for somebody else to judge (RFC 8898), whether it stands below the digest, above it, or alone."""
    for first in (False, True):
        sent = gate.passed(Phone().register().adding("Authorization", "Bearer a.b.c", first=first))
        bearer, digest = sorted(sent.headers.all("Authorization"))
        assert digest.startswith("Digest ")
        assert 'integrity-protected="no"' in digest
        assert bearer == "Bearer a.b.c"
    alone = gate.passed(Phone().register(Authorization="Bearer a.b.c"))
    assert alone.headers.all("Authorization") == ("Bearer a.b.c",)


def word_for(gate: Gate, request: Request) -> str | None:
    """Give what the P-CSCF says of how a REGISTER is protected."""
    credentials = gate.passed(request).authorization
    return None if credentials is None else credentials.get("integrity-protected")


def test_a_ue_that_is_only_challenged_is_not_protected(gate: Gate) -> None:
    """Anybody can be challenged in anybody's name; the S-CSCF may take a `yes` for a proof."""
    gate.answered(Phone().register(), 401, ("WWW-Authenticate", CHALLENGE))
    assert word_for(gate, Phone().register()) == "no"


@pytest.mark.parametrize(("impi", "word"), [(IMPI, "yes"), ("bob@home.example", "no")])
def test_a_registered_ue_is_protected(open_gate: Gate, impi: str, word: str) -> None:
    """From the address that registered, for the same IMPI it says yes; for another IMPI no."""
    assert word_for(open_gate, Phone(impi=impi).register()) == word


def test_what_is_read_of_a_ue_fits_behind_us_with_what_is_put_into_it(gate: Gate) -> None:
    """An element behind us that cannot read on would end the connection that all UEs share."""
    token = "x" * (OUTSIDE.line - len("Authorization: Bearer "))
    request = Phone().register().adding("Authorization", f"Bearer {token}")
    for number in range(OUTSIDE.headers - sum(1 for _ in request.headers.names()) - 2):
        request = request.adding(f"X-{number}", "x")
    request = request.with_body(bytes(OUTSIDE.size - len(bytes(request)) - 100), "text/plain")
    parse(bytes(request), OUTSIDE)
    passed = gate.passed(request).adding("Via", f"SIP/2.0/UDP {'a' * 63}.example:5060;branch={'b' * 64}")
    parse(bytes(passed))


@pytest.mark.parametrize(
    ("contact", "why"),
    [
        (", ".join(["<sip:a@192.0.2.1>"] * 33), "names more than 32 addresses"),
        ('<sip:a@192.0.2.1>;x="\x02"', "a control character"),
        ('"\udcff" <sip:a@192.0.2.1>', "no UTF-8"),
    ],
)
def test_contacts_that_nobody_has_stay_outside(gate: Gate, contact: str, why: str) -> None:
    """They are refused at the door, without a look at each (400)."""
    with pytest.raises(ParseError, match=why) as error:
        result_of(gate.serve(Phone(contact=contact).register()))
    assert (error.value.answer, gate.wire.sent) == (400, [])


def test_a_ue_without_credentials_gets_none(gate: Gate) -> None:
    """There is nothing to vouch for."""
    assert "Authorization" not in gate.passed(Phone().register(Authorization=None)).headers


def test_the_keys_of_a_challenge_stay_here(gate: Gate) -> None:
    """CK and IK never reach the UE; everything else of the challenge does, as it was."""
    answer = gate.answered(Phone().register(), 401, ("WWW-Authenticate", CHALLENGE))
    assert answer.headers.get("WWW-Authenticate") == CHALLENGE.partition(", ck")[0]


def test_the_keys_of_every_challenge_stay_here(gate: Gate) -> None:
    """A core may offer several algorithms; all of them reach the UE, none with its keys (RFC 8760 2.4)."""
    other = CHALLENGE.replace("AKAv1-MD5", "AKAv2-SHA-256")
    offers = [("WWW-Authenticate", other), ("WWW-Authenticate", CHALLENGE)]
    answer = gate.answered(Phone().register(), 401, *offers)
    assert answer.headers.all("WWW-Authenticate") == tuple(each.partition(", ck")[0] for _, each in offers)


def test_a_publish_follows_the_service_route_with_an_asserted_identity(open_gate: Gate) -> None:
    """The default identity is asserted, and the S-CSCF is next."""
    open_gate.serve(publish(Route=f"<sip:127.0.0.21:5060;lr>, {ROUTE}"))
    sent = open_gate.wire.take()
    assert sent.to == SCSCF
    assert sent.request.headers.all("Route") == (ROUTE,)
    assert sent.request.headers.all("P-Asserted-Identity") == (f"<{IMPU}>",)


@pytest.mark.parametrize("route", [None, "<sip:192.0.2.66;lr>", "<sip:127.0.0.21;lr>, <sip:192.0.2.66;lr>"])
def test_another_route_is_replaced(open_gate: Gate, route: str | None) -> None:
    """The Service-Route of the registration is the only way from here."""
    open_gate.serve(publish(Route=route))
    sent = open_gate.wire.take()
    assert (sent.to, sent.request.headers.all("Route")) == (SCSCF, (ROUTE,))


@pytest.mark.parametrize(
    ("preferred", "asserted"),
    [(WORK, WORK), ("sip:bob@home.example", IMPU), ("sip:alice.WORK@home.example", IMPU)],
)
def test_a_preferred_identity_is_asserted_if_it_is_one_of_the_ues(
    open_gate: Gate, preferred: str, asserted: str
) -> None:
    """Any other preference is passed over, and is not passed on (RFC 3325 5)."""
    request = open_gate.passed(publish(P_Preferred_Identity=f"<{preferred}>"))
    assert request.headers.all("P-Asserted-Identity") == (f"<{asserted}>",)
    assert "P-Preferred-Identity" not in request.headers


def test_a_stranger_publishes_nothing(open_gate: Gate) -> None:
    """An address that is not registered is refused."""
    assert open_gate.refusal(publish(), Hop("udp", "127.0.0.66", 5060)) is Cause.NOT_REGISTERED


def test_a_ue_that_is_only_challenged_publishes_nothing(gate: Gate) -> None:
    """Registration comes first."""
    gate.answered(Phone().register(), 401, ("WWW-Authenticate", CHALLENGE))
    assert gate.refusal(publish()) is Cause.NOT_REGISTERED


def test_a_registration_that_has_run_out_counts_no_more(open_gate: Gate) -> None:
    """The expiry of the 200 holds here too."""
    open_gate.time = 3600.0
    assert open_gate.refusal(publish()) is Cause.NOT_REGISTERED


@pytest.mark.parametrize("contact", ["<sip:alice@127.0.0.11:5060>", "*"])
def test_a_deregistered_ue_publishes_nothing(open_gate: Gate, contact: str) -> None:
    """A 200 that leaves no contact of the UE ends its registration here."""
    open_gate.answered(Phone().register(0, Contact=contact), 200)
    assert open_gate.refusal(publish()) is Cause.NOT_REGISTERED


def test_a_failed_reregistration_leaves_the_registration(open_gate: Gate) -> None:
    """Neither a new challenge nor a refusal ends what stands."""
    open_gate.answered(Phone().register(), 401, ("WWW-Authenticate", CHALLENGE))
    open_gate.answered(Phone().register(), 403)
    assert open_gate.passed(publish()).method == "PUBLISH"


def test_asking_what_is_registered_changes_nothing(open_gate: Gate) -> None:
    """A REGISTER without Contact ends nothing."""
    open_gate.answered(Phone().register(Contact=None), 200, *GRANTED)
    assert open_gate.passed(publish()).method == "PUBLISH"


def test_without_an_identity_that_may_be_told_nothing_is_asserted(gate: Gate) -> None:
    """A UE all of whose identities are barred registers, and can say nothing in its name."""
    gate.answered(Phone().register(), 200, *GRANTED[:2])
    assert gate.refusal(publish()) is Cause.BARRED


def test_a_silent_core_is_reported(gate: Gate) -> None:
    """The UE gets an answer when the I-CSCF gives none."""
    answer = gate.serve(Phone().register())
    gate.wire.take().given_up()
    with pytest.raises(Refused) as refused:
        result_of(answer)
    assert refused.value.cause is Cause.NEXT_HOP_SILENT


def test_a_path_promises_to_keep_the_flow_of_a_ue_next_to_us() -> None:
    """`ob` for who supports outbound and came straight from its own socket (RFC 5626 5.1)."""
    near = Gate().passed(Phone().register(Supported="path, outbound"))
    assert near.headers.get("Path") == "<sip:term@127.0.0.21:5060;lr;ob>"
    assert Gate().passed(Phone().register()).headers.get("Path") == "<sip:term@127.0.0.21:5060;lr>"


def notify(**changes: str | None) -> Request:
    """Write a NOTIFY as the S-CSCF sends it to Alice."""
    return publish(Via="SIP/2.0/UDP 127.0.0.23:5060;branch=z9hG4bKn", Event="reg", **changes).with_uri(
        "sip:alice@127.0.0.11:5060"
    )


def watched_gate() -> Gate:
    """Give a P-CSCF that knows its network, at which Alice is registered."""
    gate = Gate()
    gate.role = Pcscf(gate.wire, ICSCF, DOMAIN, SeededIds("gate"), lambda: gate.time, frozenset({SCSCF.host}))
    registered(gate)
    return gate


def registered(gate: Gate) -> None:
    """Register Alice."""
    gate.serve(Phone().register())
    gate.wire.take().answered(200, *GRANTED)


def test_a_request_of_the_network_reaches_the_ue() -> None:
    """Without the Route that led here, to the contact that is registered."""
    gate = watched_gate()
    gate.serve(notify(Route="<sip:127.0.0.21:5060;lr>"), SCSCF)
    sent = gate.wire.take()
    assert (sent.to, sent.request.routes) == (UE, ())


def test_what_another_ue_sends_comes_by_us_twice() -> None:
    """That is no loop; charging is for the network alone (TS 24.229 5.2.6.4)."""
    gate = watched_gate()
    before = "SIP/2.0/UDP 127.0.0.21:5060;branch=z9hG4bKbefore"
    sent = gate.passed(notify(P_Charging_Vector="icid-value=1").adding("Via", before), SCSCF)
    assert "P-Charging-Vector" not in sent.headers
    assert gate.refusal(notify(Max_Forwards="0"), SCSCF) is Cause.TOO_MANY_HOPS


def test_a_request_of_the_network_for_nobody_goes_nowhere() -> None:
    """Only who is registered is reached; the P-CSCF is no way to other hosts."""
    gate = watched_gate()
    assert gate.refusal(notify().with_uri("sip:bob@127.0.0.12:5060"), SCSCF) is Cause.NO_ROUTE


def test_a_stranger_reaches_no_ue() -> None:
    """Who is not of the network and not registered is refused."""
    assert watched_gate().refusal(notify(), Hop("udp", "127.0.0.66", 5060)) is Cause.NOT_REGISTERED


def test_the_way_of_a_dialog_is_recorded_and_kept() -> None:
    """A SUBSCRIBE gets our Record-Route; what follows in its dialog goes by its own route."""
    gate = watched_gate()
    first = subscribe()
    assert gate.passed(first).headers.all("Record-Route") == (OWN_ROUTE,)
    granted(gate, first)
    gate.serve(again(first, Route=OWN_ROUTE))
    sent = gate.wire.take()
    assert (sent.to, sent.request.routes, "Record-Route" in sent.request.headers) == (SCSCF, (), False)


@pytest.mark.parametrize("route", ["<sip:192.0.2.66;lr>", f"{OWN_ROUTE}, <sip:192.0.2.66;lr>", None])
def test_no_way_but_that_of_the_dialog_leads_on(route: str | None) -> None:
    """Neither by Route nor by Request-URI does a UE choose to whom it is asserted."""
    gate = watched_gate()
    granted(gate, first := subscribe(), "<sip:192.0.2.7;lr>")
    gate.serve(again(first, Route=route).with_uri("sip:192.0.2.66"))
    sent = gate.wire.take()
    assert (sent.to.host, sent.request.headers.all("Route")) == ("192.0.2.7", ("<sip:192.0.2.7;lr>",))
    granted(gate, second := subscribe(Call_ID="second"))
    gate.serve(again(second, Route=route).with_uri("sip:192.0.2.66"))
    assert gate.wire.take().to == SCSCF


def test_an_invented_dialog_goes_home() -> None:
    """A To tag is easily written: what the P-CSCF knows nothing of goes along the Service-Route."""
    gate = watched_gate()
    request = publish(To=f"<{IMPU}>;tag=1", Route="<sip:127.0.0.200:2500;transport=tcp;lr>").with_uri("sip:192.0.2.66")
    gate.serve(request)
    sent = gate.wire.take()
    assert (sent.to, sent.request.headers.all("Route")) == (SCSCF, (ROUTE,))


def test_without_a_service_route_there_is_no_way(gate: Gate) -> None:
    """The Request-URI of a UE leads nowhere by itself."""
    gate.answered(Phone().register(), 200, GRANTED[0], GRANTED[2])
    assert gate.refusal(publish()) is Cause.NO_ROUTE


def subscribe(**changes: str | None) -> Request:
    """Write a SUBSCRIBE as Alice does."""
    written = publish(CSeq="1 SUBSCRIBE", **{"Event": "reg", **changes})
    return Request("SUBSCRIBE", IMPU, written.headers)


def again(first: Request, **changes: str | None) -> Request:
    """Write the next one in its dialog."""
    written = subscribe(Call_ID=first.call_id, To=f"<{IMPU}>;tag=n", **changes)
    return written.with_uri("sip:127.0.0.23:5060")


def granted(gate: Gate, request: Request, *routes: str) -> None:
    """Have a SUBSCRIBE granted from beyond, with these proxies on its way."""
    tagged = ("Contact", "<sip:127.0.0.23:5060>"), *(("Record-Route", route) for route in (*routes, OWN_ROUTE))
    answer = gate.serve(request)
    sent = gate.wire.take()
    below = sent.request.adding("Via", "SIP/2.0/UDP 127.0.0.99;branch=z9hG4bKhop", first=True)
    sent.answer.callback(below.answer(200, headers=tagged, to_tag="n"))
    assert result_of(answer).status == 200


def test_a_ue_whose_registration_the_network_ended_is_forgotten() -> None:
    """The P-CSCF's own subscription tells it (TS 24.229 5.2.3)."""
    gate = Gate()
    network, following = frozenset({SCSCF.host}), Following(gate.wire, SeededIds(2))
    gate.role = Pcscf(gate.wire, ICSCF, DOMAIN, SeededIds("gate"), lambda: gate.time, network, following)
    registered(gate)
    call_id = gate.wire.take().request.call_id
    gone = RegInfo(0, True, (Registration(IMPU, "a", "terminated", (Ended("1", CONTACT, False, "rejected"),)),))
    told = notify(Call_ID=call_id, Subscription_State="active").with_body(bytes(gone), TYPE)
    assert result_of(gate.serve(Request("NOTIFY", CONTACT, told.headers, told.body), SCSCF)).status == 200
    assert gate.refusal(publish()) is Cause.NOT_REGISTERED


CLIENT = "ipsec-3gpp;alg=hmac-sha-1-96;ealg=null;spi-c=1;spi-s=2;port-c=5060;port-s=5060"


def asking(request: Request) -> Request:
    """Let a request ask for a security agreement."""
    return request.with_header("Security-Client", CLIENT).with_header("Require", "sec-agree")


def agreeing_gate() -> Gate:
    """Give a P-CSCF that makes security agreements with those who want one."""
    gate = Gate()
    gate.role = Pcscf(gate.wire, ICSCF, DOMAIN, SeededIds(1), lambda: 0.0, offer=Offer(SecurityPolicy.ACCEPT))
    return gate


def test_a_security_agreement_is_the_ues_and_ours() -> None:
    """Offered in the 401, kept by the answer, shown by what follows; the network sees how it is protected, no more."""
    gate = agreeing_gate()
    waiting = gate.serve(asking(Phone().register()))
    first = gate.wire.take()
    first.answered(401, ("WWW-Authenticate", CHALLENGE))
    offer = result_of(waiting).headers.all("Security-Server")
    waiting = gate.serve(asking(Phone(cseq=1).register(Authorization=ANSWER)).with_header("Security-Verify", *offer))
    second = gate.wire.take()
    words = [each.request.authorization for each in (first, second)]
    assert [word and word.get("integrity-protected") for word in words] == ["no", "no"]
    for sent in (first, second):
        assert not any(name.startswith("Security") for name in sent.request.headers.names())
        assert sent.request.headers.all("Require") == ("path",)
    second.answered(200, *GRANTED)
    assert gate.refusal(publish()) is Cause.NO_AGREEMENT
    assert "Security-Verify" not in gate.passed(publish().with_header("Security-Verify", *offer)).headers
    again = asking(Phone(cseq=2).register()).with_header("Security-Verify", *offer)
    assert word_for(gate, again) == "yes"


ANSWER = f'Digest username="{IMPI}", realm="home.example", nonce="abc", uri="sip:home.example", response="r"'


def test_what_comes_over_tls_says_so() -> None:
    """tls-pending until the UE is registered, tls-yes then (TS 24.229 7.2A.2)."""
    gate, source = Gate(), Hop("tls", UE.host, 40001)
    gate.serve(Phone().register(), source)
    sent = gate.wire.take()
    sent.answered(200, *GRANTED)
    again = gate.passed(Phone(cseq=1).register(), source)
    words = [each.authorization for each in (sent.request, again)]
    assert [word and word.get("integrity-protected") for word in words] == ["tls-pending", "tls-yes"]
