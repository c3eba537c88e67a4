"""Matching (RFC 3261 17.1.3, 17.2.3) and what follows from each message, without a socket or a clock."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valkit.sip import Misuse, ParseError, Request, Response
from valkit.sip.layer import (
    Answered,
    Deliver,
    Effects,
    Failed,
    Layer,
    Provisional,
    Send,
    Transaction,
    ack_for,
    key_of,
)
from valkit.sip.transaction import State


class Way(NamedTuple):
    """A path, as far as the layer looks at one."""

    reliable: bool = False


UDP, TCP = Way(), Way(reliable=True)
VIA = "SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK77"


def request(method: str = "REGISTER", via: str = VIA, **changes: str) -> Request:
    """Give a request; headers are changed by name."""
    headers = {
        "Via": via,
        "Max-Forwards": "70",
        "From": "<sip:alice@home.example>;tag=f1",
        "To": "<sip:bob@home.example>",
        "Call-ID": "c1",
        "CSeq": f"1 {method}",
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    return Request.create(method, "sip:bob@home.example", headers.items())


def seen(effects: Effects[Way]) -> list[Any]:
    """Write effects down in short: what is sent by its start line, the others by their kind and status."""
    short: list[Any] = []
    for effect in effects:
        match effect:
            case Send():
                short.append(effect.data.split(b"\r\n")[0].decode())
            case Deliver():
                short.append(("deliver", effect.request.method))
            case Provisional() | Answered():
                short.append((type(effect).__name__.lower(), effect.response.status))
            case Failed():
                short.append(("failed", effect.cause))
    return short


def delivered(effects: Effects[Way]) -> Transaction[Way]:
    """Give the transaction of the one request that was delivered."""
    (effect,) = effects
    assert isinstance(effect, Deliver)
    assert effect.transaction is not None
    return effect.transaction


# --- which transaction


def test_one_key_for_a_request_its_retransmission_its_response_and_its_ack() -> None:
    """All messages of an INVITE transaction have the same key, and the key can be read."""
    invite = request("INVITE")
    refusal = invite.answer(486)
    assert {key_of(each) for each in (invite, request("INVITE"), refusal, ack_for(invite, refusal))} == {
        "z9hG4bK77 192.0.2.4:5060 INVITE"
    }


@pytest.mark.parametrize(
    "other",
    [
        request("OPTIONS"),
        request("CANCEL"),
        request(via=VIA.replace("77", "78")),
        request(via=VIA.replace("192.0.2.4", "192.0.2.5")),
        request(via=VIA.replace("5060", "5061")),
    ],
    ids=["method", "cancel", "branch", "host", "port"],
)
def test_another_key_for_another_transaction(other: Request) -> None:
    """Branch, sent-by and method each make a difference (17.2.3)."""
    assert key_of(other) != key_of(request())


def test_what_makes_no_difference() -> None:
    """Neither the host's case nor what the server notes in Via, nor the Request-URI, is part of the match."""
    noted = VIA.replace("192.0.2.4", "HOST.example") + ";received=192.0.2.4;rport=9"
    assert key_of(request(via=noted)) == key_of(request(via=VIA.replace("192.0.2.4", "host.EXAMPLE")))


@pytest.mark.parametrize("via", ["SIP/2.0/UDP old.example", "SIP/2.0/UDP old.example;branch=1"])
@pytest.mark.parametrize(
    "change",
    [{"From": "<sip:a@b>;tag=f2"}, {"To": "<sip:a@b>;tag=t"}, {"Call_ID": "c2"}, {"CSeq": "2 REGISTER"}],
    ids=str,
)
def test_without_the_cookie_five_headers_decide(via: str, change: dict[str, str]) -> None:
    """A client of RFC 2543 is matched by To tag, From tag, Call-ID, CSeq and Via (17.2.3)."""
    assert key_of(request(via=via)) == key_of(request(via=via, Subject="not part of it"))
    assert key_of(request(via=via)) != key_of(request(via=via, **change))


def test_a_message_without_via_belongs_nowhere() -> None:
    """A Via that cannot be read is a ParseError, for the network's shell to drop."""
    with pytest.raises(ParseError):
        key_of(request(via="nonsense"))


# --- server side


