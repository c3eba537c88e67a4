"""Facts out of whole captures of made-up registrations."""

from base64 import b64encode
from collections.abc import Iterable
from io import BytesIO
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from harness.diagnosis import findings_in
from harness.diagnosis.extraction import Knowledge, facts, key_of
from harness.diagnosis.facts import (
    Answered,
    Arrived,
    Challenge,
    Exchange,
    Offered,
    Synchronisation,
    ThirdParty,
    TokenPlace,
    TokenSeen,
)
from harness.evidence import Evidence, Seen, Spot, read_capture
from harness.evidence.captured import sip_message
from harness.evidence.icmp import PORT_UNREACHABLE, Notice
from harness.seen.capture import capture
from tests.harness.diagnosis.ailing import IMPI, KEYS, NONCE, REALM, RIGHT, card, challenge, digest, offered
from tests.harness.scenes import ALICE, TOKEN, registration
from valkit.aka.vectors import build_auts
from valkit.carriers import val_info
from valkit.sip import Credentials, Hop, Message, Request
from valkit.trace import Message as Sent

UE, CORE, SERVER = (Hop("udp", f"192.0.2.{number}", 5060) for number in (1, 2, 3))


def register(cseq: int, credentials: str = "", token: str = "", **headers: str) -> Request:
    """Make a REGISTER of alice's."""
    fields = {
        "Via": f"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{cseq}",
        "From": f"<{ALICE}>;tag=a",
        "To": f"<{ALICE}>",
        "Call-ID": "one",
        "CSeq": f"{cseq} REGISTER",
        **({"Authorization": credentials} if credentials else {}),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    content_type, body = val_info(token) if token else (None, b"")
    return Request.create("REGISTER", "sip:home.example", fields.items(), body, content_type)


def seen(*told: tuple[Message, Hop, Hop]) -> Evidence:
    """Have messages seen, a tenth of a second apart."""
    return Evidence(
        tuple(
            Seen(Spot(f"frame {at}", at / 10, source, target), message)  # type: ignore[arg-type]
            for at, (message, source, target) in enumerate(told, 1)
        )
    )


def credentials(response: str = "", **more: str) -> str:
    """Write Authorization."""
    told = {"username": IMPI, "realm": REALM, "nonce": NONCE, "uri": "sip:home.example", "response": response}
    terms = digest()
    qop = {"qop": "auth", "nc": terms.nc, "cnonce": terms.cnonce}
    return str(Credentials.build("Digest", {**told, "algorithm": "AKAv1-MD5", **qop, **more}))


FIRST = register(1)
UNAUTHORIZED = FIRST.answer(401, headers=[("WWW-Authenticate", str(offered().offer))])
SECOND = register(2, credentials(digest().response(KEYS.res, "REGISTER")), TOKEN)
GRANTED = SECOND.answer(200, headers=[("Contact", "<sip:192.0.2.1>;expires=60")])
TOLD = register(1, "", TOKEN, From="<sip:scscf@home.example>;tag=s", Call_ID="two", Expires="60")
WHOLE = seen(
    (FIRST, UE, CORE),
    (UNAUTHORIZED, CORE, UE),
    (SECOND, UE, CORE),
    (GRANTED, CORE, UE),
    (TOLD, CORE, SERVER),
    (TOLD.answer(200), SERVER, CORE),
)
KNOWN = Knowledge({IMPI: card()}, at=1_800_000_000.0)


def kinds(found: Iterable[object]) -> dict[str, int]:
    """Count facts by kind."""
    told = [type(fact).__name__ for fact in found]
    return {name: told.count(name) for name in dict.fromkeys(told)}


def test_a_whole_registration() -> None:
    """A challenge, its answer, the third-party REGISTER with the UE's own, the token once."""
    found = list(facts(WHOLE, KNOWN))
    assert kinds(found) == {
        "Seen": 6,
        "Exchange": 3,
        "Offered": 1,
        "Challenge": 1,
        "Answered": 1,
        "ThirdParty": 1,
        "TokenPlace": 2,
        "TokenSeen": 1,
    }
    (answer,) = (fact for fact in found if isinstance(fact, Answered))
    assert (answer.place, answer.outcome, answer.card) == ("frame 3", 200, card())
    assert [offer.place for offer in answer.offers] == ["frame 2"]
    (told,) = (fact for fact in found if isinstance(fact, ThirdParty))
    assert told.own is not None
    assert told.granted is not None
    assert (told.own.spot.place, told.granted.spot.place) == ("frame 3", "frame 4")


def test_a_healthy_registration_has_no_finding() -> None:
    """With everything known."""
    assert findings_in(fact for fact in facts(WHOLE, KNOWN) if not isinstance(fact, TokenSeen)) == ()


def test_a_third_party_register_is_of_the_register_in_it() -> None:
    """Though the UE has sent another one since; without one in it, it is of the last that was granted."""
    later = register(3, credentials(nc="00000002"), TOKEN)
    enclosing = TOLD.with_body(bytes(SECOND), "message/sip")
    assert isinstance(enclosing, Request)
    begun = [(SECOND, UE, CORE), (GRANTED, CORE, UE), (later, UE, CORE)]
    for message in (enclosing, TOLD):
        (told,) = (fact for fact in facts(seen(*begun, (message, CORE, SERVER))) if isinstance(fact, ThirdParty))
        assert told.own is not None
        assert told.own.spot.place == "frame 1"


def test_on_several_hops_a_message_is_one_fact() -> None:
    """Where it was seen first."""
    proxied = seen((FIRST, UE, CORE), (FIRST, CORE, SERVER), (UNAUTHORIZED, SERVER, CORE), (UNAUTHORIZED, CORE, UE))
    assert kinds(facts(proxied))["Exchange"] == 1
    (offer,) = (fact for fact in facts(proxied) if isinstance(fact, Offered))
    assert offer.place == "frame 3"


def publish(*hops: Hop) -> list[tuple[Message, Hop, Hop]]:
    """Have a PUBLISH of alice's go from hop to hop, and refused by the last one."""
    fields = {**dict(FIRST.headers.items()), "CSeq": "1 PUBLISH"}
    sent = Request.create("PUBLISH", ALICE, fields.items())
    told: list[tuple[Message, Hop, Hop]] = []
    for source, target in pairwise(hops):
        told.append((sent, source, target))
        answer = sent.answer(403)
        sent = sent.adding("Via", f"SIP/2.0/UDP {target.host};branch=z9hG4bK{target.port}")
    return [*told, (answer, hops[-1], hops[-2])]


@pytest.mark.parametrize(
    ("hops", "trusted", "within"),
    [
        ((UE, CORE), "", False),
        ((UE, CORE), UE.host, True),
        ((UE, CORE, SERVER), "", True),
        ((UE, CORE, CORE._replace(port=5070)), "", True),
    ],
)
def test_it_is_known_whether_a_request_was_seen_within_the_core(
    hops: tuple[Hop, ...], trusted: str, *, within: bool
) -> None:
    """Behind a proxy, though that has the server's host, or where the server trusts who sends."""
    known = Knowledge(trusts=lambda host: host == trusted)
    (exchange,) = (fact for fact in facts(seen(*publish(*hops)), known) if isinstance(fact, Exchange))
    assert exchange.within == within


def test_a_phone_that_publishes_asserts_nothing_itself() -> None:
    """So that it is refused is all that is said of a capture at the phone; behind the P-CSCF it is missed."""
    for hops, causes in (((UE, CORE), []), ((UE, CORE, SERVER), ["asserted-identity"])):
        found = findings_in(facts(seen(*publish(*hops))))
        assert [each.name for each in found] == [*causes, "publish-refused"]


def test_what_comes_to_another_port_of_the_servers_host_is_not_for_the_server() -> None:
    """Core and server of a lab on one host."""
    told = [(FIRST, UE, CORE), (TOLD, CORE, SERVER._replace(host=CORE.host, port=5070))]
    arrived = [fact for fact in facts(seen(*told), Knowledge(trusts=bool)) if isinstance(fact, Arrived)]
    assert [fact.seen.message for fact in arrived] == [TOLD]


def test_an_auts_is_settled_when_the_next_challenge_succeeds() -> None:
    """And is not, while it does not."""
    auts = b64encode(build_auts(RIGHT, challenge().rand, 0x2000)).decode()
    asked = register(2, credentials("0" * 32, auts=auts))
    again = register(3, credentials(digest().response(KEYS.res, "REGISTER")))
    begun = [(FIRST, UE, CORE), (UNAUTHORIZED, CORE, UE), (asked, UE, CORE), (asked.answer(401), CORE, UE)]
    (said,) = (fact for fact in facts(seen(*begun), KNOWN) if isinstance(fact, Synchronisation))
    assert not said.settled
    more = [(again, UE, CORE), (again.answer(200), CORE, UE)]
    (said,) = (fact for fact in facts(seen(*begun, *more), KNOWN) if isinstance(fact, Synchronisation))
    assert said.settled


def test_what_was_answered_before_is_remembered() -> None:
    """By nonce and nc, for replays."""
    told = credentials("0" * 32)
    (first, second) = (
        fact
        for fact in facts(seen((register(2, told), UE, CORE), (register(3, told), UE, CORE)), KNOWN)
        if isinstance(fact, Answered)
    )
    assert (first.earlier, second.earlier) == ((), ((NONCE, "00000001"),))


def test_a_request_that_nobody_answers_is_known_when_others_are() -> None:
    """By the same server, later; one that is down answers nobody."""
    lost, later = (Seen(Spot("frame 1", 0.0, UE, CORE), SECOND), Seen(Spot("frame 2", 1.0, UE, CORE), FIRST))
    evidence = Evidence((lost, later, Seen(Spot("frame 3", 1.1, CORE, UE), UNAUTHORIZED)))
    (place,) = (fact for fact in facts(Evidence((lost, later))) if isinstance(fact, TokenPlace))
    assert not place.unanswered
    (place,) = (fact for fact in facts(evidence) if isinstance(fact, TokenPlace))
    assert place.unanswered
    absent = Notice(CORE.host, "udp", (UE.host, UE.port), (CORE.host, CORE.port), PORT_UNREACHABLE)
    (place,) = (fact for fact in facts(evolve(evidence, notices=(absent,))) if isinstance(fact, TokenPlace))
    assert not place.unanswered  # it is not its size
    (place,) = (fact for fact in facts(WHOLE) if isinstance(fact, TokenPlace) and fact.seen.spot.place == "frame 3")
    assert not place.unanswered


def test_our_own_captures_are_understood_though_secrets_are_hidden_in_them() -> None:
    """No token, no response and no AUTS is judged."""
    events = [event for event in registration() if isinstance(event, Sent)]
    found = list(facts(read_capture(BytesIO(b"".join(capture(events))))))
    assert not any(isinstance(fact, TokenSeen | Synchronisation | Challenge) for fact in found)
    assert sum(isinstance(fact, Exchange) for fact in found) == 3


def test_a_key_says_which_request_an_answer_is_for() -> None:
    """Whatever hop it is on."""
    assert key_of(FIRST) == key_of(UNAUTHORIZED) != key_of(SECOND)


SAMPLES = [
    bytes(each.message)
    for each in (
        *WHOLE.messages,
        Seen(Spot("one"), register(4, credentials("0" * 32, auts="AAAA"))),
        Seen(Spot("one"), register(6, f"Bearer {TOKEN[:90]} {TOKEN[90:]}", TOKEN)),
        Seen(Spot("one"), register(7, "", f"{TOKEN[:90]}\r\n {TOKEN[90:]}")),
        Seen(Spot("one"), register(5, "Bearer x", P_Associated_URI="<sip:a", Expires="x", Contact="<")),
    )
]


@given(st.data())
def test_no_message_makes_a_diagnosis_fail(data: st.DataObject) -> None:
    """Whatever stands in it: facts and findings come of it, or none."""
    told: list[Seen] = []
    for octets in data.draw(st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=4)):
        changed = bytearray(octets)
        for _ in range(data.draw(st.integers(0, 6))):
            at = data.draw(st.integers(0, len(changed) - 1))
            changed[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
        seen_or_broken = sip_message(bytes(changed), Spot("frame 1", 1.0, UE, CORE))
        if isinstance(seen_or_broken, Seen):
            told.append(seen_or_broken)
    findings_in(facts(Evidence(tuple(told)), KNOWN))
