from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ue_sim.network import DOMAIN, IMPI, IMPU, SERVICE_ROUTE, Network, card, credentials
from ue_sim.credentials import Login
from ue_sim.engine import Answer, Body
from ue_sim.registration import INVALID_CHALLENGES, VALID_CHALLENGES, Registration, Wish, renewal
from ue_sim.securing import NOTHING, Securing, Wanted
from ue_sim.usim import Card
from valkit.ids import SeededIds
from valkit.sip.headers import NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response

CONTACT = '<sip:alice@192.0.2.1:5060>;+sip.instance="<urn:uuid:00000000-0000-0000-0000-000000000001>"'
TOKEN = Body("application/vnd.val.val-info+xml", b"<val-info/>")
NOW = 1_000_000.0
HERE = Hop("udp", "192.0.2.1", 5060)


def registration() -> Registration:
    """Give a phone that was just switched on."""
    ids = SeededIds(1)
    return Registration(IMPU, NameAddr.parse(CONTACT), Login(IMPI, DOMAIN, ids), ids, Securing(NOTHING, HERE, ids))


def run(
    phone: Registration,
    respond: Callable[[Request], Response],
    wish: Wish | None = None,
    usim: Card | None = None,
    now: float = NOW,
) -> Answer:
    """Let an attempt and a network talk until there is an answer."""
    attempt = phone.attempt(wish or Wish(), usim or card(), now)
    step: Request | Answer = attempt.first()
    while isinstance(step, Request):
        step = attempt.next(respond(step), now)
    return step


def test_the_first_register_is_that_of_24_229() -> None:
    """Request-URI the home domain, From and To the IMPU, 600000 s, path supported, nothing proven (5.1.1.2.1)."""
    request = registration().attempt(Wish(), card(), NOW).first()
    assert (request.method, request.uri) == ("REGISTER", "sip:home.example")
    assert (request.from_.uri, request.to.uri, request.to.tag) == (IMPU, IMPU, None)
    assert request.headers.get("Contact") == CONTACT
    assert (request.expires, request.headers.get("Supported")) == (600_000, "path")
    assert credentials(request)["response"] == ""


def test_a_challenge_is_answered_and_the_phone_is_registered() -> None:
    """401, a right response, 200: what was granted is kept (5.1.1.2.1, 5.1.1.5.1)."""
    phone = registration()
    answer = run(phone, Network(granted=3600).respond)
    assert (answer.status, answer.expires) == (200, 3600)
    assert phone.granted is not None
    assert (phone.granted.until, phone.granted.due) == (NOW + 3600, NOW + 3000)
    assert (phone.granted.associated, phone.granted.service_route) == ((IMPU,), (SERVICE_ROUTE,))


def test_call_id_stays_and_cseq_counts() -> None:
    """All REGISTERs of a phone, its de-registration and next registration too, are of one series (RFC 3261 10.2)."""
    phone, network = registration(), Network()
    for wish in (Wish(), Wish(), Wish(expires=0), Wish()):
        assert run(phone, network.respond, wish).ok
    assert len({request.call_id for request in network.seen}) == 1
    assert [request.cseq.number for request in network.seen] == list(range(1, len(network.seen) + 1))


def test_the_body_goes_with_the_res() -> None:
    """The token is in step 5 of figure 5.X.3.2.2-1 and not in step 1, before the network has proved itself."""
    network = Network()
    run(registration(), network.respond, Wish(body=TOKEN))
    assert [request.body for request in network.seen] == [b"", TOKEN.content]
    assert [str(request.content_type) for request in network.seen] == ["None", TOKEN.content_type]
    assert credentials(network.seen[1])["qop"] == "auth-int"


def test_a_renewal_carries_the_body_at_once() -> None:
    """With a proof in hand the first REGISTER has both, RES and token."""
    phone, network = registration(), Network()
    run(phone, network.respond)
    run(phone, network.respond, Wish(body=TOKEN))
    assert network.seen[-1].body == TOKEN.content
    assert credentials(network.seen[-1])["nc"] == "00000002"


def test_a_renewal_counts_on_the_nonce_in_hand() -> None:
    """It proves who it is in its first REGISTER, with the next nc, so that no challenge is needed."""
    phone, network = registration(), Network()
    run(phone, network.respond)
    assert run(phone, network.respond).ok
    assert [credentials(request).get("nc") for request in network.seen] == [None, "00000001", "00000002"]