def test_a_retransmission_gets_the_same_bytes() -> None:
    """The handler sees a request once; before it answers retransmissions are absorbed, afterwards answered alike."""
    layer: Layer[Way] = Layer()
    transaction = delivered(layer.request_received(request(), UDP, 0.0))
    assert layer.request_received(request(), UDP, 0.5) == []
    (sent,) = layer.respond(transaction, request().answer(200, to_tag="t"), 1.0)
    (again,) = layer.request_received(request(), UDP, 1.5)
    assert isinstance(sent, Send)
    assert isinstance(again, Send)
    assert again.data == sent.data
    assert layer.counts.absorbed == 2


def test_a_completed_transaction_is_only_bytes_until_timer_j() -> None:
    """Over UDP the answered request runs no timer, is remembered 64*T1, and then is a new one."""
    layer: Layer[Way] = Layer()
    layer.respond(delivered(layer.request_received(request(), UDP, 0.0)), request().answer(200), 0.0)
    assert (len(layer), layer.next) == (1, None)
    assert seen(layer.request_received(request(), UDP, 31.9)) == ["SIP/2.0 200 OK"]
    assert seen(layer.request_received(request(), UDP, 32.2)) == [("deliver", "REGISTER")]


def test_over_tcp_nothing_is_remembered() -> None:
    """Timer J is zero over a reliable transport."""
    layer: Layer[Way] = Layer()
    layer.respond(delivered(layer.request_received(request(), TCP, 0.0)), request().answer(200), 0.0)
    assert len(layer) == 0


def test_provisional_then_final() -> None:
    """A provisional response is repeated on retransmission until the final one; a second final one is ignored."""
    layer: Layer[Way] = Layer()
    transaction = delivered(layer.request_received(request(), UDP, 0.0))
    answer = request().answer
    assert seen(layer.respond(transaction, answer(100), 0.0)) == ["SIP/2.0 100 Trying"]
    assert seen(layer.request_received(request(), UDP, 0.5)) == ["SIP/2.0 100 Trying"]
    assert seen(layer.respond(transaction, answer(200), 1.0)) == ["SIP/2.0 200 OK"]
    assert seen(layer.respond(transaction, answer(500), 1.0)) == []
    assert seen(layer.request_received(request(), UDP, 1.5)) == ["SIP/2.0 200 OK"]


def test_the_answer_to_a_request_that_breaks_the_rules_finds_it_by_its_branch() -> None:
    """It repeats the CSeq, which names another method (17.1.3); any other such answer is a stray one."""
    layer: Layer[Way] = Layer()
    amiss, right = request(CSeq="1 PUBLISH"), request(via=f"{VIA}8")
    layer.send(amiss, UDP, 0.0)
    layer.send(right, UDP, 0.0)
    assert layer.awaiting(right.answer(400).with_header("CSeq", "1 PUBLISH")) is None
    assert seen(layer.response_received(amiss.answer(400), 0.0)) == [("answered", 400)]


def test_too_many_at_once_are_told_503() -> None:
    """Beyond its capacity the layer says 503 with Retry-After, remembers nothing, and goes on with what it has."""
    layer: Layer[Way] = Layer(capacity=1)
    first = delivered(layer.request_received(request(), UDP, 0.0))
    second = request(via=VIA.replace("77", "78"))
    (busy,) = layer.request_received(second, UDP, 0.0)
    assert isinstance(busy, Send)
    assert isinstance(busy.message, Response)
    assert (busy.message.status, busy.message.headers.get("Retry-After")) == (503, "32")
    assert (len(layer), layer.counts.busy) == (1, 1)
    layer.respond(first, request().answer(200), 0.0)
    assert seen(layer.request_received(second, UDP, 0.5)) == [("deliver", "REGISTER")]


@pytest.mark.parametrize("branch", ["z9hG4bK", ""])
def test_invites_that_nobody_acknowledges_take_no_other_requests_place(branch: str) -> None:
    """Each is answered at once and then waits 32 s for its ACK; with too many the one answered first is given up."""
    layer: Layer[Way] = Layer(capacity=2)
    invites = [request("INVITE", f"SIP/2.0/UDP 192.0.2.9;branch={branch}{n}", Call_ID=f"flood{n}") for n in range(5)]
    for invite in invites:
        transaction = delivered(layer.request_received(invite, UDP, 0.0))
        layer.respond(transaction, invite.answer(403), 0.0)
    assert (delivered(layer.request_received(request(), UDP, 0.0)).request.method, layer.counts.busy) == ("REGISTER", 0)
    assert seen(layer.request_received(invites[-1], UDP, 0.0)) == ["SIP/2.0 403 Forbidden"]
    assert seen(layer.request_received(invites[0], UDP, 0.0)) == [("deliver", "INVITE")]
    assert seen(layer.request_received(request(via=f"{VIA}8"), UDP, 0.0)) == ["SIP/2.0 503 Service Unavailable"]
    layer.due(100.0)
    assert len(layer) == 2, "what is worked on, and nothing else"


