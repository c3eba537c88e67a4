"""Waits until a part that is not ours is there, by asking it, not by sleeping for as long as it may take.

Whatever it answers, it is there. What to do when it is not stands in the sentence of the EnvironmentFault.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as TooLong
from twisted.internet.endpoints import connectProtocol
from twisted.internet.error import ConnectError
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater

from harness.errors import EnvironmentFault
from harness.plans.elsewhere import Probe
from valkit.ids import Ids
from valkit.net.addresses import facing
from valkit.net.endpoints import endpoint
from valkit.net.https import HttpsClient, HttpsError
from valkit.net.sip import SipEndpoint
from valkit.net.tls import Tls
from valkit.net.udp import refuses
from valkit.sip.errors import NoAnswer
from valkit.sip.hop import Hop
from valkit.sip.message import Request

WITHIN = 10.0
"""Seconds within which a part has to be there."""
EACH = 1.0
"""Seconds that one question may take."""
PAUSE = 0.2
"""Seconds between two questions."""


async def sip_is_there(reactor: Any, ids: Ids, what: str, *, at: Hop, probe: Probe, tls: Tls | None) -> None:
    """Wait until somebody receives SIP there; EnvironmentFault if nobody does."""
    if probe == "tcp":
        await _until(reactor, lambda: _connects(reactor, at), f"{what} takes no connection at {at}")
    elif probe == "options":
        await _until(reactor, lambda: _answers(reactor, ids, at, tls), f"{what} does not answer OPTIONS at {at}")


async def issuer_is_there(reactor: Any, tls: Tls, url: str) -> None:
    """Wait until an identity server shows its discovery document; EnvironmentFault if it does not."""
    https = HttpsClient(reactor, tls, timeout=EACH)

    async def shown() -> str:
        try:
            answer = await https.get(url)
        except HttpsError as error:
            return str(error)
        return "" if answer.status == 200 else f"it answers {answer.status}"

    await _until(reactor, shown, f"the external identity server does not show {url}")


async def _until(reactor: Any, asked: Callable[[], Awaitable[str]], otherwise: str) -> None:
    """Ask until there is nothing in the way."""
    end = reactor.seconds() + WITHIN
    while why := await asked():
        if reactor.seconds() >= end:
            advice = "Is it running, and is the address in the lab's file right? `probe: no` asks nothing."
            raise EnvironmentFault(f"{otherwise[0].upper()}{otherwise[1:]} ({why}). {advice}")
        await deferLater(reactor, PAUSE)


async def _connects(reactor: Any, hop: Hop) -> str:
    way = endpoint(reactor, hop.host, hop.port, EACH)
    try:
        connection: Any = await connectProtocol(way, Protocol())
    except ConnectError as error:
        return str(error) or type(error).__name__
    connection.transport.loseConnection()
    return ""


async def _answers(reactor: Any, ids: Ids, hop: Hop, tls: Tls | None) -> str:
    """Send OPTIONS from an address of its own (RFC 3261 11)."""
    own = facing("", hop.host)
    endpoint = SipEndpoint(reactor, reactor, ids, lambda request, _: request.answer(405), tls=tls)
    try:
        [address, *_] = await endpoint.listen([Hop(hop.transport, own, 0)])
        asked = Deferred.fromCoroutine(endpoint.request(_options(ids, hop, address), hop))
        await asked.addTimeout(EACH, reactor)
    except NoAnswer as error:
        return str(error)
    except TooLong:
        nobody = await refuses(reactor, hop, EACH)
        return "nobody listens there: connection refused" if nobody else f"silence for {EACH:.0f} s"
    finally:
        await endpoint.close()
    return ""


def _options(ids: Ids, hop: Hop, own: Hop) -> Request:
    uri = f"sip:{hop.host}:{hop.port}"
    who = f"<sip:val@{own.host}>"
    headers = [
        ("Max-Forwards", "70"),
        ("From", f"{who};tag={ids.tag()}"),
        ("To", f"<{uri}>"),
        ("Call-ID", ids.call_id()),
        ("CSeq", "1 OPTIONS"),
        ("Contact", f"<sip:val@{own.host}:{own.port}>"),
        ("Accept", "application/sdp"),
    ]
    return Request.create("OPTIONS", uri, headers)
