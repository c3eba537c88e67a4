"""Misbehaviour by name: what a scenario may have a phone do wrong in one call.

Each function gives a Conduct; `both` joins two. Nothing here knows a socket: a Conduct changes values, the engine
sends them.
"""

from collections.abc import Callable
from typing import TypeVar

from attrs import evolve

from ue_sim.engine import Body, Conduct
from ue_sim.usim import MacFailure, Outcome, Success
from valkit.sip.auth import Credentials
from valkit.sip.grammar import Params, quote
from valkit.sip.hop import Hop
from valkit.sip.message import Request

T = TypeVar("T")


def wrong_res() -> Conduct:
    """Answer the challenge with a RES that no K gives: every bit is turned round."""
    return Conduct(outcome=_with_res(lambda res: bytes(byte ^ 0xFF for byte in res)))


def no_response() -> Conduct:
    """Answer as if MAC-A had been wrong: an empty response without auts (TS 24.229 5.1.1.5.3)."""
    return Conduct(outcome=lambda _: MacFailure())


def header(name: str, *values: str) -> Conduct:
    """Put these values in place of whatever the header had; with no value the header is left out."""
    if not values:
        return Conduct(request=lambda request: request.without(name))
    return Conduct(request=lambda request: request.with_header(name, *values))


def elsewhere(call_id: str) -> Conduct:
    """Answer a challenge under another Call-ID than the one it came for (TS 24.229 5.1.1.5.1 forbids it)."""
    return Conduct(request=lambda request: request.with_header("Call-ID", call_id) if _answers(request) else request)


def with_nonce(nonce: str) -> Conduct:
    """Answer with the nonce of another challenge: an old one, or one that was for another phone."""

    def altered(request: Request) -> Request:
        credentials = request.authorization
        if credentials is None or not _answers(request):
            return request
        params = credentials.params.having("nonce", nonce).pairs
        quoted = tuple((name, quote(nonce) if name == "nonce" else value) for name, value in params)
        return request.with_header("Authorization", str(Credentials(credentials.scheme, Params(quoted))))

    return Conduct(request=altered)


def damaged(change: Callable[[Body], Body]) -> Conduct:
    """Bring a token in something else than the document that it ought to come in."""
    return Conduct(body=change)


def directly_to(hop: Hop) -> Conduct:
    """Go past the P-CSCF, straight to `hop`, without the Route that leads through the core."""
    return Conduct(request=lambda request: request.without("Route"), to=hop)


def both(first: Conduct, second: Conduct) -> Conduct:
    """First the one, then the other; where only one hop can count, it is the second's."""
    return Conduct(
        outcome=_chain(first.outcome, second.outcome),
        request=_chain(first.request, second.request),
        body=_chain(first.body, second.body),
        to=second.to or first.to,
    )


def _answers(request: Request) -> bool:
    """Say whether a request answers a challenge."""
    credentials = request.authorization
    return credentials is not None and bool(credentials.get("nonce"))


def _with_res(change: Callable[[bytes], bytes]) -> Callable[[Outcome], Outcome]:
    def altered(outcome: Outcome) -> Outcome:
        return evolve(outcome, res=change(outcome.res)) if isinstance(outcome, Success) else outcome

    return altered


def _chain(first: Callable[[T], T] | None, second: Callable[[T], T] | None) -> Callable[[T], T] | None:
    if first is None or second is None:
        return first or second
    return lambda value: second(first(value))
