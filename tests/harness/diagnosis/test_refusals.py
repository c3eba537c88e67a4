"""Registrations that fail, as a capture shows them to who has no keys."""

from io import BytesIO

import pytest

from harness.diagnosis import findings_in
from harness.diagnosis.extraction import Knowledge, facts
from harness.evidence import read_capture
from harness.seen.capture import capture
from tests.harness.diagnosis.ailing import IMPI, card
from tests.harness.diagnosis.test_extraction import (
    CORE,
    FIRST,
    GRANTED,
    SECOND,
    SERVER,
    TOLD,
    UE,
    UNAUTHORIZED,
    credentials,
    register,
    seen,
)
from valkit.sip import Hop, Message, Request
from valkit.trace import Message as Sent

Told = tuple[Message, Hop, Hop]
CHALLENGED: list[Told] = [(FIRST, UE, CORE), (UNAUTHORIZED, CORE, UE)]
WITHOUT = register(2, credentials(""))
WITH_AUTS = register(2, credentials("", auts="AAAAAAAAAAAAAAAAAAA="))


NOTHING = Knowledge()
NO_NONCE = register(1, 'Digest username="a", nonce="", response=""')


def refused(request: Request, status: int, server: Hop = CORE) -> list[Told]:
    """Have a request answered with this status."""
    client = CORE if server is SERVER else UE
    return [(request, client, server), (request.answer(status), server, client)]


def named(*told: Told, known: Knowledge = NOTHING) -> dict[str, tuple[str, ...]]:
    """Name what is found wrong but for tokens, with the places where it shows."""
    found = findings_in(facts(seen(*told), known))
    return {each.name: each.evidence for each in found if not each.name.startswith(("token", "clock", "auts"))}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([*CHALLENGED, *refused(WITHOUT, 403)], {"challenge-refused": ("frame 3", "frame 2")}),
        ([*CHALLENGED, *refused(WITHOUT, 401)], {"challenge-refused": ("frame 3", "frame 2")}),
        ([*CHALLENGED, *refused(WITH_AUTS, 403)], {"synchronisation-refused": ("frame 3", "frame 4")}),
        ([*CHALLENGED, *refused(SECOND, 403)], {"response-refused": ("frame 3",)}),
        ([*CHALLENGED, *refused(SECOND, 401)], {"response-refused": ("frame 3",)}),
        (refused(FIRST, 403), {"registration-refused": ("frame 1", "frame 2")}),
        (
            refused(NO_NONCE, 404),
            {"registration-refused": ("frame 1", "frame 2")},
        ),
        (refused(TOLD, 403, SERVER), {"third-party-refused": ("frame 1", "frame 2")}),
        (refused(FIRST, 504), {"register-unserved": ("frame 1", "frame 2")}),
        ([*CHALLENGED, *refused(SECOND, 504)], {"register-unserved": ("frame 3", "frame 4")}),
        ([*CHALLENGED, *refused(WITH_AUTS, 480)], {"register-unserved": ("frame 3", "frame 4")}),
        (refused(TOLD, 500, SERVER), {"register-unserved": ("frame 1", "frame 2")}),
        (refused(FIRST, 400), {"register-misunderstood": ("frame 1", "frame 2")}),
        (refused(TOLD, 416, SERVER), {"register-misunderstood": ("frame 1", "frame 2")}),
    ],
)
def test_a_refusal_is_named_without_keys(told: list[Told], found: dict[str, tuple[str, ...]]) -> None:
    """And with where it shows."""
    assert named(*told) == found


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "The PUBLISH was refused with 403, with Warning '399 h \"101 no\"': whoever answered did not believe"),
        (
            404,
            "The PUBLISH was refused with 404, with Warning '399 h \"101 no\"': nobody is bound for whom it",
        ),
    ],
)
def test_a_publish_that_is_refused(status: int, words: str) -> None:
    """With what the server says of it; the phone's identity was asserted."""
    fields = [(name, value) for name, value in FIRST.headers.items() if name != "CSeq"]
    publish = Request.create("PUBLISH", FIRST.uri, [*fields, ("CSeq", "9 PUBLISH")])
    answer = publish.answer(status, headers=[("Warning", '399 h "101 no"')])
    (finding,) = findings_in(facts(seen((publish, UE, CORE), (answer, CORE, UE))))
    assert finding.name == "publish-refused"
    assert finding.sentence.startswith(words)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (408, "The REGISTER was answered 408 Request Timeout, so somebody further on did not answer in time."),
        (503, "The REGISTER was answered 503 Service Unavailable, so whoever answered cannot serve it now; "),
    ],
)
def test_a_server_that_cannot_serve_says_nothing_of_the_subscriber(status: int, words: str) -> None:
    """Neither keys nor subscription are to be compared."""
    (finding,) = findings_in(facts(seen(*refused(FIRST, status))))
    assert finding.sentence.startswith(words)
    assert "K or OP" not in finding.advice
    assert "IMPI" not in finding.advice


@pytest.mark.parametrize("status", [401, 420, 421, 423, 494])
def test_what_asks_for_another_register_is_no_refusal(status: int) -> None:
    """The phone does as it is asked."""
    assert named(*refused(FIRST, status)) == {}


def test_a_resynchronisation_and_a_registration_that_succeed_have_none() -> None:
    """The network challenges anew."""
    assert named(*CHALLENGED, *refused(WITH_AUTS, 401)) == {}
    assert named(*CHALLENGED, (SECOND, UE, CORE), (GRANTED, CORE, UE), *refused(TOLD, 200, SERVER)) == {}


def test_with_the_keys_they_speak() -> None:
    """Of wrong ones that the challenge does not fit; with the network's own, it is the phone that has others."""
    told = [*CHALLENGED, *refused(WITHOUT, 403)]
    assert set(named(*told, known=Knowledge({IMPI: card(opc="0" * 32)}))) == {"wrong-key"}
    assert set(named(*told, known=Knowledge({IMPI: card()}))) == {"challenge-refused"}
    assert set(named(*CHALLENGED, *refused(SECOND, 403), known=Knowledge({IMPI: card()}))) == {"wrong-response"}


@pytest.mark.parametrize(("request_", "name"), [(WITH_AUTS, "synchronisation-refused"), (SECOND, "response-refused")])
def test_captures_of_ours_with_hidden_secrets_tell_as_much(request_: Request, name: str) -> None:
    """A masked response is one, a masked AUTS as well."""
    told = [*CHALLENGED, *refused(request_, 403)]
    events = [Sent(at / 10, source, target, message) for at, (message, source, target) in enumerate(told)]
    evidence = read_capture(BytesIO(b"".join(capture(events))))
    assert [found.name for found in findings_in(facts(evidence))] == [name]
