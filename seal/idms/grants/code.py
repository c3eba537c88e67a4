"""The authorization code grant (RFC 6749 4.1.3) with PKCE (RFC 7636 4.6).

A code is taken once, in one act of the store. Who brings it again, brings a stolen copy or had his own stolen: what
the first one got is revoked (RFC 6749 4.1.2). A wrong client, address or verifier does not take the code, so nobody
can spend what is another's.
"""

import hmac

from authlib.oauth2.rfc7636.challenge import CODE_VERIFIER_PATTERN, create_s256_code_challenge

from seal.idms.errors import Code as Error
from seal.idms.errors import OAuthError
from seal.idms.grants.desk import Desk, Members, refusal, required
from seal.idms.parameters import Parameters
from seal.idms.records import Client, Code, Reused
from seal.idms.tokens.issuing import Granted
from seal.secrets import digest

NAME = "authorization_code"


async def exchange(desk: Desk, client: Client, parameters: Parameters, now: float) -> Members:
    """Give tokens for a code. OAuthError if it does not hold."""
    code_hash = digest(required(parameters, "code"))
    redirect_uri, verifier = required(parameters, "redirect_uri"), required(parameters, "code_verifier")
    if not CODE_VERIFIER_PATTERN.fullmatch(verifier):
        raise OAuthError(Error.INVALID_REQUEST, "code_verifier does not have the form it must have")
    seen = await desk.store.code(code_hash, now)
    if seen is not None:
        _check(seen, client, redirect_uri, verifier)
    code = await desk.store.take_code(code_hash, now)
    if isinstance(code, Reused):
        desk.refuse_reuse("code", code)
    if code is None:
        raise refusal("the code is not one of ours, or its time is over")
    return await _tokens(desk, client, code, now)


def _check(code: Code, client: Client, redirect_uri: str, verifier: str) -> None:
    if code.client_id != client.client_id:
        raise refusal("the code was given to another client")
    if code.taken:
        return  # what it was taken with no longer matters: it was used before
    if code.redirect_uri != redirect_uri:
        raise refusal("redirect_uri is not that of the authorization request")
    if not hmac.compare_digest(create_s256_code_challenge(verifier), code.challenge):
        raise refusal("code_verifier does not belong to the code_challenge")


async def _tokens(desk: Desk, client: Client, code: Code, now: float) -> Members:
    user = await desk.entitled(code.user_id)
    granted = Granted(code.family, client, user, code.scope, code.acr, code.auth_time, code.nonce, code.eras)
    token = None
    if client.refresh_lifetime > 0:
        token, kept = desk.issuer.refresh_token(granted, now)
        if not await desk.store.put_refresh(kept, now):
            raise refusal("what came of this log-in has been revoked")
    return desk.answer(granted, token, now, "authorization_code")
