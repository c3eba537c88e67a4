"""The engine on PJSIP with a stand-in for its process, and what becomes of it when the real one dies.

What it does in a network is in `tests/contracts/test_engine.py`, with the other engine.
"""

import os
import signal
from typing import Any

import pytest
from attrs import define, field
from twisted.internet import reactor as the_reactor  # noqa: TID251  a child process needs the real one
from twisted.logger import capturedLogs

from tests.support import result_of
from tests.ue_sim.network import DOMAIN, IMPI, IMPU, Network, card
from tests.ue_sim.pjsua.presence import require_pjsua2
from tests.ue_sim.test_settings import settings
from ue_sim import conduct
from ue_sim.app import start
from ue_sim.engine import BY_THE_BOOK, Body, Capability, Conduct, Instant, Publication
from ue_sim.engine_pjsua2 import Pjsua2Engine
from ue_sim.errors import Incapable, StackDied, UeError
from ue_sim.pjsua.orders import Order
from ue_sim.pjsua.pool import Pool
from ue_sim.pjsua.process import Heard, Outcome, Place
from valkit import reginfo
from valkit.ids import SeededIds
from valkit.net.sip import SipEndpoint
from valkit.sip.headers import NameAddr
from valkit.sip.hop import Hop
from valkit.sip.message import Request

reactor: Any = the_reactor
HERE = Hop("udp", "192.0.2.11", 5060)
PUBLICATION = Publication(IMPU, IMPU, "poc-settings", 3600)


@define(eq=False)
class StandIn:
    """A pool with one process, which ends every request as told."""

    outcomes: list[Outcome]
    orders: list[Order] = field(factory=list)
    address: Hop = HERE
    left: list[str] = field(factory=list)
    tell: Heard | None = None

    async def room_for(self, *_: object) -> "StandIn":
        """Be the process, too."""
        return self

    def hear(self, _: str, heard: Heard) -> None:
        """Keep who wants to hear of NOTIFYs."""
        self.tell = heard

    async def send(self, _: str, order: Order) -> Outcome:
        """Take an order."""
        self.orders.append(order)
        return self.outcomes.pop(0)

    async def leave(self, ue: str) -> None:
        """Take note of it."""
        self.left.append(ue)


def engine(*outcomes: Outcome) -> tuple[Pjsua2Engine, StandIn]:
    """Give a phone's engine, and what stands in for its processes."""
    pool: Any = StandIn(list(outcomes))
    made = Pjsua2Engine(
        impi=IMPI,
        domain=DOMAIN,
        proxy=Hop("tcp", "192.0.2.21", 5060),
        card=card(),
        now=lambda: 0.0,
        ids=SeededIds(1),
        observe=lambda _: None,
        name="ue",
        pool=pool,
        place=Place((), (0.5, 4.0, 5.0, 32.0)),
        contact_at=lambda hop: NameAddr.parse(f"<sip:alice@{hop.host}:{hop.port}>"),
    )
    return made, pool


def test_it_says_what_it_lacks() -> None:
    """A scenario that needs one of these does not apply."""
    assert frozenset(Capability) - Pjsua2Engine.capabilities == {
        Capability.EDITED_REQUESTS,
        Capability.OTHER_PEERS,
        Capability.BEARER_CHALLENGES,
        Capability.LARGE_MESSAGES,
        Capability.TLS13,
    }


SUBSCRIBED = (
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.11;branch=z9hG4bK1\r\nFrom: <sip:a@home.example>;tag=p\r\n"
    b"To: <sip:a@home.example>;tag=n\r\nCall-ID: pjsip\r\nCSeq: 1 SUBSCRIBE\r\nContact: <sip:192.0.2.23>\r\n"
    b"Expires: 600\r\nContent-Length: 0\r\n\r\n"
)


def told(body: str, state: str = "active;expires=600") -> bytes:
    """Write a NOTIFY in a dialog of PJSIP's."""
    text = (
        "NOTIFY sip:alice@192.0.2.11:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.21;branch=z9hG4bKn\r\n"
        "From: <sip:a@home.example>;tag=n\r\nTo: <sip:a@home.example>;tag=p\r\nCall-ID: pjsip\r\nCSeq: 1 NOTIFY\r\n"
        f"Event: reg\r\nSubscription-State: {state}\r\nContent-Type: {reginfo.TYPE}\r\n\r\n{body}"
    )
    return text.encode()


def ended(contact: str) -> str:
    """Write a document that says that the network has ended our registration."""
    gone = reginfo.Contact("1", contact, active=False, event="rejected")
    return bytes(reginfo.RegInfo(0, True, (reginfo.Registration(IMPU, "a", "terminated", (gone,)),))).decode()


