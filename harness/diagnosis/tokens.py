"""What can be wrong with a token (RFC 7515, RFC 7519, RFC 9068): its text, its key, its claims, its times.

With the server's policy and keys the kit's own verifier says what is wrong (`valkit.tokens`), and each of its causes is
told with what to do; what it says by one word, such as `malformed`, is looked at more closely here. Without them only
what the token says of itself is judged.
"""

import re
from collections.abc import Iterator

from harness.diagnosis.facts import Asked, TokenSeen, is_hidden
from harness.diagnosis.findings import Finding, diagnosis
from harness.diagnosis.wrapping import how_parted
from harness.explaining import claims_of
from valkit.durations import in_words
from valkit.tokens import Cause, TokenRejected, Verifier
from valkit.tokens.claims import LATEST, access_token
from valkit.tokens.compact import decode
from valkit.tokens.errors import shown
from valkit.tokens.strictjson import read_object

SIGNATURES = {"ES256": 64, "ES384": 96, "ES512": 132, "EdDSA": 64}
"""Bytes of a signature, where the algorithm alone says how many (RFC 7518 3.4, RFC 8037 3.1)."""

SKEW = 300.0
"""Seconds by which clocks usually differ at most: an end or a beginning nearer than this may be theirs."""

FORM_ADVICE = "Look at it with `val token show`."

_is_compact = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+").fullmatch


def is_well_formed(token: str) -> bool:
    """Whether it is three parts of base64url, each of a length that base64 can have."""
    return _is_compact(token) is not None and all(len(part) % 4 != 1 for part in token.split("."))


def chosen(seen: TokenSeen) -> Asked | None:
    """Give who judges the token: the issuer that it names, or else the first there is."""
    issuer = claims(seen).get("iss")
    return next((each for each in seen.asked if each.policy.issuer == issuer), next(iter(seen.asked), None))


def refusal(seen: TokenSeen) -> TokenRejected | None:
    """Say why the token does not hold; None if it does, or nobody knows who judges. Without keys only claims are."""
    asked = chosen(seen)
    if asked is None or is_hidden(seen.token):
        return None
    try:
        if asked.keys is None or seen.at is None:
            access_token(claims_of(seen.token), asked.policy)
        else:
            Verifier(asked.policy, asked.keys).verify(seen.token, seen.at)
    except TokenRejected as error:
        return error
    return None


def header(seen: TokenSeen) -> dict[str, object]:
    """Give its header, believed or not, whatever becomes of the rest; nothing if it cannot be read."""
    return _object(seen.token, 0)


def claims(seen: TokenSeen) -> dict[str, object]:
    """Give what the token says, believed or not, whatever becomes of the rest; nothing if it cannot be read."""
    return _object(seen.token, 1)


def _object(token: str, at: int) -> dict[str, object]:
    try:
        return read_object(decode(token.encode("ascii").split(b".")[at]))
    except (ValueError, LookupError, TokenRejected):
        return {}


def _why(seen: TokenSeen, *causes: Cause) -> TokenRejected | None:
    refused = refusal(seen)
    return refused if refused is not None and refused.cause in causes else None


@diagnosis(
    "token-whitespace",
    "RFC 7515 7.1",
    "There is white space within a token: XML was pretty-printed, or a line was wrapped.",
)
def _white_space(seen: TokenSeen) -> Iterator[Finding]:
    if not is_hidden(seen.token) and re.search(r"\s", seen.token):
        yield Finding(
            f"There is white space within the token: {how_parted(seen.token)}. Nobody takes it for one as it stands.",
            "Write the token in one piece: no line end and no blank within the element, the header or the file.",
            (seen.place,),
        )


@diagnosis(
    "token-padding",
    "RFC 7515 2",
    "A token is in the wrong base64: with `=` at the end of a part, or with `+` and `/` of the usual alphabet.",
)
def _padding(seen: TokenSeen) -> Iterator[Finding]:
    if is_hidden(seen.token) or not re.search(r"[=+/]", seen.token):
        return
    wrong = "is filled up with =" if "=" in seen.token else "has + or / in it"
    yield Finding(
        f"The token {wrong}: that is base64, and a JWT is base64url without padding.",
        "Encode each part with the URL-safe alphabet, and take the = off.",
        (seen.place,),
    )


