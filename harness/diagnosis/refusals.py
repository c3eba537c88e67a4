"""What a refusal says by itself, to who has no keys: who refused, at which step, and what to look at next.

Only some statuses judge the subscriber. Others say that nobody served the request, or that it is written
wrongly, and then keys and subscription are not to be compared.

A status says less than keys do. So where the keys of a subscriber are known, the diagnoses of challenges and responses
speak in place of these (TS 24.229 5.1.1.5, 5.4.1.2).
"""

from collections.abc import Iterator

from harness.diagnosis.challenging import is_as_given
from harness.diagnosis.facts import Answered, Exchange, is_hidden
from harness.diagnosis.findings import Finding, diagnosis
from harness.third_party import is_third_party
from valkit.sip import Credentials, ParseError, Response

ASKS_AGAIN = frozenset({401, 407, 420, 421, 423, 494})
"""Answers to which a client registers once more, with what they ask for."""
JUDGING = frozenset({403, 404, 410, 433, 603, 604, 606})
"""Answers that are about the subscriber, or about what it proves itself by."""
LATE = frozenset({408, 504})
"""Nobody answered in time whoever answered."""
UNSERVED = frozenset({480, 600, *LATE, *range(500, 600)})
"""Answers of who cannot serve a request, whoever sends it."""


@diagnosis(
    "challenge-refused",
    "TS 24.229 5.1.1.5.3",
    "The phone answers a challenge without a response: by its keys, AUTN is not of its network.",
    follows=True,
)
def _challenge_refused(answered: Answered) -> Iterator[Finding]:
    challenge = answered.challenge
    if challenge is None or answered.credentials.get("response") != "":
        return
    sentence = f"The phone refused the challenge: its {answered.request.method} has no response."
    advice = (
        "K or OP(c) is wrong on one side. Give the network's with --k and --opc (or --op): what is said then of the "
        "challenge tells which side it is."
    )
    if answered.card is not None:
        if not is_as_given(challenge):
            return  # what is wrong with the challenge is told by its keys
        sentence += (
            f" MAC-A in AUTN was made with {answered.card.place}, so it is the phone that has another K or OP(c)."
        )
        advice = (
            "Compare K and OP or OPc at the phone with these, which are the network's; some phones look at the AMF too."
        )
    yield Finding(sentence, advice, (answered.place, *(offer.place for offer in answered.offers)))


@diagnosis(
    "synchronisation-refused",
    "TS 33.102 6.3.5",
    "The phone asks for resynchronisation by an AUTS, and is refused in place of challenged anew.",
    follows=True,
)
def _synchronisation_refused(exchange: Exchange) -> Iterator[Finding]:
    credentials = _credentials(exchange)
    if _is_judged(exchange) and credentials is not None and credentials.get("auts") is not None:
        yield Finding(
            f"The phone sent AUTS, since it has used up the SQN of the challenge, and got {exchange.status} in place "
            "of a new challenge.",
            "The HSS has to take SQN_MS from AUTS and make a new vector. Give --k and --opc to see whether MAC-S fits.",
            exchange.places,
        )


@diagnosis(
    "response-refused",
    "TS 24.229 5.4.1.2.3",
    "The phone's response to a challenge is refused, and its keys are not known here.",
    follows=True,
)
def _response_refused(answered: Answered) -> Iterator[Finding]:
    response = answered.credentials.get("response") or ""
    unjudged = answered.card is None or is_hidden(response)
    if answered.request.method == "REGISTER" and response and unjudged and _is_refusal(answered):
        yield Finding(
            f"The registration was refused with {answered.outcome}, in answer to the phone's response.",
            "If RES is wrong, K or OP(c) is another on one side: give --k and --opc (or --op) to see which. If it is "
            "right, look at the subscription: barred, another service profile, roaming not allowed.",
            (answered.place,),
        )


@diagnosis(
    "registration-refused",
    "TS 24.229 5.4.1.2.1",
    "A REGISTER is refused before any challenge: the core does not know the subscriber, or does not let it in.",
    follows=True,
)
def _registration_refused(exchange: Exchange) -> Iterator[Finding]:
    credentials = _credentials(exchange)
    if _is_judged(exchange) and not is_third_party(exchange.sent) and not (credentials and credentials.get("nonce")):
        yield Finding(
            f"The registration was refused with {exchange.status}, before any challenge.",
            "Compare IMPI and IMPU with the subscription at the HSS: unknown, barred, or not of one another; and look "
            "whether the visited network may be used.",
            exchange.places,
        )