def test_a_registration_that_ran_out_begins_anew() -> None:
    """After its end, the next REGISTER is an initial one: nothing is proven in it."""
    phone, network = registration(), Network(granted=60)
    run(phone, network.respond)
    run(phone, network.respond, now=NOW + 60)
    assert [bool(credentials(request)["response"]) for request in network.seen] == [False, True, False, True]


def test_deregistration_leaves_nothing() -> None:
    """Expires 0 with the contact; neither grant nor nonce remain (5.1.1.6)."""
    phone, network = registration(), Network()
    run(phone, network.respond)
    assert run(phone, network.respond, Wish(expires=0)).expires == 0
    assert (network.seen[2].expires, network.seen[2].headers.get("Contact")) == (0, CONTACT)
    assert phone.granted is None
    assert credentials(phone.attempt(Wish(), card(), NOW).first())["nonce"] == ""


def test_deregistration_everywhere_names_no_contact() -> None:
    """Contact is a star (RFC 3261 10.2.2)."""
    request = registration().attempt(Wish(expires=0, everywhere=True), card(), NOW).first()
    assert request.headers.get("Contact") == "*"


def test_auts_brings_the_network_into_step() -> None:
    """A used sequence number is answered with auts, the next challenge with a RES."""
    network = Network(sqn=32)
    assert run(registration(), network.respond, usim=card(sqn=9600)).ok
    assert ["auts" in credentials(request) for request in network.seen] == [False, True, False]


def test_a_wrong_mac_is_refused_and_the_core_gives_up() -> None:
    """The phone answers with an empty response, and the 403 of the core is the answer (5.1.1.5.3, 5.4.1.2.3)."""
    network = Network(opc=bytes(16))
    assert run(registration(), network.respond).status == 403
    assert [credentials(request)["response"] for request in network.seen] == ["", ""]


def test_two_invalid_challenges_are_answered_and_no_third() -> None:
    """A core that goes on challenging with a wrong MAC is left with its third 401 (5.1.1.5.3)."""
    network = Network(opc=bytes(16))
    answer = run(registration(), network.only_challenge)
    assert answer.status == 401
    assert len(network.seen) == 3


def test_a_valid_challenge_in_between_starts_the_count_again() -> None:
    """Only consecutive invalid challenges count."""
    good, bad = Network(), Network(opc=bytes(16), sqn=4096)
    turns = iter([bad, bad, good, bad, bad, good])
    seen: list[Request] = []

    def respond(request: Request) -> Response:
        seen.append(request)
        network = next(turns, None)
        return network.challenge(request) if network else request.answer(200)

    assert run(registration(), respond).ok
    assert len(seen) == 7


def test_a_core_that_never_believes_is_left() -> None:
    """Genuine challenges without end are answered twice."""
    network = Network()
    answer = run(registration(), network.only_challenge)
    assert answer.status == 401
    assert len(network.seen) == 3


def test_too_brief_an_interval_is_made_longer() -> None:
    """423 with Min-Expires: the same again for that long (RFC 3261 10.2.8)."""
    network = Network(answers=[(423, [("Min-Expires", "7200")])])
    assert run(registration(), network.respond, Wish(expires=60)).expires == 7200
    assert [request.expires for request in network.seen] == [60, 7200, 7200]


@pytest.mark.parametrize("headers", [[], [("Min-Expires", "soon")], [("Min-Expires", "60")]])
def test_a_423_that_helps_not_is_the_answer(headers: list[tuple[str, str]]) -> None:
    """Without a longer interval to try there is no sense in trying."""
    assert run(registration(), Network(answers=[(423, headers)]).respond, Wish(expires=60)).status == 423


def test_only_one_423_is_followed() -> None:
    """A registrar that always wants longer is left with its second 423."""
    network = Network(answers=[(423, [("Min-Expires", "7200")]), (423, [("Min-Expires", "7201")])])
    assert run(registration(), network.respond, Wish(expires=60)).status == 423


@pytest.mark.parametrize(
    "header", [[], [("WWW-Authenticate", 'Digest realm="home.example", nonce="x", algorithm=MD5')]]
)
def test_a_challenge_that_cannot_be_answered_is_the_answer(header: list[tuple[str, str]]) -> None:
    """A 401 with no AKA in it ends the attempt; the phone says what was offered and what it answers."""
    answer = run(registration(), Network(answers=[(401, header)]).respond)
    assert answer.status == 401
    said = "offered MD5, this phone answers only AKAv1-MD5, AKAv2-MD5, AKAv2-SHA-256"
    assert answer.why == (said if header else "")