def test_a_request_its_user_gave_up_is_new_again() -> None:
    """After `forget` nothing is held, and a retransmission is delivered."""
    layer: Layer[Way] = Layer()
    layer.forget(delivered(layer.request_received(request(), UDP, 0.0)))
    assert len(layer) == 0
    assert seen(layer.request_received(request(), UDP, 0.5)) == [("deliver", "REGISTER")]


def test_an_invite_refused() -> None:
    """100 after 200 ms, the refusal until the ACK, the ACK absorbed, and all of it gone after T4 (Figure 7)."""
    layer: Layer[Way] = Layer()
    invite = request("INVITE")
    transaction = delivered(layer.request_received(invite, UDP, 0.0))
    assert seen(layer.due(0.2)) == ["SIP/2.0 100 Trying"]
    refusal = invite.answer(486, to_tag="t")
    assert seen(layer.respond(transaction, refusal, 1.0)) == ["SIP/2.0 486 Busy Here"]
    assert seen(layer.due(4.9)) == ["SIP/2.0 486 Busy Here"] * 3
    assert layer.request_received(ack_for(invite, refusal), UDP, 5.0) == []
    assert layer.due(9.9) == []
    assert len(layer) == 1
    assert layer.due(10.0) == []
    assert len(layer) == 0


def test_an_invite_refused_whose_ack_never_comes() -> None:
    """After 64*T1 the user of the server transaction is told (Timer H)."""
    layer: Layer[Way] = Layer()
    transaction = delivered(layer.request_received(request("INVITE"), TCP, 0.0))
    layer.respond(transaction, request("INVITE").answer(486), 0.0)
    assert seen(layer.due(32.0)) == [("failed", "timeout")]
    assert len(layer) == 0


def test_an_invite_accepted() -> None:
    """No 100 once a 180 has gone out; a 2xx may be sent again by the user, and its ACK goes up (RFC 6026)."""
    layer: Layer[Way] = Layer()
    invite = request("INVITE")
    transaction = delivered(layer.request_received(invite, UDP, 0.0))
    layer.respond(transaction, invite.answer(180), 0.1)
    assert layer.due(0.3) == []
    assert seen(layer.request_received(invite, UDP, 0.5)) == ["SIP/2.0 180 Ringing"]
    assert seen(layer.respond(transaction, invite.answer(200), 1.0)) == ["SIP/2.0 200 OK"]
    assert layer.request_received(invite, UDP, 1.5) == []
    assert seen(layer.respond(transaction, invite.answer(200), 2.0)) == ["SIP/2.0 200 OK"]
    assert seen(layer.request_received(request("ACK", CSeq="1 ACK"), UDP, 2.5)) == [("deliver", "ACK")]
    layer.due(33.0)
    assert len(layer) == 0


def test_the_ack_of_an_old_client_is_known_by_our_to_tag() -> None:
    """Without the cookie the ACK matches by the To tag of the response (17.2.3), and no other ACK does."""
    layer: Layer[Way] = Layer()
    invite = request("INVITE", via="SIP/2.0/UDP old.example")
    transaction = delivered(layer.request_received(invite, UDP, 0.0))
    layer.respond(transaction, invite.answer(486, to_tag="ours"), 0.0)
    stranger = ack_for(invite, invite.answer(486, to_tag="another"))
    assert seen(layer.request_received(stranger, UDP, 0.1)) == [("deliver", "ACK")]
    assert layer.request_received(ack_for(invite, invite.answer(486, to_tag="ours")), UDP, 0.1) == []
    assert transaction.state is State.CONFIRMED
    layer.due(6.0)
    assert seen(layer.request_received(invite, UDP, 6.0)) == [("deliver", "INVITE")]


def test_an_ack_without_a_transaction_goes_up_unanswerable() -> None:
    """An ACK that matches nothing is the element's affair (18.2.1), and makes no transaction."""
    layer: Layer[Way] = Layer()
    (effect,) = layer.request_received(request("ACK"), UDP, 0.0)
    assert isinstance(effect, Deliver)
    assert effect.transaction is None
    assert len(layer) == 0


