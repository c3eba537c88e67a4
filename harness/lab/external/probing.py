"""Waits until a part that is not ours is there, by asking it, not by sleeping for as long as it may take.

Whatever it answers, it is there. What to do when it is not stands in the sentence of the EnvironmentFault.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from attrs import frozen
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
"""Seconds within which a part of a lab has to be there."""
ADVICE = "Is it running, and is the address in the lab's file right? `probe: no` asks nothing."
"""What to do about a part of a lab that is not."""
EACH = 1.0
"""Seconds that one question may take."""
REFUSING = 0.2
"""Seconds in which a machine says that nobody listens at an address."""
PAUSE = 0.2
"""Seconds between two questions."""


@frozen
class Patience:
    """How long it is waited for a part, and what is advised when it does not come."""

    within: float
    """Seconds; 0 asks once."""
    advice: str


async def sip_is_there(  # noqa: PLR0917 - what is asked, and by whom
    reactor: Any, ids: Ids, what: str, at: Hop, probe: Probe, tls: Tls | None, patience: Patience | None = None
) -> None:
    """Wait until somebody receives SIP there; EnvironmentFault if nobody does."""
    if probe == "tcp":
        await _until(reactor, lambda: _connects(reactor, at), f"{what} takes no connection at {at}", patience)
    elif probe == "options":
        asked = f"{what} does not answer OPTIONS at {at}"
        await _until(reactor, lambda: _answers(reactor, ids, at, tls), asked, patience)


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


async def _until(
    reactor: Any, asked: Callable[[], Awaitable[str]], otherwise: str, patience: Patience | None = None
) -> None:
    """Ask until there is nothing in the way."""
    patience = patience or Patience(WITHIN, ADVICE)
    end = reactor.seconds() + patience.within
    while why := await asked():
        if reactor.seconds() >= end:
            raise EnvironmentFault(f"{otherwise[0].upper()}{otherwise[1:]} ({why}). {patience.advice}")
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
    """Send OPTIONS from an address of its own (RFC 3261 11); over TLS the answer comes by the same connection."""
    try:
        own = Hop(hop.transport, facing("", hop.host), 0)
    except OSError as error:
        return f"there is no way to {hop.host}: {error.strerror}"
    endpoint = SipEndpoint(reactor, reactor, ids, lambda request, _: request.answer(405), tls=tls)
    try:
        [address, *_] = await endpoint.listen([] if hop.transport == "tls" else [own]) or [own]
        asked = Deferred.fromCoroutine(endpoint.request(_options(ids, hop, address), hop))
        await asked.addTimeout(EACH, reactor)
    except NoAnswer as error:
        return str(error)
    except TooLong:
        nobody = await refuses(reactor, hop, REFUSING)
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
