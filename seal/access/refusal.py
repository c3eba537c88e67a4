"""How a refusal is told to the peer (RFC 6750 3): status, challenge, and a sentence without the cause."""

from twisted.web.http import Request

from seal.access.errors import SAID, AccessRefused
from valkit.net.web import json_answer


def answer_refusal(request: Request, refused: AccessRefused) -> bytes:
    """Set status and headers of the answer and give its body."""
    challenge = refused.challenge
    if challenge is not None:
        request.setHeader("WWW-Authenticate", challenge)
    told = {"error": refused.code or "access_denied", "error_description": SAID[refused.code]}
    return json_answer(request, told, refused.status)
