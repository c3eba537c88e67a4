"""What does not fit between settings files: of a phone, of a core, of a VAL server. Pure."""

from collections.abc import Iterator

from attrs import frozen

from harness.diagnosis.findings import Finding, diagnosis
from sipcore_stub.settings import CoreSettings
from ue_sim.settings import UeSettings
from valkit.net.peers import TrustedPeers
from valkit.sip import Hop, SipUri
from valserver.settings import ServerSettings


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


@diagnosis(
    "unknown-subscriber", "TS 24.229 5.4.1.2.1", "The core has no subscriber of the phone's IMPI, or not with its IMPU."
)
def _unknown_subscriber(both: PhoneAndCore) -> Iterator[Finding]:
    known = {subscriber.impi: subscriber for subscriber in both.core.subscribers}
    subscriber = known.get(both.phone.impi)
    if subscriber is None:
        yield Finding(
            f"The core has no subscriber {both.phone.impi}; it has {', '.join(sorted(known))}.",
            "Add it under subscribers, or mend the phone's impi.",
            (both.place,),
        )
    elif subscriber.user_data is None and both.phone.impu not in _impus(subscriber):
        yield Finding(
            f"{both.phone.impi} has no public identity {both.phone.impu} at the core.",
            "Add it to the subscriber's impus, or mend the phone's impu.",
            (both.place,),
        )


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
        uri = SipUri.parse(criterion.server_name)
        at = uri.host.strip("[]"), uri.port or 5060
        if criterion.method in {"REGISTER", "PUBLISH"} and at not in listens and at[1] not in anywhere:
            yield Finding(
                f"The criterion for {criterion.method} leads to {uri}, the server is at {_shown(both.server.listen)}.",
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
