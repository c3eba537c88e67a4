import pytest
from attrs import frozen
from twisted.logger import capturedLogs, formatEvent

from sipcore_stub.element import Element, forward
from sipcore_stub.errors import Cause, Refused
from tests.sipcore_stub.parts import ICSCF, PCSCF, UE, Wire, begun, publish, result_of
from valkit.sip.errors import NoAnswer
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response


@frozen
class Role:
    """Serves every request by reading its To, or by an error."""

    error: Exception | None = None

    async def serve(self, request: Request, source: Hop) -> Response:
        """Answer with where it came from."""
        if self.error is not None:
            raise self.error
        return request.answer(200, headers=[("Subject", f"{request.to.uri} {source}")])


def handled(request: Request, role: Role | None) -> Response | None:
    """Give what an element with this role answers."""
    element = Element("pcscf")
    element.role = role
    return result_of(begun(element.handle(request, UE)))


def status(request: Request, role: Role | None) -> int | None:
    """Give the status of the answer, if there is one."""
    response = handled(request, role)
    return None if response is None else response.status


def test_a_role_serves_requests() -> None:
    """What the role answers is the answer."""
    response = handled(publish(), Role())
    assert response is not None
    assert response.headers.get("Subject") == "sip:alice@home.example udp:127.0.0.11:5060"


def test_a_refusal_is_answered() -> None:
    """Each cause has its status."""
    assert status(publish(), Role(Refused(Cause.LOOP))) == 482


def test_a_malformed_header_is_answered_where_it_is_read() -> None:
    """A header nobody has looked at before may turn out to be none."""
    request = publish(P_Asserted_Identity="<<")

    class Reading:
        async def serve(self, request: Request, source: Hop) -> Response:
            del source
            return request.answer(200 + len(request.p_asserted_identities))

    element = Element("scscf")
    element.role = Reading()
    response = result_of(begun(element.handle(request, UE)))
    assert response is not None
    assert response.status == 400


def test_an_ack_is_answered_by_nobody() -> None:
    """RFC 3261 17: there is no response to an ACK."""
    ack = Request.create("ACK", "sip:home.example", [])
    assert handled(ack, Role()) is None


def test_before_it_has_a_role_an_element_is_not_available() -> None:
    """A request in the moment of starting is asked to come again."""
    assert status(publish(), None) == 503


def test_what_is_passed_on_comes_back_without_our_via() -> None:
    """The Via that our endpoint put on top is taken off the answer (RFC 3261 16.7)."""
    wire = Wire((PCSCF,))
    answer = begun(forward(wire, publish(), ICSCF))
    wire.take().answered(200)
    assert result_of(answer).headers.all("Via") == publish().headers.all("Via")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (NoAnswer("timeout"), Cause.NEXT_HOP_SILENT),
        (NoAnswer("transport"), Cause.NEXT_HOP_UNREACHABLE),
    ],
)
def test_a_hop_that_does_not_answer(error: NoAnswer, cause: Cause) -> None:
    """Silence and a broken way are told apart."""
    wire = Wire((PCSCF,))
    answer = begun(forward(wire, publish(), ICSCF))
    wire.take().answer.errback(error)
    with pytest.raises(Refused) as refused:
        result_of(answer)
    assert refused.value.cause is cause


def test_the_log_says_which_hop_did_not_answer() -> None:
    """The peer's 504 does not: it is nobody's business outside."""
    wire = Wire((PCSCF,))
    answer = begun(forward(wire, publish(), ICSCF))
    wire.take().answer.errback(NoAnswer("timeout"))
    with pytest.raises(Refused) as refused:
        result_of(answer)
    with capturedLogs() as events:
        said = handled(publish(), Role(refused.value))
    assert said is not None
    assert (said.status, str(ICSCF) in str(said)) == (504, False)
    (line,) = (formatEvent(event) for event in events)
    assert line.startswith("pcscf refuses ")
    assert line.endswith(f": the next hop gave no answer in time: {ICSCF}")