@diagnosis(
    "token-truncated",
    "RFC 3261 18.1.1",
    "A token ends too soon: a part is missing, or its signature is too short, as buffers and UDP packets make it.",
)
def _truncated(seen: TokenSeen) -> Iterator[Finding]:
    if is_hidden(seen.token) or re.search(r"[^A-Za-z0-9_.\-]", seen.token):
        return
    parts = seen.token.split(".")
    missing = f"it has {len(parts)} of 3 parts" if len(parts) < 3 or not all(parts) else _short(seen, parts[-1])
    if missing and len(parts) <= 3:
        yield Finding(
            f"The token is cut off after {len(seen.token)} characters: {missing}.",
            "Look for a buffer of this size; send a request of more than 1300 bytes over TCP.",
            (seen.place,),
        )


def _short(seen: TokenSeen, signature: str) -> str:
    wanted = SIGNATURES.get(str(header(seen).get("alg")))
    size = len(signature) * 3 // 4
    if wanted is not None and size < wanted:
        return f"its signature has {size} of {wanted} bytes"
    return "its signature ends in the middle of a byte" if len(signature) % 4 == 1 else ""


@diagnosis("token-form", "RFC 7515 7.1", "A token is no signed JWT in compact form, or a part of it is no JSON.")
def _form(seen: TokenSeen) -> Iterator[Finding]:
    refused = _why(seen, Cause.MALFORMED, Cause.TOO_LONG, Cause.ENCRYPTED, Cause.CRITICAL_HEADER)
    parts = seen.token.count(".") + 1
    if chosen(seen) is None and parts > 3 and not is_hidden(seen.token):
        kind = "as an encrypted one has (JWE)" if parts == 5 else "which is no form of a JWT"
        yield Finding(f"The token has {parts} parts, {kind}; a signed one has 3.", FORM_ADVICE, (seen.place,))
    if refused is None or any(_truncated(seen)):
        return
    if is_well_formed(seen.token) or refused.cause is not Cause.MALFORMED:
        yield Finding(str(refused), FORM_ADVICE, (seen.place,))


@diagnosis("token-key", "RFC 7515 5.2", "A token was signed with another key than the one of its `kid`.")
def _another_key(seen: TokenSeen) -> Iterator[Finding]:
    asked = chosen(seen)
    if asked is None or asked.keys is None or _why(seen, Cause.BAD_SIGNATURE) is None or any(_truncated(seen)):
        return
    name = shown(header(seen).get("kid"))
    yield Finding(
        f"The signature was not made with the key {name}: another key of the same name signed it, or the token was "
        "changed afterwards.",
        "Fetch the issuer's JWKS anew and compare; look whether something on the way rewrites the token.",
        (seen.place,),
    )


@diagnosis(
    "token-kid", "RFC 7517 4.5", "A token names a key that the server does not have, or one for another algorithm."
)
def _unknown_key(seen: TokenSeen) -> Iterator[Finding]:
    asked = chosen(seen)
    if asked is None or asked.keys is None or (refused := _why(seen, Cause.UNKNOWN_KID)) is None:
        return
    known = ", ".join(sorted(f"{key.kid}" for key in asked.keys.keys)) or "none"
    yield Finding(
        f"{refused} The server has: {known}.",
        "Give the server the issuer's present JWKS (tokens.keys, or jwks_url); keys are changed now and then.",
        (seen.place,),
    )


@diagnosis("token-alg", "RFC 8725 3.1", "A token is signed by an algorithm that the server does not allow.")
def _algorithm(seen: TokenSeen) -> Iterator[Finding]:
    asked = chosen(seen)
    if asked is not None and (refused := _why(seen, Cause.ALG_NOT_ALLOWED)) is not None:
        allowed = ", ".join(sorted(asked.policy.algorithms))
        advice = "Let the issuer sign by one of these, or allow its algorithm (tokens.algorithms)."
        yield Finding(f"{refused} Allowed are {allowed}.", advice, (seen.place,))


@diagnosis("token-typ", "RFC 9068 2.1", "The `typ` of a token is not that of an access token; an ID token may be used.")
def _kind(seen: TokenSeen) -> Iterator[Finding]:
    asked = chosen(seen)
    if asked is None or (refused := _why(seen, Cause.WRONG_TYP)) is None:
        return
    is_id_token = "nonce" in claims(seen) or "at_hash" in claims(seen)
    yield Finding(
        f"{refused} Expected is {asked.policy.typ!a}." + (" By its claims it is an ID token." if is_id_token else ""),
        "Send the access token; or set tokens.typ to what the issuer writes.",
        (seen.place,),
    )


