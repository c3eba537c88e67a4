"""What can be wrong with the answer to a challenge (RFC 7616 3.4, RFC 3310 3.3, RFC 4169 3).

With the subscriber's keys it is found how the response came about (`responding`); without them only what both sides
wrote is compared. An answer that was good enough for the server is never found fault with.
"""

from collections.abc import Iterator

from harness.diagnosis.facts import Answered, GivenRes, Offered, is_hidden, nonce_in
from harness.diagnosis.findings import Finding, diagnosis
from harness.diagnosis.responding import computed, the_way
from valkit.aka.digest import Algorithm
from valkit.aka.errors import AkaError
from valkit.sip import ParseError, SipUri, parse_uri


def _came_about(answered: Answered, name: str, advice: str) -> Iterator[Finding]:
    way = the_way(answered) if answered.refused else None
    if way is not None and way.name == name:
        said = "AUTS" if "auts" in answered.credentials.params else "response"
        yield Finding(f"The {said} was computed with {way.what}.", advice, answered.places)


@diagnosis(
    "res-as-text",
    "RFC 3310 3.3",
    "RES was put into the Digest as text, in hexadecimal digits or base64, and not as its bytes.",
)
def _res_as_text(answered: Answered) -> Iterator[Finding]:
    advice = "The password of AKAv1 is RES itself: 8 bytes with Milenage, each of which may be anything."
    yield from _came_about(answered, "res-as-text", advice)


@diagnosis(
    "res-cut",
    "RFC 3310 3.3",
    "RES was handled as a C string, and ends at its first zero byte; one RES in 32 has one.",
)
def _res_cut_at_zero(answered: Answered) -> Iterator[Finding]:
    advice = "Take RES with its length; never through strlen, strcmp or a text. (SIPp 3.6 does this.)"
    yield from _came_about(answered, "res-cut", advice)


@diagnosis(
    "res-padded",
    "RFC 3310 3.3",
    "RES was used with the whole of its buffer, filled up with zeros.",
)
def _res_padded(answered: Answered) -> Iterator[Finding]:
    yield from _came_about(answered, "res-padded", "Use as many bytes of RES as f2 gives: 8 with Milenage.")


@diagnosis(
    "aka-version",
    "RFC 4169 3",
    "The response was computed for another version of AKA than the header names: AKAv1 in place of AKAv2, or reverse.",
)
def _another_version_of_aka(answered: Answered) -> Iterator[Finding]:
    advice = "AKAv1 takes RES as the password, AKAv2 the HMAC of RES, IK and CK in base64; both sides need the same."
    yield from _came_about(answered, "aka-version", advice)


@diagnosis(
    "response-op-as-opc",
    "TS 35.206 4.1",
    "RES comes from keys in which OP and OPc are mixed up, or K and either; the client did not verify AUTN.",
)
def _response_from_op_as_opc(answered: Answered) -> Iterator[Finding]:
    way = the_way(answered) if answered.refused else None
    said = {
        "op-as-opc": "uses as OPc what is called OP here",
        "opc-as-op": "uses as OP what is called OPc here",
        "keys-swapped": "has K and the operator's key in each other's place",
    }
    if way is not None and way.name in said:
        yield Finding(
            f"The client {said[way.name]}, and answered without verifying AUTN.",
            "Enter the keys at the client as the HSS has them; a client that verifies AUTN says so by itself.",
            answered.places,
        )


@diagnosis(
    "no-password",
    "RFC 3310 3.4",
    "The response was computed with an empty password, as only an AUTS has it.",
)
def _no_password(answered: Answered) -> Iterator[Finding]:
    advice = "Give the client its keys or its password; an empty one belongs to a request with auts alone."
    yield from _came_about(answered, "no-password", advice)


@diagnosis(
    "digest-uri",
    "RFC 7616 3.4.3",
    "The response covers another URI than the `uri` parameter names, or that one is not the Request-URI.",
)
def _digest_uri(answered: Answered) -> Iterator[Finding]:
    advice = "Write into uri what goes into the Digest; a server may want the Request-URI there (SIPp: -auth_uri)."
    found = list(_came_about(answered, "digest-uri", advice))
    yield from found
    uri = answered.credentials.get("uri")
    if found or answered.outcome not in {400, 401, 403} or not uri or _is_same(uri, answered.request.uri):
        return
    if computed(answered) is None or the_way(answered) is None:
        told = f"The answer is for uri {uri!a}, the Request-URI is {answered.request.uri!a}."
        yield Finding(told, advice, answered.places)


def _is_same(one: str, other: str) -> bool:
    """Whether two URIs name the same user and host; port and parameters are often written in one alone."""
    try:
        told, wanted = parse_uri(one), parse_uri(other)
    except ParseError:
        return False
    if isinstance(told, SipUri) and isinstance(wanted, SipUri):
        return (told.user, told.host.lower()) == (wanted.user, wanted.host.lower())
    return one == other


@diagnosis(
    "digest-realm",
    "RFC 7616 3.4",
    "The answer names another realm than the challenge.",
)
def _digest_realm(answered: Answered) -> Iterator[Finding]:
    offer, realm = answered.offer, answered.credentials.get("realm")
    if answered.refused and offer is not None and realm is not None and realm != offer.realm:
        yield Finding(
            f"The challenge is for realm {offer.realm!a}, the answer for {realm!a}.",
            "Take realm from the challenge as it stands; the client's home domain may be set wrong.",
            answered.places,
        )


