"""What is right for each request; and our own server in a whole lab, which the judge agrees with everywhere."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

import harness.lab.lab
from harness.evidence import Evidence, read_capture
from harness.explaining import claimed
from harness.forgery import Workshop
from harness.language.places import SHIPPED
from harness.language.scenario import parse
from harness.plans.lab import read_lab
from harness.replaying.arrivals import Place, arrivals, server_in
from harness.replaying.judging import Decision, Replay
from harness.replaying.terms import from_options
from harness.run.play import play
from tests.harness.evidence.wires import wired
from tests.harness.replaying.heard import ALICE, BOB, CLIENT, SERVER, TOKEN, evidence, published, told
from tests.valkit.tokens.support import EC, GRANT, POLICY, STRANGER, claims, token
from valkit.carriers import tokens_in
from valkit.redaction import masked
from valkit.sip import Request, Response
from valkit.sip import parse as parse_message
from valkit.tokens import SigningKey, jwks, mint
from valkit.trace import Message
from valserver.settings import ServerSettings

reactor: Any = the_reactor


@pytest.fixture
def settings(tmp_path: Path) -> ServerSettings:
    """Give the terms: one issuer's keys."""
    (tmp_path / "jwks.json").write_text(jwks(EC))
    return from_options(tmp_path / "jwks.json", POLICY.issuer, POLICY.audience, "val")


def judged(settings: ServerSettings, heard: Evidence) -> tuple[list[Decision], Replay]:
    """Judge what a server got."""
    judge = Replay(settings)
    return list(judge.decisions(tuple(arrivals(heard, Place(SERVER.host))))), judge


def due(decisions: Sequence[Decision]) -> list[tuple[int, list[str]]]:
    """Give status and events of each."""
    return [(each.due.status if each.due else 0, [told.event.what for told in each.told]) for each in decisions]


def test_a_token_that_holds_binds_and_others_do_not(settings: ServerSettings) -> None:
    """By signature, claims and the capture's time."""
    late = token(payload=claims(exp=GRANT.issued_at - 60, iat=GRANT.issued_at - 600))
    decisions, judge = judged(
        settings,
        evidence((told(), None), (told(BOB, token=mint(STRANGER, GRANT)), None), (told(BOB, 2, late), None)),
    )
    assert due(decisions) == [(200, ["bound"]), (403, ["refused"]), (403, ["refused"])]
    assert [told.event.cause for told in judge.told[1:]] == ["unknown_kid", "expired"]
    assert [binding.impu for binding in judge.bindings] == [ALICE]


@pytest.mark.parametrize(
    ("request_", "said", "wrong", "remark"),
    [
        (told(), 200, False, ""),
        (told(token=mint(STRANGER, GRANT)), 200, True, "a 200 where a 403 was due"),
        (told(), 403, True, "a 403 where a 200 was due"),
        (told(token=mint(STRANGER, GRANT)), 401, False, "refused as well, with 401"),
    ],
)
def test_the_servers_answer_is_compared(
    settings: ServerSettings, request_: Request, said: int, remark: str, *, wrong: bool
) -> None:
    """Who grants what was to be refused, or the reverse, is named; another refusal is a remark."""
    ([decision], _) = judged(settings, evidence((request_, request_.answer(said))))
    assert (decision.disagrees, decision.remark) == (wrong, remark)


def test_an_answer_that_was_not_seen_is_not_judged(settings: ServerSettings) -> None:
    """What is right is told all the same."""
    ([decision], _) = judged(settings, evidence((told(), None)))
    assert (decision.disagrees, decision.remark) == (False, "no answer was seen")


def test_a_hidden_token_is_not_judged(settings: ServerSettings) -> None:
    """And binds nobody."""
    hidden = parse_message(masked(bytes(told())))
    assert isinstance(hidden, Request)
    ([decision], judge) = judged(settings, evidence((hidden, hidden.answer(200))))
    assert (decision.due, decision.disagrees) == (None, False)
    assert decision.remark == "not judged: its token is hidden"
    assert judge.bindings == ()