def test_a_response_that_cannot_be_sent_ends_nothing() -> None:
    """The user is told, and the transaction stays for a retransmission (RFC 6026 on 17.2.4)."""
    layer: Layer[Way] = Layer()
    transaction = delivered(layer.request_received(request("INVITE"), UDP, 0.0))
    layer.respond(transaction, request("INVITE").answer(486), 0.0)
    assert seen(layer.broken(transaction, 0.1)) == [("failed", "transport")]
    assert seen(layer.request_received(request("INVITE"), UDP, 0.2)) == ["SIP/2.0 486 Busy Here"]


# --- client side


def test_a_request_is_answered_once() -> None:
    """The final response goes up once, its retransmissions are absorbed for T4, then they are stray."""
    layer: Layer[Way] = Layer()
    _, effects = layer.send(request(), UDP, 0.0)
    assert seen(effects) == ["REGISTER sip:bob@home.example SIP/2.0"]
    assert seen(layer.response_received(request().answer(100), 0.1)) == [("provisional", 100)]
    assert seen(layer.response_received(request().answer(200), 0.2)) == [("answered", 200)]
    assert layer.response_received(request().answer(200), 0.3) == []
    assert layer.due(5.2) == []
    assert len(layer) == 0
    layer.response_received(request().answer(200), 6.0)
    assert layer.counts.stray == 1


def test_the_pauses_between_sends() -> None:
    """Eleven sends, the last at 31.5 s, and failure at 64*T1, when time passes in one leap."""
    layer: Layer[Way] = Layer()
    _, effects = layer.send(request(), UDP, 100.0)
    times = [100.0] if effects else []
    while layer.next is not None:
        now = layer.next
        effects = layer.due(now)
        times += [now for effect in effects if isinstance(effect, Send)]
    assert [at - 100 for at in times] == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert seen(effects) == [("failed", "timeout")]
    assert len(layer) == 0


def test_an_hour_at_once_is_the_same_as_in_steps() -> None:
    """Timers fire as of their own times even when `due` is called late."""
    layer: Layer[Way] = Layer()
    layer.send(request(), UDP, 0.0)
    assert len(layer.due(3600.0)) == 11


def test_over_tcp_a_request_is_sent_once() -> None:
    """No retransmission over a reliable transport; the answer ends the transaction at once (Timer K zero)."""
    layer: Layer[Way] = Layer()
    layer.send(request(), TCP, 0.0)
    assert layer.due(31.9) == []
    assert seen(layer.response_received(request().answer(200), 31.9)) == [("answered", 200)]
    assert (len(layer), len(layer.due(100.0))) == (0, 0)


def test_an_invite_is_acknowledged() -> None:
    """A refusal is acknowledged each time it comes and delivered once; a 2xx is the user's to acknowledge."""
    layer: Layer[Way] = Layer()
    invite = request("INVITE", Route="<sip:p.example;lr>")
    layer.send(invite, UDP, 0.0)
    refusal = invite.answer(486, to_tag="t")
    ack, answered = layer.response_received(refusal, 0.1)
    assert seen([ack, answered]) == ["ACK sip:bob@home.example SIP/2.0", ("answered", 486)]
    assert seen(layer.response_received(refusal, 0.2)) == ["ACK sip:bob@home.example SIP/2.0"]
    assert seen(layer.due(40.0)) == []
    assert len(layer) == 0


def test_what_an_ack_holds() -> None:
    """17.1.1.3: Via, Route, From, Call-ID and number of the INVITE, To of the response, and no body."""
    invite = request("INVITE", Route="<sip:p.example;lr>, <sip:q.example;lr>")
    ack = ack_for(invite, invite.answer(486, to_tag="t"))
    assert ack.headers.all("via") == (VIA,)
    assert ack.headers.all("route") == ("<sip:p.example;lr>", "<sip:q.example;lr>")
    assert (ack.from_.tag, ack.to.tag, ack.call_id, str(ack.cseq), ack.body) == ("f1", "t", "c1", "1 ACK", b"")


def test_each_2xx_to_an_invite_goes_up() -> None:
    """A forked INVITE may be accepted more than once, for 64*T1 (RFC 6026)."""
    layer: Layer[Way] = Layer()
    invite = request("INVITE")
    layer.send(invite, UDP, 0.0)
    assert seen(layer.response_received(invite.answer(200, to_tag="a"), 1.0)) == [("answered", 200)]
    assert seen(layer.response_received(invite.answer(200, to_tag="b"), 2.0)) == [("answered", 200)]
    layer.due(33.0)
    assert len(layer) == 0


