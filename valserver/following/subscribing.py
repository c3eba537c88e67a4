"""What is sent for a subscription, and what follows from the answers: SUBSCRIBE (RFC 6665 4.1.2). Pure."""

from math import inf
from typing import Final

from attrs import evolve, frozen

from valkit import reginfo
from valkit.ids import Ids
from valkit.sip import Hop, ParseError, Request, Response, SipUri, parse_uri
from valkit.sip.dialog import Dialog
from valserver.following.subscriptions import (
    MOST_EXPIRES,
    PACKAGE,
    SILENCE,
    SUBSCRIBE,
    Phase,
    Step,
    Watch,
    again,
    failed,
    refresh,
    refused,
    runs_out,
)

FOR_NOW: Final = frozenset({408, 429, 480, 481, 500, 502, 503, 504})
"""Answers after which another attempt may fare better; any other refusal stands until the next REGISTER."""


@frozen
class Terms:
    """What is asked for in every subscription of a server."""

    contact: str
    """Our URI, to which NOTIFYs come."""
    expires: int
    """Seconds asked for."""


def own_uri(hop: Hop) -> str:
    """Write the URI that leads to one of our addresses."""
    host = f"[{hop.host}]" if ":" in hop.host else hop.host
    return f"sip:{host}:{hop.port}" + ("" if hop.transport == "udp" else f";transport={hop.transport}")


def act(watch: Watch, terms: Terms, ids: Ids, now: float) -> Step:
    """Do what is due."""
    dialog = watch.dialog
    if watch.phase is Phase.WAITING:
        return _first(watch, terms, ids)
    if watch.phase is Phase.STANDING and not watch.told:
        return failed(watch, "no NOTIFY came", ids, now)
    if watch.phase is Phase.STANDING and dialog is not None:
        request, dialog = dialog.request(SUBSCRIBE, _wish(terms, max(terms.expires, watch.least)))
        return Step(evolve(watch, dialog=dialog, due=inf), request)
    if watch.phase is Phase.LEAVING and dialog is not None and watch.asked is not None:
        request, dialog = dialog.request(SUBSCRIBE, _wish(terms, 0))
        return Step(evolve(watch, dialog=dialog, asked=None, due=now + SILENCE), request)
    return Step(None if watch.phase is Phase.LEAVING else evolve(watch, due=inf))


def answered(watch: Watch, request: Request, response: Response | None, ids: Ids, now: float) -> Step:
    """Take the answer to a SUBSCRIBE; None if there was none."""
    if watch.phase is Phase.LEAVING:
        return _answered_leaving(watch, request, response)
    if response is None:
        return failed(watch, "no answer", ids, now)
    if response.status >= 300:
        return _turned_down(watch, request, response, ids, now)
    try:
        dialog = watch.dialog or Dialog.established(request, response)
        granted = response.expires
    except ParseError as error:
        return failed(watch, str(error), ids, now)
    until = runs_out(granted if granted is not None else request.expires or 0, request, now)
    watch = evolve(watch, phase=Phase.STANDING, dialog=dialog, until=until)
    if not watch.told or watch.doubted:
        return Step(evolve(watch, due=min(watch.due, now + SILENCE)))
    failures = watch.failures if request == watch.asked else 0
    return Step(evolve(watch, due=min(watch.due, refresh(until, now, ids)), failures=failures))


def _turned_down(watch: Watch, request: Request, response: Response, ids: Ids, now: float) -> Step:
    """Ask for longer, or in a new dialog where the old one is unknown (RFC 6665 4.1.2.2), or later, or no more."""
    status, cause = response.status, f"{response.status} {response.reason}"
    if status == 423 and (request.expires or 0) < (least := _number(response, "Min-Expires")) <= MOST_EXPIRES:
        return Step(evolve(again(watch, ids, now), least=least))
    if status == 481 and watch.told and not watch.failures:
        return Step(evolve(again(watch, ids, now), failures=1, doubted=watch.doubted))
    if status in FOR_NOW:
        return failed(watch, cause, ids, now, _number(response, "Retry-After"))
    return refused(watch, cause)


def _first(watch: Watch, terms: Terms, ids: Ids) -> Step:
    """Begin: to the IMPU, by way of the S-CSCF that registered it, in the name of this server."""
    route = _loose(watch.registration.registrar)
    if route is None:
        return refused(watch, f"{watch.registration.registrar} leads nowhere")
    headers = [
        ("Max-Forwards", "70"),
        ("Route", route),
        ("From", f"<{terms.contact}>;tag={ids.tag()}"),
        ("To", f"<{watch.impu}>"),
        ("Call-ID", watch.call_id),
        ("CSeq", f"1 {SUBSCRIBE}"),
        ("P-Asserted-Identity", f"<{terms.contact}>"),
        *_wish(terms, max(terms.expires, watch.least)),
    ]
    request = Request.create(SUBSCRIBE, watch.impu, headers)
    return Step(evolve(watch, phase=Phase.ASKED, asked=request, due=inf), request)


def _wish(terms: Terms, expires: int) -> list[tuple[str, str]]:
    return [
        ("Contact", f"<{terms.contact}>"),
        ("Event", PACKAGE),
        ("Accept", reginfo.TYPE),
        ("Expires", str(expires)),
    ]


def _loose(registrar: str) -> str | None:
    """Write the Contact of an S-CSCF as a Route; None if it is no SIP URI."""
    try:
        uri = parse_uri(registrar)
    except ParseError:
        return None
    if not isinstance(uri, SipUri):
        return None
    way = str(evolve(uri, headers=()))
    return f"<{way}>" if uri.params.raw("lr") is not None else f"<{way};lr>"


def _answered_leaving(watch: Watch, request: Request, response: Response | None) -> Step:
    """End the dialog that the first answer makes; after the last one wait for the last NOTIFY."""
    if response is None or response.status >= 300:
        return Step(None)
    if watch.dialog is not None:
        return Step(watch)
    try:
        return Step(evolve(watch, dialog=Dialog.established(request, response), due=0.0))
    except ParseError:
        return Step(None)


def _number(response: Response, name: str) -> int:
    text = (response.headers.get(name) or "").split(";")[0].split("(")[0].strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0
