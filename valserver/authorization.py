"""The one rule that REGISTER and PUBLISH share: a token that holds is proof, any other refuses the request (5.X.3.2).

Who speaks is taken from the token alone, never from a name beside it in a body or header.
"""

from functools import lru_cache
from typing import Protocol

from valkit.carriers import CarrierError, find_tokens
from valkit.sip import NameAddr, ParseError, Request
from valkit.tokens import AccessToken, TokenRejected
from valserver.bodies import impu_of
from valserver.errors import NotActive, Refusal, Refused
from valserver.facts import Proof
from valserver.records import Grant


class Judge(Protocol):
    """Who says whether a token holds: the verifier of one issuer, or all issuers."""

    def verify(self, token: str, now: float) -> AccessToken:
        """Believe it, or raise TokenRejected, NotActive, or NotYet."""


class Authorizer:
    """Turns the token in a request into proof."""

    def __init__(self, verifier: Judge) -> None:
        self._verify = verifier.verify

    def proof(self, request: Request, impu: str, now: float) -> Proof | None:
        """Verify the token that the request carries; None if it carries none.

        Raises Refused if it does not hold, NotYet if its issuer is being asked.
        """
        try:
            carried = find_tokens(request)
            if carried is None:
                return None
            token = self._verify(carried.token, now)
        except (CarrierError, TokenRejected, NotActive) as error:
            raise Refused(Refusal.TOKEN, error.cause.value, impu=impu) from error
        client_id = carried.client_id or ""
        jti, exp = token.jti, token.exp
        grants = tuple([Grant(service, client_id, jti, exp) for service in token.val_service_ids])
        return Proof(token.val_user_id, grants, client_id, jti, _entered(carried.speaker))


@lru_cache(maxsize=1_024)
def _entered(speaker: str) -> str:
    """Give the IMPU in the UE's own To; nothing where it cannot be read, for nothing rests on it alone."""
    try:
        return impu_of(NameAddr.parse(speaker).uri) if speaker else ""
    except (ParseError, Refused):
        return ""
