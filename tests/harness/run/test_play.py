import re
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import NotApplicable, NotObservable
from harness.grammar.vocabulary import Step
from harness.language.places import SHIPPED
from harness.language.scenario import parse
from harness.plans.lab import read_lab
from harness.report.performance import Performance, ScenarioFailed
from harness.run.play import _told, play
from harness.seen.ladder.text import draw
from harness.seen.notes import NOTED
from tests.harness.staging import stage
from valkit.sip import Response
from valkit.trace import Message, Note, Trace
from valkit.trace import Message as Sent

reactor: Any = the_reactor


async def played(steps: str, head: str = "", seed: str = "") -> Performance:
    """Play these steps in our own lab."""
    text = f"name: n\nclauses: [REG-01]\n{head}\nsteps:\n{steps}"
    [scenario] = parse(text, Path("s.yaml"), "s.yaml")
    return await play(scenario, read_lab(SHIPPED / "home.yaml")[0], reactor, seed=seed)


async def test_a_scenario_that_goes_well_has_a_ladder_and_no_failure() -> None:
    """The ladder is drawn in any case."""
    performance = await played("  - ue.register: alice\n  - expect.answer: 200\n")
    performance.judge()
    assert "REGISTER" in draw(performance.ladder)
    assert [row.number for row in performance.by_element.rows] == [None] * len(performance.by_element.rows)


async def test_an_answer_from_before_branches_is_not_the_last_one() -> None:
    """Who was answered last in them is not for the steps behind to say."""
    before = "  - ue.register: alice\n  - expect.answer: 200\n"
    branches = "  - parallel: [[{ue.reregister: alice}, {expect.answer: 200}], [{ue.register: bob}]]\n"
    performance = await played(f"{before}{branches}  - expect.answer: 200\n")
    assert performance.failure is not None
    assert "s.yaml:8: expect.answer" in str(performance.failure)
    assert performance.failure.got == "no phone has asked for anything yet, or only in branches"


async def test_a_failure_says_where_and_why() -> None:
    """File and line of the step, what was wanted, what came, and the message with its secrets hidden."""
    performance = await played("  - ue.register: alice\n  - expect.answer: {status: 403}\n")
    with pytest.raises(ScenarioFailed) as failed:
        performance.judge()
    place, wanted, got, *message = str(failed.value).splitlines()
    assert place == "s.yaml:6: expect.answer"
    assert wanted == "  wanted: an answer 403"
    assert got == "  got:    200 OK to alice"
    assert message[0] == "    SIP/2.0 200 OK"


async def test_the_first_failure_ends_it() -> None:
    """What follows would stand on nothing."""
    performance = await played("  - expect.answer: 200\n  - ue.register: alice\n")
    assert str(performance.failure).startswith("s.yaml:5: expect.answer")
    assert "REGISTER" not in draw(performance.ladder)


async def test_what_was_under_way_at_a_failure_is_seen_to_its_end() -> None:
    """The phone has its answer before the core tells the VAL server, who answers later yet."""
    performance = await played("  - ue.register: alice\n  - expect.answer: {status: 403}\n")
    sip = [sent for sent in performance.messages if isinstance(sent, Message)]
    ends = [{performance.cast.name(sent.source), performance.cast.name(sent.target)} for sent in sip]
    assert ends.count({"scscf", "valserver"}) == 2


async def test_a_figure_that_did_not_happen_fails() -> None:
    """A registration without a token has no step 10."""
    performance = await played("  - ue.register: alice\n", "figure: 5.X.3.2.2-1")
    assert "wanted: step 10" in str(performance.failure)


async def test_a_fault_that_met_nothing_fails() -> None:
    """Otherwise a scenario could pass without showing what it says."""
    performance = await played("  - fault.lose: {method: PUBLISH}\n  - ue.register: alice\n  - expect.answer: 200\n")
    assert "fault.lose PUBLISH: met 0 of them over UDP" in str(performance.failure)


async def test_what_a_phone_cannot_do_does_not_apply() -> None:
    """The scenario says what it needs; our own stack has no TLS 1.3 to offer."""
    with pytest.raises(NotApplicable, match=r"the engine native lacks tls-1\.3"):
        await played("  - ue.register: alice\n  - expect.answer: 200\n", "needs: [register-body, tls-1.3]")


BRANCHES = """
  - parallel:
      - [{ue.register: alice}, {expect.answer: %s}]
      - [{ue.register: bob}, {expect.answer: 200}]
  - expect.flag: {ue: alice, flag: registered}
  - expect.flag: {ue: bob, flag: registered}
"""


async def test_branches_go_on_beside_each_other() -> None:
    """Neither waits for the other: the second REGISTER sets out before the first is answered."""
    performance = await played(BRANCHES % 200)
    performance.judge()
    first = [event.message for event in performance.messages if isinstance(event, Sent)][:2]
    assert [message.to.uri for message in first] == ["sip:alice@home.example", "sip:bob@home.example"]


