"""What can be wrong with the initial filter criteria that lead to a VAL server (TS 29.228 Annex B)."""

from collections.abc import Iterator

from harness.diagnosis.facts import Criteria
from harness.diagnosis.findings import Finding, diagnosis
from sipcore_stub.hss.ifc import Criterion, RegistrationType, Situation
from valkit.sip import Request, SipUri

WORDS = {
    RegistrationType.INITIAL: "a first registration",
    RegistrationType.AGAIN: "a re-registration",
    RegistrationType.GONE: "a de-registration",
}


def _hears(criterion: Criterion, kind: RegistrationType) -> bool:
    """Whether the server of a criterion hears of such a REGISTER, of any identity that the criterion is for."""
    impus = criterion.impus or frozenset({"sip:alice@home.example"})
    return any(criterion.is_for(Situation(_register(impu), registration=kind, impu=impu)) for impu in impus)


def _register(impu: str) -> Request:
    """Make the REGISTER that a UE sends, with nothing in it that not every one has."""
    host = impu.rpartition("@")[2] or "home.example"
    fields = [("From", f"<{impu}>;tag=a"), ("To", f"<{impu}>"), ("Contact", "<sip:192.0.2.1>"), ("CSeq", "1 REGISTER")]
    return Request.create("REGISTER", f"sip:{host}", fields)


def _registering(criteria: Criteria) -> list[Criterion]:
    return [each for each in criteria.criteria if any(_hears(each, kind) for kind in RegistrationType)]


def _ours(criteria: Criteria) -> list[Criterion]:
    """Give the criteria for REGISTER that lead to a VAL server.

    A subscriber has other application servers as well (telephony, short messages), which want no token. Where no
    settings say which it is, it is the one that is given the UE's REGISTER; if none is, it may be any of them.
    """
    every = _registering(criteria)
    named = [each for each in every if place_of(each.server_name) in criteria.servers]
    return named or [each for each in every if each.include_register_request] or every


def place_of(server_name: str) -> tuple[str, int]:
    """Say where a server's URI leads if no DNS is asked: host and port. Raises ParseError."""
    hop = SipUri.parse(server_name).hop()
    return hop.host, hop.port


@diagnosis("ifc-document", "TS 29.228 Annex E", "A document with filter criteria is not as the standard has it.")
def _document(criteria: Criteria) -> Iterator[Finding]:
    for fault in criteria.faults:
        yield Finding(
            f"The filter criteria cannot be used: {fault}.",
            "Mend it there; elements have their order and place.",
            (criteria.place,),
        )


@diagnosis(
    "ifc-register", "TS 23.218 5.2", "No filter criterion matches REGISTER, so that no server hears of a registration."
)
def _no_register(criteria: Criteria) -> Iterator[Finding]:
    if not criteria.faults and not _registering(criteria):
        yield Finding(
            "No filter criterion is for a REGISTER, so no third-party REGISTER is sent.",
            "Add one with <Method>REGISTER</Method> and the server's ServerName; look at ConditionNegated and groups.",
            (criteria.place,),
        )


@diagnosis(
    "ifc-include-register-request",
    "TS 29.228 B.2.2",
    "The VAL server's filter criterion lacks IncludeRegisterRequest: the token in the UE's REGISTER goes nowhere.",
)
def _without_request(criteria: Criteria) -> Iterator[Finding]:
    for criterion in _ours(criteria):
        if not criterion.include_register_request:
            yield Finding(
                f"The criterion for {criterion.server_name} does not ask for the UE's REGISTER: no token travels.",
                "Put <IncludeRegisterRequest/> into the Extension of its ApplicationServer.",
                (criteria.place,),
            )


@diagnosis(
    "ifc-registration-types",
    "TS 29.228 B.2.3.2",
    "The VAL server's filter criterion is not for every kind of REGISTER: it misses, say, de-registrations.",
)
def _not_every_kind(criteria: Criteria) -> Iterator[Finding]:
    for server in sorted({each.server_name for each in _ours(criteria)}):
        own = [each for each in _registering(criteria) if each.server_name == server]
        deaf = [words for kind, words in WORDS.items() if not any(_hears(each, kind) for each in own)]
        if deaf:
            yield Finding(
                f"{server} does not hear of {' and '.join(deaf)}.",
                "Leave RegistrationType out, or name 0, 1 and 2; otherwise bindings outlive their registrations.",
                (criteria.place,),
            )
