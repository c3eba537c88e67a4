import pytest

from tests.valkit.sip.torture import RFC_4475, RFC_5118, VECTORS, Accepted, Case, Refused, look
from valkit.sip.errors import ParseError
from valkit.sip.headers import MediaType
from valkit.sip.message import FaultyRequest, Message, Response, parse
from valkit.sip.multipart import parts
from valkit.sip.uri import UriParams

CASES = RFC_4475 + RFC_5118
UNDESCRIBED = {"test"}
"""In the archive, but the RFC does not say a word about it."""


def verdicts(kind: type) -> list[object]:
    """Give the rows of one kind, named as in the RFCs."""
    return [pytest.param(case, id=f"{case.section}-{case.name}") for case in CASES if isinstance(case.verdict, kind)]


def test_no_message_is_left_out() -> None:
    """Each message of the two archives has its row."""
    archived = {path.stem for path in (VECTORS / "rfc4475").glob("*.dat")}
    archived |= {path.name for path in (VECTORS / "rfc5118").iterdir() if path.suffix != ".md"}
    assert len(archived) == 50 + 12
    assert {case.name for case in CASES} == archived - UNDESCRIBED


@pytest.mark.parametrize("case", verdicts(Accepted))
def test_a_valid_message_is_read(case: Case) -> None:
    """A message the RFC calls well formed validates, and its values are the ones it says."""
    assert isinstance(case.verdict, Accepted)
    message = parse(case.data())
    message.validate()
    assert {path: look(message, path) for path in case.verdict.values} == case.verdict.values


@pytest.mark.parametrize("case", verdicts(Accepted))
def test_a_valid_message_goes_out_as_it_came(case: Case) -> None:
    """Rendering gives the bytes back, whether they were kept or are put together again from lines."""
    data = case.data()
    message = parse(data)
    assert data.startswith(bytes(message))
    again = message.adding("X-New", "1").without("X-New")
    assert bytes(again) == bytes(message)


@pytest.mark.parametrize("case", verdicts(Refused))
def test_an_invalid_message_is_refused(case: Case) -> None:
    """The fault shows at the step of its row, names the element at fault, and knows its answer."""
    assert isinstance(case.verdict, Refused)
    with pytest.raises(ParseError) as caught:
        run_to(case.verdict.at, case.data())
    error = caught.value
    assert (error.what, error.answer) == (case.verdict.what, case.verdict.answer)
    assert case.verdict.why in error.why


@pytest.mark.parametrize("case", verdicts(Refused))
def test_a_refused_request_can_be_answered(case: Case) -> None:
    """The error holds what its answer is made of: the Vias, and the other headers so far as they are there."""
    assert isinstance(case.verdict, Refused)
    with pytest.raises(ParseError) as caught:
        run_to(case.verdict.at, case.data())
    error = caught.value
    assert isinstance(error, FaultyRequest) == (case.verdict.answer is not None)
    if not isinstance(error, FaultyRequest):
        return
    request = error.request
    answer = parse(bytes(request.answer(error.answer)))
    assert isinstance(answer, Response)
    assert answer.status == case.verdict.answer
    assert answer.headers.raw("via") == request.headers.raw("via") != ()
    assert answer.headers.raw("call-id") == request.headers.raw("call-id")


def run_to(step: str, data: bytes) -> None:
    """Parse, and go on to the step named; only that one may fail."""
    if step == "parse":
        parse(data)
    message = parse(data)
    if step == "validate":
        message.validate()
    read(message, step)


def read(message: Message, name: str) -> object:
    """Read one property."""
    return getattr(message, name)


def archived(name: str) -> Message:
    """Parse one message of the archives."""
    return parse(next(case for case in CASES if case.name == name).data())


def test_the_binary_part_of_mpart01_is_intact() -> None:
    """The second part of mpart01 keeps its zero bytes and its line breaks (RFC 4475 3.1.1.11)."""
    message = archived("mpart01")
    assert isinstance(message.content_type, MediaType)
    text, binary = parts(message.body, message.content_type)
    assert (text.content_type.name, text.body) == ("text/plain", b"Hello")
    assert binary.content_type.name == "application/octet-stream"
    assert binary.body.startswith(bytes.fromhex("3082015206092A864886F70D010702A0"))
    assert binary.body.endswith(bytes.fromhex("B8E6FF182D944FE57B65BC99D005"))
    assert len(binary.body) == 342


def test_escapes_are_looked_through_once() -> None:
    """`v%61lue%25%34%31` is `value%41`, found under `name` (RFC 4475 3.1.1.3)."""
    params = look(archived("esc01"), "contacts.0.address.params")
    assert isinstance(params, UriParams)
    assert (params.get("name"), "lr" in params) == ("value%41", True)


def test_contact_expiry_out_of_range_counts_as_an_hour() -> None:
    """A contact's expires beyond 32 bits is 3600 (RFC 4475 3.1.2.4, RFC 3261 20.10)."""
    message = archived("scalar02")
    assert look(message, "contacts.0.expires") == 3600
    with pytest.raises(ParseError, match="Expires"):
        _ = message.expires
    with pytest.raises(ParseError, match="Max-Forwards"):
        _ = message.max_forwards


def test_an_unreadable_message_without_via_is_not_answered() -> None:
    """The archive's stray message has no version, no Via, LF line ends: nobody can be told."""
    with pytest.raises(ParseError) as caught:
        parse((VECTORS / "rfc4475" / "test.dat").read_bytes())
    assert caught.value.answer is None