async def test_a_branch_that_fails_ends_the_scenario_when_the_others_have_ended() -> None:
    """With its own line; what stands after the branches is not done."""
    performance = await played(BRANCHES % 403)
    assert str(performance.failure).startswith("s.yaml:7: expect.answer")
    notes = [event for event in performance.events if isinstance(event, Note) and event.what == "flag"]
    assert {note.fields["impi"] for note in notes} == {"alice@home.example", "bob@home.example"}


UNTIL_THE_OTHERS = """
  - parallel:
      - - expect.no_message: {from: scscf, to: valserver, method: REGISTER}
      - - token.mint: alice
        - ue.register: {ue: alice, token: yes}
        - expect.binding: {impu: "sip:alice@home.example"}
        - expect.no_message: {from: scscf, to: valserver, headers: {Expires: 0}}
"""


async def test_nothing_comes_until_the_other_branches_have_ended() -> None:
    """Or wait for quiet themselves; before the first message of another branch all is quiet too."""
    performance = await played(UNTIL_THE_OTHERS)
    assert str(performance.failure).startswith("s.yaml:7: expect.no_message")
    (await played(UNTIL_THE_OTHERS.replace("to: valserver, method: REGISTER", "to: valserver, status: 200"))).judge()


async def test_what_a_branch_waits_for_may_come_of_one_that_waits_for_quiet() -> None:
    """Whoever would fail is last, however they are written."""
    branches = """
  - parallel:
      - [{expect.message: {from: scscf, to: valserver, method: REGISTER}}]
      - [{expect.no_message: {from: scscf, to: valserver, method: REGISTER}}, {ue.register: alice}]
"""
    (await played(branches)).judge()


async def test_a_note_that_no_vocabulary_has_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody could ask for it, and a slip in its name would stay."""
    monkeypatch.setitem(NOTED, "hss", ())
    performance = await played("  - ue.register: alice\n  - expect.answer: 200\n")
    assert "only notes that harness.seen.notes declares for hss" in str(performance.failure)
    assert "vector issued with impi" in str(performance.failure)


async def test_a_request_that_is_answered_twice_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of the answers an expectation finds: a transaction has one."""
    written = Trace.message

    def twice(trace: Trace, sent: Sent) -> None:
        written(trace, sent)
        if isinstance(sent.message, Response) and sent.message.status == 200:
            written(trace, evolve(sent, message=Response(403, "Forbidden", sent.message.headers, b"")))

    monkeypatch.setattr(Trace, "message", twice)
    performance = await played("  - ue.register: alice\n  - expect.answer: 200\n")
    assert "got:    200 and then 403 to one REGISTER, from scscf to icscf" in str(performance.failure)


CAPTURES = """
  - ue.register: alice
  - expect.message: {from: core, to: alice, status: 401, method: REGISTER, capture: {nonce: "WWW-Authenticate;nonce"}}
  - expect.message: {from: alice, to: core, method: REGISTER, headers: {"Authorization;nonce": "${captured.nonce}"}}
  - expect.answer: {status: 200, capture: {id: Call-ID}}
  - ue.reregister: {ue: alice, headers: {X-First: "was ${captured.id}"}}
  - expect.message: {from: alice, to: core, method: REGISTER, headers: {X-First: {matches: "was [0-9a-f]+"}}}
"""


async def test_what_is_captured_is_spoken_of_later() -> None:
    """In what is expected, and in what a phone does."""
    performance = await played(CAPTURES)
    performance.judge()
    performance = await played(CAPTURES + '  - expect.message: {to: scscf, headers: {Call-ID: "x${captured.id}"}}\n')
    wanted, got, *_ = str(performance.failure).splitlines()[1:]
    assert re.fullmatch("  wanted: a request to scscf with Call-ID: x[0-9a-f]+", wanted)
    assert re.fullmatch("  got:    one with Call-ID: [0-9a-f]+", got)


async def test_a_secret_that_is_captured_is_not_told() -> None:
    """Neither as what was wanted nor as what came."""
    steps = """
  - token.mint: alice
  - ue.register: {ue: alice, token: yes}
  - expect.message:
      {to: scscf, token: present, capture: {token: {xml: "//*[local-name()='val-access-token']"}}}
  - expect.message: {to: scscf, headers: {Call-ID: "${captured.token}"}}
"""
    told = str((await played(steps)).failure)
    assert "with Call-ID: (hidden)" in told
    assert "ey" not in told.partition("got:")[0]


