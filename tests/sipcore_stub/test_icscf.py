import pytest

from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Hss
from sipcore_stub.icscf import Icscf
from tests.sipcore_stub.parts import (
    DOMAIN,
    ICSCF,
    PCSCF,
    SCSCF,
    UE,
    Notes,
    Phone,
    Wire,
    begun,
    publish,
    result_of,
    subscriber,
)
from valkit.ids import SeededIds
from valkit.sip.message import Request


@pytest.fixture
def wire() -> Wire:
    """Give the I-CSCF's endpoint."""
    return Wire((ICSCF,))


@pytest.fixture
def icscf(wire: Wire) -> Icscf:
    """Give an I-CSCF whose HSS knows Alice only."""
    return Icscf(wire, SCSCF, DOMAIN, Hss([subscriber()], SeededIds("icscf"), Notes()), [PCSCF.host])


def test_a_register_goes_to_the_scscf_under_its_name(wire: Wire, icscf: Icscf) -> None:
    """The Request-URI becomes the S-CSCF's (TS 24.229 5.3.1.2), and its answer goes back."""
    answer = begun(icscf.serve(Phone().register(), PCSCF))
    sent = wire.take()
    assert (sent.to, sent.request.uri, sent.request.max_forwards) == (SCSCF, "sip:127.0.0.23:5060", 69)
    sent.answered(401)
    assert result_of(answer).status == 401


@pytest.mark.parametrize(
    ("request_", "cause"),
    [
        (Phone(impi="bob@home.example").register(), Cause.UNKNOWN_USER),
        (Phone(impu="sip:bob@home.example").register(), Cause.NOT_THEIR_IMPU),
        (Phone().register().with_uri("sip:other.example"), Cause.FOREIGN_DOMAIN),
        (publish(), Cause.NOT_HERE),
        (Phone().register(Max_Forwards="0"), Cause.TOO_MANY_HOPS),
    ],
    ids=("unknown IMPI", "another's IMPU", "another domain", "no REGISTER", "no hop left"),
)
def test_what_is_refused_reaches_no_scscf(wire: Wire, icscf: Icscf, request_: Request, cause: Cause) -> None:
    """The HSS is asked before anything is passed on."""
    with pytest.raises(Refused) as refused:
        result_of(begun(icscf.serve(request_, PCSCF)))
    assert (refused.value.cause, wire.sent) == (cause, [])


def test_only_a_pcscf_is_served(wire: Wire, icscf: Icscf) -> None:
    """A UE that comes past its P-CSCF would get CK and IK with the challenge, so it gets nothing."""
    with pytest.raises(Refused) as refused:
        result_of(begun(icscf.serve(Phone().register(), UE)))
    assert (refused.value.cause, wire.sent) == (Cause.NOT_TRUSTED, [])
