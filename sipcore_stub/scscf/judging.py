"""What a REGISTER is for a registration: proof, AUTS, nothing, or wrong (TS 24.229 5.4.1.2.2, 5.4.1.2.3).

Pure. An AUTS is not looked into: whoever holds K does that, and it may still turn out to be wrong.
"""

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from sipcore_stub.errors import Cause
from sipcore_stub.scscf.registrar import Input
from sipcore_stub.scscf.registration import Challenge, Registration
from valkit.aka.digest import Digest
from valkit.aka.errors import Malformed
from valkit.sip.auth import Credentials
from valkit.sip.headers import STAR
from valkit.sip.message import Request

ON_TRUST: Final[Mapping[Input, Input]] = {
    Input.PROVED: Input.VOUCHED,
    Input.PROVED_LEAVING: Input.VOUCHED_LEAVING,
    Input.PROVED_ASKING: Input.VOUCHED_ASKING,
}
"""What a wish becomes where the P-CSCF's word is enough."""


@frozen
class Judgement:
    """What a REGISTER is for a registration; the cause stands beside every refusal."""

    event: Input
    cause: Cause | None = None
    digest: Digest | None = field(default=None, repr=False)
    """The terms of a proof that held, for the answer's rspauth."""


def judge(registration: Registration, request: Request, wish: Input, *, trusting: bool = False) -> Judgement:
    """Say what a REGISTER is, `wish` being the input it makes if it proves itself.

    With `trusting`, no new proof is wanted of a registered UE that the P-CSCF vouches for.
    """
    credentials, challenge = request.authorization, registration.challenge(request.call_id)
    nonce = credentials.get("nonce") if credentials else None
    if credentials is None or challenge is None or nonce != challenge.nonce:
        return _unproven(registration, request, wish, trusting=trusting)
    if credentials.get("auts"):
        again = challenge.synchronised
        return Judgement(Input.DISPROVED, Cause.OUT_OF_STEP_AGAIN) if again else Judgement(Input.OUT_OF_STEP)
    return _proof(challenge, request, credentials, wish)


def is_vouched_for(request: Request) -> bool:
    """Say whether the P-CSCF knows the UE by its security association (TS 24.229 7.2A.2)."""
    credentials = request.authorization
    return credentials is not None and credentials.get("integrity-protected") in {"yes", "tls-yes", "ip-assoc-yes"}


def _unproven(registration: Registration, request: Request, wish: Input, *, trusting: bool) -> Judgement:
    """Sort what answers no challenge under its own Call-ID."""
    credentials = request.authorization
    nonce = credentials.get("nonce") if credentials else None
    if any(nonce == other.nonce for other in registration.challenges):
        return Judgement(Input.ELSEWHERE, Cause.OTHER_CALL_ID)
    if registration.bindings and not registration.challenge(request.call_id) and is_vouched_for(request):
        if not _knows(registration, request):
            return Judgement(Input.STRANGE, Cause.STRANGE_CONTACT)
        if trusting:
            return Judgement(ON_TRUST[wish])
    return Judgement(Input.UNPROVEN)


def _knows(registration: Registration, request: Request) -> bool:
    """Say whether a REGISTER is of a contact that stands; one for all contacts, or for none, is."""
    if request.contacts is STAR or not request.contacts:
        return True
    standing = [binding.contact.address for binding in registration.bindings]
    return any(contact.address.matches(each) for contact in request.contacts for each in standing)


def _proof(challenge: Challenge, request: Request, credentials: Credentials, wish: Input) -> Judgement:
    response = credentials.get("response")
    if not response:  # a UE that found our MAC wrong says so by saying nothing (TS 24.229 5.1.1.5.3)
        return Judgement(Input.DISPROVED, Cause.MAC_FAILURE)
    digest = _terms(credentials, challenge)
    if digest and digest.proves(response, challenge.password(digest.algorithm), request.method, request.body):
        return Judgement(wish, digest=digest)
    return Judgement(Input.DISPROVED, Cause.WRONG_RESPONSE if challenge.vector.autn else Cause.WRONG_DIGEST)


def _terms(credentials: Credentials, challenge: Challenge) -> Digest | None:
    """Give the terms of the digest, or None if they are not those of the challenge."""
    try:
        digest = Digest.read({name: credentials.get(name) or "" for name in credentials.params})
    except Malformed:
        return None
    own = digest.algorithm in challenge.algorithms and digest.username == challenge.impi
    return digest if own and digest.realm == challenge.realm else None