def test_time_ends_what_nobody_refreshes(settings: ServerSettings) -> None:
    """The capture's time, between two requests: at that moment, and not when the next one is heard."""
    decisions, judge = judged(settings, evidence((told(expires=60), None), (told(BOB, token=""), None), every=3_600.0))
    assert due(decisions) == [(200, ["bound"]), (200, ["no token"])]
    ended = next(told for told in judge.told if told.event.what == "unbound")
    assert (ended.event.what, ended.event.cause) == ("unbound", "registration expired")
    assert ended.at - GRANT.issued_at == pytest.approx(60)


def test_a_stranger_is_refused_where_it_is_known_whom_the_server_trusts(settings: ServerSettings) -> None:
    """From settings; without them, everybody is trusted."""
    wary = settings.model_copy(update={"trusted_peers": ()})
    assert due(judged(wary, evidence((told(), None)))[0]) == [(403, ["refused"])]


def test_entity_tags_of_the_capture_are_understood(settings: ServerSettings) -> None:
    """A refresh names the tag that the server gave out, and a later one the tag of the refresh."""

    def tagged(request: Request, tag: str) -> tuple[Request, Response]:
        return request, request.answer(200, headers=[("SIP-ETag", tag)])

    decisions, judge = judged(
        settings,
        evidence(
            tagged(published(1), "theirs-1"),
            tagged(published(2, "", SIP_If_Match="theirs-1"), "theirs-2"),
            (published(3, "", SIP_If_Match="unheard-of"), None),
            tagged(published(4, "", SIP_If_Match="theirs-2", Expires="0"), "theirs-3"),
        ),
    )
    assert due(decisions) == [(200, ["bound"]), (200, []), (412, ["refused"]), (200, ["unbound"])]
    assert judge.bindings == ()


def test_a_late_register_is_refused(settings: ServerSettings) -> None:
    """RFC 3261 10.3, step 7."""
    decisions, _ = judged(settings, evidence((told(cseq=5), None), (told(cseq=4, expires=600), None)))
    assert due(decisions) == [(200, ["bound"]), (400, ["refused"])]


STEPS = """
  - token.mint: {ue: alice}
  - ue.register: {ue: alice, token: yes}
  - expect.binding: {impu: "sip:alice@home.example", val_user_id: alice, val_service_ids: [dispatch]}
  - ue.register: {ue: bob}
  - token.mint: {ue: bob, broken: expired}
  - ue.publish: {ue: bob, token: yes}
  - token.mint: {ue: bob}
  - ue.publish: {ue: bob, token: yes}
  - ue.deregister: alice
"""


async def test_our_own_server_is_agreed_with_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A lab is played with everything on its wires kept, secrets too; then the judge looks at it without the server."""
    workshop = Workshop(SigningKey.generate("ES256"), SigningKey.generate("ES256"))
    monkeypatch.setattr(harness.lab.lab, "_workshop", lambda *_: workshop)
    [scenario] = parse(f"name: n\nclauses: [REG-01]\nsteps:{STEPS}", Path("s.yaml"), "s.yaml")
    performance = await play(scenario, read_lab(SHIPPED / "home.yaml")[0], reactor)
    performance.judge()
    captured = wired(event for event in performance.events if isinstance(event, Message))
    found = read_capture(BytesIO(captured))
    (tmp_path / "jwks.json").write_text(jwks(workshop.key))
    issuer = claimed(next(carried.token for seen in found.messages for carried in tokens_in(seen.message)), "iss")
    judge = Replay(from_options(tmp_path / "jwks.json", issuer, None, "val"))
    server = server_in(found)
    assert server is not None
    decisions = list(judge.decisions(tuple(arrivals(found, server))))
    assert [(each.due.status if each.due else 0, each.remark) for each in decisions] == [
        (200, ""),
        (200, ""),
        (403, ""),
        (200, ""),
        (200, ""),
    ]
    assert [told.event.what for told in judge.told] == [
        *("bound", "no token", "refused", "bound", "unbound"),
    ]
    assert [binding.val_user_id for binding in judge.bindings] == ["bob"]


def test_no_token_is_in_a_repr(settings: ServerSettings) -> None:
    """Of what is decided."""
    ([decision], judge) = judged(settings, evidence((told(), None)))
    assert TOKEN not in f"{decision!r}{judge.told!r}"
    assert CLIENT in f"{judge.bindings!r}"