def test_a_refused_renewal_keeps_what_was_granted() -> None:
    """A 403 does not end the registration before its time; the next try proves nothing beforehand."""
    phone, network = registration(), Network()
    run(phone, network.respond)
    network.answers = [(403, [])]
    assert run(phone, network.respond).status == 403
    assert phone.granted is not None
    assert credentials(phone.attempt(Wish(), card(), NOW).first())["nonce"] == ""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("Contact", "<sip:bob@192.0.2.9>;expires=5, <sip:alice@192.0.2.1:5060>;expires=70"), ("Expires", "80")], 70),
        ([("Contact", "<sip:bob@192.0.2.9>;expires=5"), ("Expires", "80")], 80),
        ([("Contact", "<sip:alice@192.0.2.1:5060>;expires=long")], 3600),
        ([], 600_000),
    ],
)
def test_the_time_granted_is_that_of_our_contact(headers: list[tuple[str, str]], seconds: int) -> None:
    """The contact's own expires, else the header, else what was asked (RFC 3261 10.2.4)."""
    assert run(registration(), Network(answers=[(200, headers)]).respond).expires == seconds


@pytest.mark.parametrize(
    ("seconds", "due"), [(600_000, 599_400), (3600, 3000), (1201, 601), (1200, 600), (60, 30), (1, 0.5)]
)
def test_renewal_is_due(seconds: int, due: float) -> None:
    """600 s before the end, of 1200 s and less half way (TS 24.229 5.1.1.4.1)."""
    assert renewal(seconds) == due


@given(turns=st.lists(st.sampled_from(["genuine", "forged", "again", "423", "403", "200"]), max_size=40))
def test_any_network_is_left_in_the_end(turns: list[str]) -> None:
    """Whatever comes, an attempt ends after a bounded number of REGISTERs, of one Call-ID and counted by CSeq."""
    genuine, forged, seen = Network(), Network(opc=bytes(16)), list[Request]()
    coming = iter(turns)

    def respond(request: Request) -> Response:
        seen.append(request)
        match next(coming, "genuine"):
            case "genuine":
                return genuine.challenge(request)
            case "forged":
                return forged.challenge(request)
            case "again" if genuine.vectors:
                return genuine.challenged_with(request, next(iter(genuine.vectors)))
            case "423":
                return request.answer(423, headers=[("Min-Expires", str(700_000 + len(seen)))])
            case status:
                return request.answer(403 if status == "again" else int(status))

    run(registration(), respond)
    assert len(seen) <= 1 + 3 * VALID_CHALLENGES + INVALID_CHALLENGES + 1
    assert {request.call_id for request in seen} == {seen[0].call_id}
    assert [request.cseq.number for request in seen] == list(range(1, len(seen) + 1))


def secured() -> Registration:
    """Give a phone that asks for a security agreement."""
    phone = registration()
    phone.securing = Securing(Wanted(("ipsec-3gpp",)), HERE, SeededIds(2))
    return phone


OFFER = "ipsec-3gpp;q=0.90;alg=hmac-sha-1-96;ealg=aes-cbc;prot=esp;mod=trans;spi-c=1;spi-s=2;port-c=5060;port-s=5060"


def test_the_second_register_mirrors_the_offer_and_repeats_the_first() -> None:
    """Security-Verify is Security-Server; Security-Client stays as it was (TS 24.229 5.1.1.5.1)."""
    attempt = secured().attempt(Wish(), card(), NOW)
    first = attempt.first()
    challenge = Network().challenge(first).with_header("Security-Server", OFFER)
    second = attempt.next(challenge, NOW)
    assert isinstance(second, Request)
    assert second.headers.all("Security-Verify") == (OFFER,)
    assert second.headers.all("Security-Client") == first.headers.all("Security-Client")
    assert (first.headers.all("Require"), "Security-Verify" in first.headers) == (("sec-agree",), False)


def test_a_challenge_without_an_offer_is_abandoned() -> None:
    """The phone gives up, and begins under another Call-ID the next time (TS 24.229 5.1.1.5.1)."""
    phone = secured()
    attempt = phone.attempt(Wish(), card(), NOW)
    first = attempt.first()
    outcome = attempt.next(Network().challenge(first), NOW)
    assert isinstance(outcome, Answer)
    assert outcome.status == 401
    assert phone.attempt(Wish(), card(), NOW).first().call_id != first.call_id