@diagnosis(
    "digest-nonce",
    "RFC 7616 3.4",
    "The answer names another nonce than the challenge that it answers.",
)
def _digest_nonce(answered: Answered) -> Iterator[Finding]:
    offer, nonce = answered.offer, answered.credentials.get("nonce")
    if answered.refused and offer is not None and nonce and nonce != offer.nonce:
        yield Finding(
            "The nonce of the answer is not that of the challenge before it.",
            "Answer the last challenge, with its nonce character by character.",
            answered.places,
        )


@diagnosis(
    "digest-qop",
    "RFC 7616 3.4",
    "The qop of the answer was not offered, or the response was computed with another one.",
)
def _digest_qop(answered: Answered) -> Iterator[Finding]:
    advice = "Use a qop of the challenge, with nc and cnonce; auth-int covers the body as it is sent."
    yield from _came_about(answered, "digest-qop", advice)
    offer, qop = answered.offer, answered.credentials.get("qop")
    if answered.refused and offer is not None and qop and offer.qop and qop not in offer.qop:
        yield Finding(
            f"The answer has qop {qop}, the challenge offers {' and '.join(offer.qop)}.", advice, answered.places
        )
    if answered.refused and offer is not None and qop and not offer.qop:
        yield Finding(f"The answer has qop {qop}, the challenge offers none.", advice, answered.places)


@diagnosis(
    "digest-nc",
    "RFC 7616 3.4",
    "The nonce count is not 8 hexadecimal digits, or was used before with the same nonce.",
)
def _digest_nc(answered: Answered) -> Iterator[Finding]:
    advice = "nc has 8 hexadecimal digits, 00000001 at first, and is one higher whenever the nonce is used again."
    yield from _came_about(answered, "digest-nc", advice)
    nc, nonce = answered.credentials.get("nc"), answered.credentials.get("nonce")
    if not answered.refused or nc is None or nonce is None:
        return
    if len(nc) != 8 or not set(nc.lower()) <= set("0123456789abcdef"):
        yield Finding(f"nc is {nc!a}.", advice, answered.places)
    elif (nonce, nc) in answered.earlier and answered.outcome not in {None, 401}:
        # a phone renews with nonce and response of before, and may be challenged (TS 24.229 5.1.1.4.2)
        yield Finding(f"nc {nc} was used before with this nonce.", advice, answered.places)


@diagnosis(
    "digest-method",
    "RFC 7616 3.4.3",
    "The response was computed for another method.",
)
def _digest_method(answered: Answered) -> Iterator[Finding]:
    yield from _came_about(answered, "digest-method", "The method of the request goes into the Digest, in capitals.")


@diagnosis(
    "digest-username",
    "TS 24.229 5.1.1.5.1",
    "The response was computed with another user name than the header has.",
)
def _digest_username(answered: Answered) -> Iterator[Finding]:
    yield from _came_about(
        answered, "digest-username", "The user name of the Digest is the whole IMPI, realm included."
    )


@diagnosis(
    "digest-algorithm",
    "RFC 7616 3.3",
    "The answer names an algorithm that was not offered, or was computed with another hash.",
)
def _digest_algorithm(answered: Answered) -> Iterator[Finding]:
    advice = "Take algorithm from the challenge; AKAv1-MD5 and MD5 are two things, and so are AKAv1 and AKAv2."
    yield from _came_about(answered, "digest-hash", advice)
    told = answered.credentials.get("algorithm") or "MD5"
    offered = [offer.algorithm for offer in answered.offers]
    if answered.refused and offered and told.lower() not in {each.lower() for each in offered}:
        yield Finding(f"The answer is by {told}, the challenge asks for {', '.join(offered)}.", advice, answered.places)


@diagnosis(
    "nonce",
    "RFC 3310 3.2",
    "The algorithm of a challenge is AKA, but its nonce does not hold RAND and AUTN.",
)
def _nonce_without_rand_and_autn(offered: Offered) -> Iterator[Finding]:
    try:
        is_aka = Algorithm.named(offered.algorithm).is_aka
    except AkaError:
        return
    if is_aka and not is_hidden(offered.nonce) and nonce_in(offered.nonce) is None:
        yield Finding(
            f"The nonce of {offered.algorithm} is not base64 of RAND and AUTN (32 bytes or more).",
            "Encode RAND (16 bytes), AUTN (16 bytes) and perhaps server data in base64, not in hexadecimal digits.",
            (offered.place,),
        )


@diagnosis(
    "res",
    "TS 33.102 6.3.3",
    "A RES that is given is not what f2 gives for this RAND: it is a text of it, or comes from other keys.",
)
def _given_res(given: GivenRes) -> Iterator[Finding]:
    challenge, card = given.challenge, given.challenge.card
    if card is None:
        return
    for name, functions in card.readings():
        outputs = functions.revealed(challenge.rand, challenge.autn[:6] or bytes(6), challenge.autn[6:8] or bytes(2))[1]
        known = _forms(outputs.res)
        if given.res in known:
            if name != "given":
                yield Finding(
                    f"RES comes of the keys read as {name}.", "Enter OP as OP and OPc as OPc.", (given.place,)
                )
            elif known[given.res]:
                yield Finding(f"What is given is {known[given.res]}.", "Compare the bytes of RES.", (given.place,))
            return
    yield Finding(
        "RES is not what f2 gives for this RAND with these keys, in whatever reading.",
        "Compare K, OP or OPc, and RAND.",
        (given.place,),
    )


def _forms(res: bytes) -> dict[bytes, str]:
    """Give what stands for a RES, each with what it is; the right one last, since it counts where two are the same."""
    return {
        res.hex().encode(): "RES in hexadecimal digits, taken for bytes",
        res.hex().upper().encode(): "RES in hexadecimal digits, taken for bytes",
        res.ljust(16, b"\0"): "RES filled up with zeros",
        res.partition(b"\0")[0]: "RES up to its first zero byte",
        res: "",
    }