SENT_ON = """
  - ue.register: alice
  - expect.message:
      from: alice
      to: core
      headers: {"Authorization;response": {matches: ".+"}}
      capture: {proof: Authorization;response, whole: Authorization, call: Call-ID}
  - ue.register: {ue: bob, headers: {%s, X-Call: "${captured.call}"}}
  - expect.message: {from: bob, to: core, method: REGISTER, headers: {X-Call: "${captured.call}"}}
"""


async def test_a_secret_goes_only_where_reports_hide_it() -> None:
    """In a field of another name nobody would know it for one."""
    (await played(SENT_ON % 'Authorization: "${captured.whole}"')).judge()
    told = str((await played(SENT_ON % 'X-Odd: "${captured.proof}"')).failure)
    assert told.startswith("s.yaml:12: ue.register\n  wanted: a value that may be shown")
    assert told.endswith("the secret captured as proof, which reports could not hide in X-Odd")


async def test_what_could_not_be_captured_is_not_spoken_of() -> None:
    """Where a part that is not ours hid it: an expectation is not observed, and what would be done does not apply."""
    [scenario] = parse(f"name: n\nclauses: [REG-01]\nsteps:{CAPTURES}", Path("s.yaml"), "s.yaml")
    _, _, expects, _, acts, _ = scenario.steps
    assert isinstance(expects, Step)
    assert isinstance(acts, Step)
    scene = stage()
    with pytest.raises(NotObservable, match="what was to be captured as nonce"):
        _told(expects, scene)
    with pytest.raises(NotApplicable, match="what was to be captured as id cannot be observed"):
        _told(acts, scene)


async def test_each_branch_has_what_it_captures() -> None:
    """By the same name, beside each other."""
    branch = """
      - - ue.register: %s
        - expect.message: {from: core, to: %s, method: REGISTER, status: 200, capture: {to: To.uri}}
        - expect.message: {from: %s, to: core, method: REGISTER, headers: {To.uri: "${captured.to}"}}
        - expect.flag: {ue: %s, flag: registered}"""
    branches = "".join(branch % ((name,) * 4) for name in ("alice", "bob"))
    (await played(f"  - parallel:{branches}\n")).judge()


LASTS = """
  - ue.register: {ue: alice, expires: 3600}
  - expect.no_message: {from: scscf, to: valserver, method: REGISTER, headers: {Expires: 0}, for: 59m}
  - expect.no_event: {what: unbound, for: 30s}
  - expect.no_http: {path: /token, for: 10s}
  - expect.no_message: {from: scscf, to: valserver, method: REGISTER, headers: {Expires: 0}, for: %s}
"""


async def test_nothing_comes_for_an_hour() -> None:
    """Of the lab's time, in which every timer comes; what comes in it fails."""
    (await played(LASTS % "10s")).judge()
    performance = await played(LASTS % "30s")
    assert str(performance.failure).startswith(
        "s.yaml:10: expect.no_message\n  wanted: no REGISTER from scscf to valserver"
    )
    assert "Expires: 0 for 30 s\n  got:    REGISTER from scscf to valserver\n    REGISTER sip:" in str(
        performance.failure
    )


REGISTERS = """
  - ue.sign_in: {ue: alice, as: own}
  - ue.register: {ue: alice, token: own}
  - expect.answer: 200
  - expect.binding: {impu: "sip:alice@home.example", val_user_id: alice, val_service_ids: [dispatch]}
  - clock.advance: 1h
  - ue.deregister: alice
  - expect.answer: 200
"""


def on_the_wire(performance: Performance) -> dict[tuple[str, str], list[bytes]]:
    """Give what went each way, whole tokens included, with a word for each port."""
    found: dict[tuple[str, str], list[bytes]] = {}
    for event in performance.events:
        if isinstance(event, Message):
            way = event.source.host, event.target.host
            data = re.sub(rb"(127\.\d+\.\d+\.\d+):\d+", rb"\1:port", bytes(event.message))
            found.setdefault(way, []).append(re.sub(rb"rport=\d+", b"rport=port", data))
    return found


async def test_the_same_seed_sends_the_same_bytes() -> None:
    """But for ports: identifiers, challenges, a log-in's tokens with their signatures, dates; another seed, others."""
    one, same, other = [on_the_wire(await played(REGISTERS, seed=seed)) for seed in ("7", "7", "8")]
    assert one == same
    assert one.keys() == other.keys()
    assert all(one[way] != other[way] for way in one)
    assert any(b"Date: Thu, 01 Jan 2026 00:00:00 GMT" in data for data in one["127.0.0.21", "127.0.0.11"])


async def test_without_a_seed_keys_and_time_are_fresh() -> None:
    """So the tokens are others each time."""
    one, other = [on_the_wire(await played(REGISTERS)) for _ in range(2)]
    assert one.keys() == other.keys()
    assert one["127.0.0.23", "127.0.0.31"] != other["127.0.0.23", "127.0.0.31"]