def test_a_broken_path_fails_the_request() -> None:
    """A transport error is told at once and ends the client transaction (17.1.4)."""
    layer: Layer[Way] = Layer()
    transaction, _ = layer.send(request(), UDP, 0.0)
    assert seen(layer.broken(transaction, 0.1)) == [("failed", "transport")]
    assert (len(layer), layer.due(100.0)) == (0, [])


def test_a_branch_is_used_once() -> None:
    """Our own caller may neither use a branch twice nor begin a transaction with an ACK."""
    layer: Layer[Way] = Layer()
    layer.send(request(), UDP, 0.0)
    with pytest.raises(Misuse):
        layer.send(request(), UDP, 0.0)
    with pytest.raises(Misuse):
        layer.send(request("ACK"), UDP, 0.0)


def test_an_element_may_talk_to_itself() -> None:
    """A client and a server transaction with the same key do not meet."""
    layer: Layer[Way] = Layer()
    layer.send(request(), UDP, 0.0)
    transaction = delivered(layer.request_received(request(), UDP, 0.0))
    layer.respond(transaction, request().answer(200), 0.0)
    assert seen(layer.response_received(request().answer(200), 0.0)) == [("answered", 200)]


MESSAGES: list[Request | Response] = [
    each
    for method in ("REGISTER", "INVITE")
    for plain in [request(method)]
    for each in (plain, plain.answer(100), plain.answer(200), plain.answer(404), ack_for(plain, plain.answer(404)))
]
Happening = Request | Response | int | float
"""A message arrives, the latest request is answered with this status, or time passes."""


class Play:
    """An element to which things happen, and what its users were told."""

    def __init__(self, way: Way) -> None:
        """Begin with a request under way of each kind."""
        self.layer: Layer[Way] = Layer()
        self.way, self.now = way, 0.0
        self.requests: list[Transaction[Way]] = []
        self.ends: list[tuple[Transaction[Way], str]] = []
        for method in ("REGISTER", "INVITE"):
            self.layer.send(request(method), way, 0.0)

    def happen(self, happening: Happening) -> None:
        """Let one thing happen."""
        match happening:
            case Request():
                self.note(self.layer.request_received(happening, self.way, self.now))
            case Response():
                self.note(self.layer.response_received(happening, self.now))
            case int():
                for each in self.requests[-1:]:
                    self.note(self.layer.respond(each, each.request.answer(happening), self.now))
            case float():
                self.now += happening
                self.note(self.layer.due(self.now))

    def note(self, effects: Effects[Way]) -> None:
        """Keep the requests delivered, and how client transactions ended: a 2xx to an INVITE may come again."""
        for effect in effects:
            if isinstance(effect, Deliver) and effect.transaction is not None:
                self.requests.append(effect.transaction)
            elif isinstance(effect, Failed) and not effect.transaction.serving:
                self.ends.append((effect.transaction, "failed"))
            elif isinstance(effect, Answered):
                again = effect.transaction.request.method == "INVITE" and effect.response.status == 200
                end = effect.transaction, "accepted" if again else "answered"
                self.ends += [] if again and end in self.ends else [end]


@given(
    st.lists(st.one_of(st.sampled_from(MESSAGES), st.floats(0, 4), st.sampled_from([100, 200, 404]))),
    st.sampled_from([UDP, TCP]),
)
def test_any_sequence_leaves_it_sane(happenings: list[Happening], way: Way) -> None:
    """Whatever arrives, is answered and passes, no client transaction ends twice, and in the end nothing remains."""
    play = Play(way)
    for happening in happenings:
        play.happen(happening)
    ended = [transaction for transaction, _ in play.ends]
    assert len(ended) == len(set(ended))
    for each in play.requests:
        play.layer.respond(each, each.request.answer(500), play.now)
    play.happen(request("INVITE").answer(500))  # an INVITE that got a 1xx waits without end for this (17.1.1.2)
    play.happen(1000.0)
    assert play.layer.next is None
    play.happen(request("OPTIONS", via=VIA.replace("77", "99")))
    play.happen(200)
    assert len(play.layer) == (0 if way.reliable else 1), "only the last response is kept"
