"""What can be wrong with registrations and publications on their way to the VAL server (TS 24.229 5.4.1, RFC 3903)."""

from collections.abc import Iterator

from harness.diagnosis.facts import Arrived, Exchange, ThirdParty
from harness.diagnosis.findings import Finding, diagnosis
from harness.evidence import Seen
from valkit.carriers import Carried, CarrierError, tokens_in
from valkit.sip import Message, NameAddr, ParseError, parse_uri

OK = range(200, 300)


@diagnosis(
    "include-register-request",
    "TS 29.228 B.2.2",
    "The UE's REGISTER carries a token, and the third-party REGISTER does not: the criterion does not ask for it.",
)
def _not_enclosed(told: ThirdParty) -> Iterator[Finding]:
    if told.own is None or told.leaves or not (told.own.exact and told.seen.exact):
        return
    if not _has_token(told.own.message) or _has_token(told.request):
        return
    yield Finding(
        "The UE's REGISTER carries a token, and the third-party REGISTER to the server does not.",
        "Set IncludeRegisterRequest in the Extension of the criterion's ApplicationServer (ours: "
        "include_register_request: yes); some cores send ServiceInfo or the REGISTER, and not both.",
        (told.place, told.own.spot.place),
    )


def _has_token(message: Message) -> bool:
    try:
        found: list[Carried] = tokens_in(message)
    except CarrierError:
        return True  # what is wrong with it is told elsewhere
    return bool(found)


@diagnosis(
    "untrusted-sender",
    "TS 24.229 5.7.1.4",
    "A third-party REGISTER or a PUBLISH comes from a host that the server does not trust.",
)
def _untrusted(arrived: Arrived) -> Iterator[Finding]:
    source = arrived.seen.spot.source
    if source is not None and not arrived.trusts(source.host):
        yield Finding(
            f"{arrived.seen.message.start_line} comes from {source.host}, which the server does not trust.",
            "Add the address of the S-CSCF to trusted_peers; if it is none, somebody speaks past the core.",
            (arrived.seen.spot.place,),
        )


@diagnosis(
    "third-party-early",
    "TS 24.229 5.4.1.2.2F",
    "The third-party REGISTER goes out before the UE has its 200, and so before authentication is over.",
)
def _early(told: ThirdParty) -> Iterator[Finding]:
    own, granted = told.own, told.granted
    if own is None or granted is None or told.seen.spot.at is None or granted.spot.at is None:
        return
    if told.seen.spot.at < granted.spot.at:
        yield Finding(
            f"The third-party REGISTER goes out {(granted.spot.at - told.seen.spot.at) * 1000:.1f} ms before the 200.",
            "The S-CSCF has to answer the UE first: a REGISTER that fails must not reach the server.",
            (told.place, granted.spot.place),
        )


@diagnosis("third-party-expires", "TS 24.229 5.4.1.7", "A third-party REGISTER says nowhere for how long it holds.")
def _no_expires(told: ThirdParty) -> Iterator[Finding]:
    request = told.request
    try:
        contact = request.headers.get("Contact")
        within = None if contact in {None, "*"} else NameAddr.parse(contact or "").expires
    except ParseError:
        within = None
    if "Expires" not in request.headers and within is None:
        yield Finding(
            "The third-party REGISTER has neither Expires nor a Contact with expires.",
            "Set Expires to the time that the UE was granted; 0 where it has left.",
            (told.place,),
        )


@diagnosis(
    "granted-expires", "RFC 3261 10.3", "The 200 to a REGISTER does not say for how long the contact is registered."
)
def _granted_without_end(exchange: Exchange) -> Iterator[Finding]:
    answer = exchange.answer
    if exchange.sent.method != "REGISTER" or answer is None or exchange.status not in OK:
        return
    contacts, headers = answer.message.headers.all("Contact"), answer.message.headers
    if contacts and "Expires" not in headers and not any("expires=" in contact.lower() for contact in contacts):
        yield Finding(
            "The 200 to the REGISTER gives neither expires in its Contact nor Expires.",
            "The registrar has to say how long each contact stands; the UE cannot renew in time otherwise.",
            (answer.spot.place,),
        )


@diagnosis(
    "p-associated-uri",
    "RFC 7315 4.1",
    "P-Associated-URI is not a list of addresses; a tel URI breaks it at some cores.",
)
def _associated(seen: Seen) -> Iterator[Finding]:
    for value in seen.message.headers.all("P-Associated-URI"):
        try:
            parse_uri(NameAddr.parse(value).uri)
        except ParseError as error:
            yield Finding(
                f"P-Associated-URI has {value[:60]!a}, which is no address ({error.what} {error.why}).",
                "Write each identity in angle brackets, with a comma between two.",
                (seen.spot.place,),
            )


@diagnosis(
    "asserted-identity",
    "RFC 3325 9.1",
    "A PUBLISH is refused with 403 and has no P-Asserted-Identity within the core: nobody says who publishes.",
)
def _nobody_asserted(exchange: Exchange) -> Iterator[Finding]:
    arrived = exchange.arrived or exchange.request
    refused = exchange.sent.method == "PUBLISH" and exchange.status == 403
    if refused and exchange.within and "P-Asserted-Identity" not in arrived.message.headers:
        yield Finding(
            "The PUBLISH was refused, and has no P-Asserted-Identity within the core.",
            "Send it by way of the P-CSCF, which asserts the identity; and do not cross a border of trust behind it.",
            exchange.places,
        )


@diagnosis(
    "event-package", "RFC 3903 6", "A PUBLISH names no event package, or one that the server does not serve (489)."
)
def _event(exchange: Exchange) -> Iterator[Finding]:
    if exchange.status == 489 and exchange.answer is not None:
        served = exchange.answer.message.headers.get("Allow-Events") or "others"
        yield Finding(
            f"The {exchange.sent.method} has Event {exchange.sent.headers.get('Event')!a}; the server serves {served}.",
            "Publish one of these (ue: publish.event), or let the server serve it (publication.events).",
            exchange.places,
        )


@diagnosis("body-not-understood", "RFC 3261 21.4.13", "The server does not know the type of a body (415).")
def _not_understood(exchange: Exchange) -> Iterator[Finding]:
    if exchange.status == 415 and exchange.answer is not None:
        accepts = exchange.answer.message.headers.get("Accept") or "others"
        yield Finding(
            f"The server does not know {exchange.sent.headers.get('Content-Type')!a}; it takes {accepts}.",
            "Use one of these, or mark the body optional (Content-Disposition: handling=optional).",
            exchange.places,
        )