@diagnosis("token-issuer", "RFC 7519 4.1.1", "A token comes from an issuer that the server does not believe.")
def _issuer(seen: TokenSeen) -> Iterator[Finding]:
    issuer = claims(seen).get("iss")
    believed = sorted({each.policy.issuer for each in seen.asked})
    if not believed or not claims(seen) or is_hidden(seen.token) or issuer in believed:
        return
    nearly = isinstance(issuer, str) and issuer.rstrip("/").lower() in {each.rstrip("/").lower() for each in believed}
    yield Finding(
        f"The issuer of the token is {shown(issuer)}, the server believes {', '.join(believed)}"
        + (": they differ in a slash or in case alone." if nearly else "."),
        "Compare `iss` of the token (val token show) with the issuers that the server names, character by character. "
        "If its tokens are to hold there, set tokens.issuer in the server's settings, or add it under more_issuers, "
        "with its keys; if not, the phone logs in at the wrong place (its identity.issuer).",
        (seen.place,),
    )


@diagnosis("token-audience", "RFC 7519 4.1.3", "A token is meant for another server.")
def _audience(seen: TokenSeen) -> Iterator[Finding]:
    if (refused := _why(seen, Cause.WRONG_AUDIENCE)) is not None:
        advice = "Ask the issuer for this audience (resource), or set tokens.audience to what it writes."
        yield Finding(refused.detail, advice, (seen.place,))


@diagnosis("token-scope", "RFC 9068 2.2.3", "A token does not grant the scope of the service.")
def _scope(seen: TokenSeen) -> Iterator[Finding]:
    asked = chosen(seen)
    if asked is not None and (refused := _why(seen, Cause.MISSING_SCOPE)) is not None:
        yield Finding(
            f"{refused.detail} The server asks for {asked.policy.scope!a}.",
            "Let the client ask for the scope at log-in, and the issuer allow it; or set tokens.scope.",
            (seen.place,),
        )


@diagnosis(
    "token-claims",
    "RFC 9068 2.2",
    "A token lacks a claim that the server needs, such as the VAL user or the VAL services, or has it in another form.",
)
def _claims(seen: TokenSeen) -> Iterator[Finding]:
    causes = (Cause.MISSING_CLAIM, Cause.MALFORMED_CLAIM, Cause.NO_VAL_USER, Cause.NO_VAL_SERVICE)
    if (refused := _why(seen, *causes)) is not None:
        yield Finding(
            str(refused),
            "Let the issuer write it, or name what it does write (tokens.user_claim, services_claim, required).",
            (seen.place,),
        )


@diagnosis("token-expired", "RFC 7519 4.1.4", "A token's time was over when it was used.")
def _expired(seen: TokenSeen) -> Iterator[Finding]:
    exp = _time(seen, "exp")
    if exp is None or seen.at is None or _leeway(seen) > seen.at - exp:
        return
    over = seen.at - exp
    lived = exp - (_time(seen, "iat") or exp)
    skew = f" It lives for {in_words(lived)}: perhaps the clocks differ." if over < SKEW and lived > 0 else ""
    yield Finding(
        f"The token ended {in_words(over)} before it was used.{skew}",
        "Renew the token before it ends (val ue does so); hold both clocks by NTP.",
        (seen.place,),
    )


@diagnosis(
    "clock-skew",
    "RFC 7519 4.1.5, 4.1.6",
    "A token is used before it is valid or issued: the clocks of issuer and server differ, and by how much.",
)
def _clock_skew(seen: TokenSeen) -> Iterator[Finding]:
    begins = max((begin for name in ("nbf", "iat") if (begin := _time(seen, name)) is not None), default=None)
    if begins is None or seen.at is None or begins - seen.at <= _leeway(seen):
        return
    early = in_words(begins - seen.at)
    yield Finding(
        f"The token begins {early} after it was used: the issuer's clock is ahead of the server's by {early} at least.",
        f"Hold both clocks by NTP. The leeway is {in_words(_leeway(seen))} (tokens.leeway).",
        (seen.place,),
    )


def _time(seen: TokenSeen, name: str) -> float | None:
    """Give a claim that is a time, as a verifier takes it; of any other nothing can be computed."""
    value = claims(seen).get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= LATEST else None


def _leeway(seen: TokenSeen) -> float:
    asked = chosen(seen)
    return asked.policy.leeway if asked is not None else 0.0