@diagnosis(
    "third-party-refused",
    "TS 24.229 5.4.1.7",
    "The server refuses a third-party REGISTER, most often since it does not believe the token in it.",
    follows=True,
)
def _third_party_refused(exchange: Exchange) -> Iterator[Finding]:
    if not _is_judged(exchange) or not is_third_party(exchange.sent):
        return
    token = exchange.status == 403
    yield Finding(
        f"The third-party REGISTER was refused with {exchange.status}"
        + (": the VAL server did not believe the token, or who sent it." if token else "."),
        "Look at the log of the VAL server, which says why"
        + ("; give --token or a capture with it, and --jwks, to see what is wrong with the token." if token else "."),
        exchange.places,
    )


@diagnosis(
    "publish-refused",
    "RFC 3903 6, TS 24.379 7.3.3",
    "A PUBLISH is refused: the server does not believe the token in it, or does not know who publishes.",
    follows=True,
)
def _publish_refused(exchange: Exchange) -> Iterator[Finding]:
    if exchange.sent.method != "PUBLISH" or exchange.status not in JUDGING:
        return
    if exchange.status == 404:
        why = "nobody is bound for whom it came, or nobody serves its Request-URI"
        advice = "Send a token with the first PUBLISH, or register with one; compare the Request-URI with the server's."
    else:
        why = "whoever answered did not believe the token, or who sent it"
        advice = (
            "Look at the log of the VAL server, or of the P-CSCF if it got no further, which says why; give --token or "
            "a capture with it, and --jwks, to see what is wrong with the token."
        )
    yield Finding(f"The PUBLISH was refused with {exchange.status}{_warned(exchange)}: {why}.", advice, exchange.places)


@diagnosis(
    "register-unserved",
    "RFC 3261 21.4.9, 21.5",
    "Nobody serves a REGISTER: somebody on its way does not answer, or has an error (408, 480, 5xx).",
    follows=True,
)
def _unserved(exchange: Exchange) -> Iterator[Finding]:
    if exchange.sent.method != "REGISTER" or exchange.status not in UNSERVED:
        return
    if exchange.status in LATE:
        why = "so somebody further on did not answer in time"
        advice = "Look which element it reached last, and whether the next one is there, at this address and port."
    else:
        why = "so whoever answered cannot serve it now; that says nothing of the subscriber"
        advice = "Look at that element's log, and whether those behind it (HSS, S-CSCF, VAL server) are there."
    yield Finding(f"{_whose(exchange)} was answered {_said(exchange)}, {why}.", advice, exchange.places)


@diagnosis(
    "register-misunderstood",
    "RFC 3261 21.4",
    "A REGISTER is answered by a status that finds fault with how it is written, such as 400 or 416.",
    follows=True,
)
def _misunderstood(exchange: Exchange) -> Iterator[Finding]:
    status = exchange.status or 0
    if exchange.sent.method != "REGISTER" or status < 400 or status in {415, *ASKS_AGAIN, *JUDGING, *UNSERVED}:
        return
    yield Finding(
        f"{_whose(exchange)} was answered {_said(exchange)}{_warned(exchange)}.",
        "Something in the request itself is not as whoever answered wants it: its log says what.",
        exchange.places,
    )


def _warned(exchange: Exchange) -> str:
    warning = exchange.answer.message.headers.get("Warning") if exchange.answer is not None else None
    return f", with Warning {warning[:120]!a}" if warning else ""


def _whose(exchange: Exchange) -> str:
    return "The third-party REGISTER" if is_third_party(exchange.sent) else "The REGISTER"


def _said(exchange: Exchange) -> str:
    answer = exchange.answer.message if exchange.answer is not None else None
    return f"{answer.status} {answer.reason}".rstrip() if isinstance(answer, Response) else ""


def _is_refusal(answered: Answered) -> bool:
    """Whether the answer was not good enough; a second challenge says so as well, unless the nonce was an old one."""
    return answered.outcome in JUDGING or (answered.outcome == 401 and answered.is_fresh)


def _is_judged(exchange: Exchange) -> bool:
    return exchange.sent.method == "REGISTER" and exchange.status in JUDGING


def _credentials(exchange: Exchange) -> Credentials | None:
    try:
        return Credentials.parse(exchange.sent.headers.get("Authorization") or "")
    except ParseError:
        return None
