"""What can be wrong with registrations and publications on their way to the VAL server (TS 24.229 5.4.1, RFC 3903)."""

from collections.abc import Callable, Iterator

from harness.diagnosis.facts import Arrived, Exchange, ThirdParty
from harness.diagnosis.findings import Finding, diagnosis
from harness.diagnosis.refusals import JUDGING
from harness.evidence import Seen
from harness.third_party import is_third_party
from valkit.carriers import Carried, CarrierError, tokens_in
from valkit.sip import Challenge, Credentials, Message, NameAddr, ParseError, SipUri, parse_uri

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
    "challenge-realm",
    "TS 24.229 5.1.1.5, RFC 7616 3.4",
    "A challenge is of another realm than the domain that the phone registers in, and no registration comes of it.",
)
def _foreign_realm(exchange: Exchange) -> Iterator[Finding]:
    if exchange.sent.method != "REGISTER" or exchange.status != 401 or exchange.granted or exchange.answer is None:
        return
    realm, own = _realm(exchange.answer.message), _domains(exchange)
    if realm and own and not any(_are_related(realm, domain) for domain in own.values()):
        yield Finding(
            f"The challenge is of realm {realm!a}, and the phone registers with {_listed(own)}.",
            "One side has another home domain: compare the phone's (domain, impi) with the core's (domain); a realm is "
            "the name of the home network.",
            exchange.places,
        )


@diagnosis(
    "home-domain",
    "TS 24.229 5.1.1.2",
    "A REGISTER that is refused goes to another domain than its IMPI or its IMPU is of.",
)
def _foreign_domain(exchange: Exchange) -> Iterator[Finding]:
    if exchange.sent.method != "REGISTER" or exchange.status not in JUDGING or is_third_party(exchange.sent):
        return
    own = _domains(exchange)
    asked = own.get(REQUEST_URI)
    if asked and not all(_are_related(asked, domain) for domain in own.values()):
        yield Finding(
            f"The REGISTER was refused with {exchange.status}, and has {_listed(own)}.",
            "Where these are of two networks, the phone has one of them wrong: its domain by default is what follows "
            "the @ of its IMPI.",
            exchange.places,
        )


REQUEST_URI = "Request-URI"


def _domains(exchange: Exchange) -> dict[str, str]:
    """Give the domains that a REGISTER names, by where they stand."""
    impi = _digest(exchange.sent.headers.get("Authorization"), Credentials.parse, "username")
    found = {REQUEST_URI: _host(exchange.sent.uri), "IMPU": _host(exchange.sent.to.uri)}
    found["IMPI"] = impi.rpartition("@")[2] if "@" in impi else ""
    return {name: domain for name, domain in found.items() if domain}


def _listed(domains: dict[str, str]) -> str:
    return ", ".join(f"{name} of {domain}" for name, domain in domains.items())


def _host(uri: str) -> str:
    try:
        told = parse_uri(uri)
    except ParseError:
        return ""
    return told.host if isinstance(told, SipUri) else ""


def _realm(answer: Message) -> str:
    return _digest(answer.headers.get("WWW-Authenticate"), Challenge.parse, "realm")


def _digest(value: str | None, parse: Callable[[str], Credentials | Challenge], name: str) -> str:
    """Give a parameter of a header about authentication; nothing if it has none."""
    try:
        return "" if value is None else parse(value).get(name) or ""
    except ParseError:
        return ""


def _are_related(one: str, other: str) -> bool:
    """Whether two domains are the same, or one is within the other, as a server's name is within its network's."""
    one, other = f".{one.lower().rstrip('.')}", f".{other.lower().rstrip('.')}"
    return one.endswith(other) or other.endswith(one)


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