def test_what_pjsip_hears_of_the_registration_is_obeyed() -> None:
    """The dialog is PJSIP's, so whose NOTIFY it is the child says; its Call-ID is none that we know."""
    phone, pool = engine(Outcome(response=SUBSCRIBED))
    assert result_of(phone.subscribe(IMPU, 600)).expires == 600
    assert (pool.orders[0].verb, pool.orders[0].expires) == ("subscribe", 600)
    assert "Event" not in dict(pool.orders[0].headers)
    assert pool.tell is not None
    pool.tell(IMPU, told(ended("sip:alice@192.0.2.11:5060"), "terminated;reason=noresource"))
    contact = phone.watched(IMPU).contact("sip:alice@192.0.2.11:5060")
    assert contact is not None
    assert contact.event == "rejected"


@pytest.mark.parametrize("body", ["<reginfo", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_what_nobody_can_read_changes_nothing(body: str) -> None:
    """PJSIP has answered it; the phone goes on, and its log tells of it."""
    phone, pool = engine(Outcome(response=SUBSCRIBED))
    result_of(phone.subscribe(IMPU, 600))
    assert pool.tell is not None
    with capturedLogs() as logs:
        pool.tell(IMPU, told(body))
        pool.tell("sip:nobody@home.example", told(ended("sip:alice@192.0.2.11:5060")))
    assert [event["log_format"] for event in logs] == ["a NOTIFY for {impu} cannot be read: {fault}"]
    assert phone.watched(IMPU).contact("sip:alice@192.0.2.11:5060") is None


@pytest.mark.parametrize(("none", "status"), [(408, 408), (503, 503), (502, 503)])
def test_silence_counts_as_408_and_a_broken_transport_as_503(none: int, status: int) -> None:
    """RFC 3261 8.1.3.1; the answer says that nothing was received."""
    phone, _ = engine(Outcome(none=none), Outcome(none=none))
    for answer in (result_of(phone.register(IMPU)), result_of(phone.publish(PUBLICATION))):
        assert (answer.status, answer.received) == (status, False)


def test_a_register_goes_by_way_of_the_pcscf() -> None:
    """It is the Route, and the contact is where the process listens."""
    phone, pool = engine(Outcome(none=408))
    result_of(phone.register(IMPU))
    assert pool.orders[0].routes == ("<sip:192.0.2.21:5060;transport=tcp;lr>",)
    assert pool.orders[0].contact == "<sip:alice@192.0.2.11:5060>"


def test_what_pjsip_refuses_is_told() -> None:
    """In its own words."""
    phone, _ = engine(Outcome(refused="Invalid URI (PJSIP_EINVALIDURI)"))
    with pytest.raises(UeError, match="does not send this REGISTER: Invalid URI"):
        result_of(phone.register(IMPU))


@pytest.mark.parametrize(
    ("behaviour", "lacks"),
    [
        (conduct.directly_to(Hop("udp", "192.0.2.31", 5060)), "other-peers"),
        (conduct.header("CSeq", "9 PUBLISH"), "edited-requests"),
    ],
)
def test_what_it_cannot_do_it_does_not_pretend(behaviour: Conduct, lacks: str) -> None:
    """Nothing is sent, and the ability that lacks is named."""
    phone, pool = engine()
    with pytest.raises(Incapable, match=f"the engine pjsua2 lacks {lacks}"):
        result_of(phone.publish(PUBLICATION, behaviour))
    with pytest.raises(Incapable, match="nothing is sent as it was"):
        result_of(phone.resend(Request.create("MESSAGE", IMPU, [])))
    with pytest.raises(Incapable, match="lacks edited-requests: pjsua2 takes text"):
        result_of(phone.message(Instant(IMPU, IMPU, Body("application/vnd.3gpp.sms", b"\xff"))))
    assert pool.orders == []


def test_closing_leaves_the_process_to_others() -> None:
    """The phone moves out."""
    phone, pool = engine()
    result_of(phone.close())
    assert pool.left == ["ue"]


async def test_a_phone_whose_process_died_begins_anew() -> None:
    """Who waits is told at once; the next call has another process, another Call-ID, and goes through."""
    require_pjsua2()
    network, pool = Network(), Pool(reactor)
    killed: list[bool] = []

    def kill(request: Request, _: Hop) -> Any:
        if len(network.seen) == 2 and not killed:
            killed.append(True)
            os.kill(pool.processes[0]._transport.pid, signal.SIGABRT)
            return None
        return network.respond(request)

    core = SipEndpoint(reactor, reactor, SeededIds(2), kill)
    (hop,) = await core.listen([Hop("tcp", "127.0.0.1", 0)])
    phone = await start(reactor, reactor, settings(f"core: {hop}\nengine: pjsua2\n"), SeededIds(1), stacks=pool)
    assert (await phone.ue.register()).ok
    with pytest.raises(StackDied, match="ended by signal 6"):
        await phone.ue.engine.deregister(IMPU, BY_THE_BOOK)
    assert (await phone.ue.register()).ok
    assert len({request.call_id for request in network.seen}) == 2
    assert len(pool.processes) == 1
    await phone.stop()
    await pool.close()
    await core.close()
