"""What does not fit between settings files: of a phone, a core, a VAL server, an identity server. Pure."""

from collections.abc import Iterator

from attrs import frozen

from harness.diagnosis.criteria import place_of
from harness.diagnosis.findings import Finding, diagnosis
from seal.idms.settings import IdmsSettings
from sipcore_stub.settings import CoreSettings
from ue_sim.settings import UeSettings
from valkit.net.peers import TrustedPeers
from valkit.sip import Hop
from valserver.issuers import policy
from valserver.profiles import PROFILES
from valserver.settings import ServerSettings

NAMED = 10
"""Subscribers that a sentence names; of more it says how many."""


@frozen
class PhoneAndCore:
    """A phone and the core that it is to register at."""

    phone: UeSettings
    core: CoreSettings
    place: str


@frozen
class CoreAndServer:
    """A core and a VAL server that it is to tell."""

    core: CoreSettings
    server: ServerSettings
    place: str


@frozen
class PhoneAndServer:
    """A phone and the VAL server that its token is for."""

    phone: UeSettings
    server: ServerSettings
    place: str


@frozen
class IdentityAndServer:
    """An identity server, and a VAL server that is to believe its tokens."""

    idms: IdmsSettings
    server: ServerSettings
    place: str


@frozen
class IdentityAndPhone:
    """An identity server, and a phone whose user is to log in there."""

    idms: IdmsSettings
    phone: UeSettings
    place: str


def issuer_of(idms: IdmsSettings) -> str:
    """Give the `iss` of an identity server's tokens; empty where its port is not known yet."""
    if idms.issuer is not None or idms.token is None:
        return idms.issuer or ""
    site = idms.token
    return site.url or (f"https://{site.host}:{site.port}" if site.port else "")


@diagnosis(
    "unknown-subscriber", "TS 24.229 5.4.1.2.1", "The core has no subscriber of the phone's IMPI, or not with its IMPU."
)
def _unknown_subscriber(both: PhoneAndCore) -> Iterator[Finding]:
    known = {subscriber.impi: subscriber for subscriber in both.core.everyone}
    subscriber = known.get(both.phone.impi)
    if subscriber is None:
        yield Finding(
            f"The core has no subscriber {both.phone.impi}; it has {_some(sorted(known))}.",
            "Add it under subscribers, or mend the phone's impi.",
            (both.place,),
        )
    elif subscriber.user_data is None and both.phone.impu not in _impus(subscriber):
        yield Finding(
            f"{both.phone.impi} has no public identity {both.phone.impu} at the core.",
            "Add it to the subscriber's impus, or mend the phone's impu.",
            (both.place,),
        )


def _some(names: list[str]) -> str:
    more = len(names) - NAMED
    return f"{', '.join(names[:NAMED])}{f' and {more} more' if more > 0 else ''}"


def _impus(subscriber: object) -> set[str]:
    sets = (getattr(subscriber, "impus", ()), *getattr(subscriber, "more_sets", ()))
    return {str(getattr(each, "impu", each)) for group in sets for each in group}


@diagnosis("other-domain", "TS 24.229 5.1.1.2", "The phone registers in another domain than the core serves.")
def _other_domain(both: PhoneAndCore) -> Iterator[Finding]:
    domain = both.phone.domain or both.phone.impi.rpartition("@")[2]
    if domain != both.core.domain:
        yield Finding(
            f"The phone registers in {domain}, the core is {both.core.domain}.",
            "Set the phone's domain, which by default is what follows the @ of its impi.",
            (both.place,),
        )


@diagnosis(
    "server-not-there",
    "TS 29.228 B.2.2",
    "A filter criterion leads to an address where the VAL server does not listen.",
)
def _not_there(both: CoreAndServer) -> Iterator[Finding]:
    listens = {(hop.host, hop.port) for hop in both.server.listen}
    anywhere = {port for host, port in listens if host in {"0.0.0.0", "::"}}  # noqa: S104 - nothing is bound here
    for criterion in both.core.filter_criteria:
        at = place_of(criterion.server_name)
        if criterion.method in {"REGISTER", "PUBLISH"} and at not in listens and at[1] not in anywhere:
            yield Finding(
                f"The criterion for {criterion.method} leads to {criterion.server_name}, "
                f"the server is at {_shown(both.server.listen)}.",
                "Mend server_name, or the server's listen.",
                (both.place,),
            )


def _shown(hops: tuple[Hop, ...]) -> str:
    return ", ".join(map(str, hops))


@diagnosis(
    "core-not-trusted",
    "TS 24.229 5.7.1.4",
    "The address of the core's S-CSCF is not among the VAL server's trusted peers.",
)
def _not_trusted(both: CoreAndServer) -> Iterator[Finding]:
    peers = TrustedPeers(both.server.trusted_peers)
    for address in both.core.scscf.listen:
        if address.host not in peers:
            yield Finding(
                f"The S-CSCF at {address.host} is not among the server's trusted_peers.",
                "Add it there: what comes from elsewhere is refused with 403.",
                (both.place,),
            )


@diagnosis(
    "other-carrier", "TS 24.379 F.1", "The phone sends its token in a document that the VAL server does not look into."
)
def _other_carrier(both: PhoneAndServer) -> Iterator[Finding]:
    taken = {name for each in both.server.authorizations.values() for name in each.taken}
    if both.phone.carrier.value not in taken:
        yield Finding(
            f"The phone's carrier is {both.phone.carrier.value}, the server looks into {', '.join(sorted(taken))}.",
            "Set the phone's carrier, or the server's carriers or profile.",
            (both.place,),
        )


@diagnosis(
    "idms-issuer", "RFC 7519 4.1.1", "The VAL server, or the phone, names another issuer than the identity server is."
)
def _other_issuer(both: IdentityAndServer | IdentityAndPhone) -> Iterator[Finding]:
    issuer = issuer_of(both.idms)
    if isinstance(both, IdentityAndServer):
        named = sorted({tokens.issuer for each in both.server.authorizations.values() for tokens in each.issuers})
    else:
        named = [] if both.phone.identity is None else [both.phone.identity.issuer]
    if issuer and named and issuer not in named:
        yield Finding(
            f"The identity server is {issuer}, and {', '.join(named)} is named.",
            "Name it character by character (tokens.issuer, identity.issuer), or set the identity server's issuer.",
            (both.place,),
        )


@diagnosis(
    "idms-tokens",
    "RFC 9068 2.2",
    "The identity server writes another audience or other claims than the VAL server asks for.",
)
def _other_tokens(both: IdentityAndServer) -> Iterator[Finding]:
    written = both.idms.tokens
    for each in both.server.authorizations.values():
        for tokens in each.issuers:
            if tokens.issuer != issuer_of(both.idms):
                continue
            asked = policy(tokens, PROFILES[each.profile], each.val_service)
            for name, one, other in (
                ("audience", written.audience, asked.audience),
                ("user_claim", written.user_claim, asked.user_claim),
                ("services_claim", written.services_claim, "" if asked.val_service else asked.services_claim),
            ):
                if other and one != other:
                    yield Finding(
                        f"The identity server writes {name} {one}, the VAL server asks for {other}.",
                        f"Set tokens.{name} alike in both.",
                        (both.place,),
                    )
