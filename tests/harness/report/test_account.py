import json

import pytest

from harness.report.account import account, announced
from harness.report.model import Account, Noted, Sent
from harness.report.results import Failure
from tests.harness.report.runs import FAILURE, performance
from tests.harness.scenes import TOKEN, asked, log_in, passed_on, replied, request
from valkit.trace import Http

SIGNATURE = TOKEN.rpartition(".")[2]


def sent(told: Account) -> list[Sent]:
    """Give the messages of an account."""
    return [event for event in told.events if isinstance(event, Sent)]


def test_a_scenario_is_announced_by_its_head() -> None:
    """What is known of it before it is played."""
    told = announced(performance().scenario)
    assert (told.id, told.line, told.clauses) == ("s.yaml::token in REGISTER", 2, ("REG-01", "REG-10"))
    assert (told.about, told.lab, told.figure, told.events) == ("It travels.", "home", "5.X.3.2.2-1", ())


def test_each_event_is_there_in_its_order() -> None:
    """Messages with their ends, names and texts; notes with what they say."""
    told = account(performance())
    first = told.events[0]
    assert isinstance(first, Sent)
    assert (first.name, first.source, first.target, first.protocol, first.transport) == (
        "REGISTER",
        "alice",
        "pcscf",
        "SIP",
        "udp",
    )
    assert first.text.startswith("REGISTER sip:home.example SIP/2.0\nVia: ")
    challenge = next(one for one in sent(told) if one.status == 401)
    assert (challenge.name, challenge.method, challenge.source) == ("401 Unauthorized", "REGISTER", "scscf")
    assert [event.what for event in told.events if isinstance(event, Noted)][:2] == ["vector issued", "flag"]


def test_the_ladder_has_a_column_for_each_element_and_the_steps_of_the_figure() -> None:
    """Each step once, where its message sets out; every rung leads to its event."""
    told = account(performance())
    assert told.columns == ("UE alice", "P-CSCF", "I-CSCF", "S-CSCF", "HSS", "VAL server")
    steps = [rung.step for rung in told.ladder if rung.step]
    assert steps == ["1", "2", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]
    assert sorted(rung.event for rung in told.ladder) == list(range(len(told.events)))
    assert all((rung.source == rung.target) is isinstance(told.events[rung.event], Noted) for rung in told.ladder)


def test_a_token_is_told_by_header_and_claims() -> None:
    """Of SIP by its carrier."""
    [first, *_] = [one for one in sent(account(performance())) if one.tokens]
    [token] = first.tokens
    assert (token.where, token.header["alg"], token.claims["val_user_id"]) == ("val-info", "ES256", "alice")


def test_a_token_over_http_is_told_by_its_member() -> None:
    """The trace has header and claims of it, and no more."""
    ask = asked("POST", "/token", grant_type="authorization_code")
    answer = replied(ask, 200, access_token="alice in dispatch")
    parts = {"access_token": json.dumps({"header": {"alg": "ES256"}, "claims": {"sub": "alice"}})}
    said = Http(answer.at, answer.source, answer.target, answer.ends, answer.method, answer.path, 200, {}, parts)
    last = sent(account(performance([ask, said])))[-1]
    assert (last.protocol, last.name, last.status) == ("HTTP", "200 OK", 200)
    assert [(token.where, token.claims) for token in last.tokens] == [("access_token", {"sub": "alice"})]


@pytest.mark.parametrize("events", [None, log_in()])
def test_no_secret_is_in_an_account(events: list[object] | None) -> None:
    """No whole token, no signature, no response."""
    text = account(performance(events)).model_dump_json()  # type: ignore[arg-type]
    assert TOKEN not in text
    assert SIGNATURE not in text
    assert f'response=\\"{"0" * 32}' not in text


def test_a_failure_is_told_in_its_parts_with_secrets_hidden() -> None:
    """Place, step, wanted, got and the message."""
    told = account(performance(failure=Failure("says", "s.yaml:3", "wanted", f"got {TOKEN}", "m")))
    assert told.failure is not None
    assert (told.failure.place, told.failure.says, told.failure.wanted) == ("s.yaml:3", "says", "wanted")
    assert told.failure.got == "got (token sub=alice jti=token-1)"
    assert account(performance(failure=FAILURE)).failure is not None
    assert account(performance()).failure is None


def test_times_count_from_the_first_event() -> None:
    """The account has when that was."""
    told = account(
        performance(
            [*passed_on(request(), "alice", "pcscf", at=100.0), *passed_on(request(), "pcscf", "icscf", at=101.5)]
        )
    )
    assert (told.began, [event.at for event in told.events]) == (100.0, [0.0, 1.5])


def test_nothing_sent_is_an_account_as_well() -> None:
    """With no column."""
    told = account(performance([]))
    assert (told.began, told.columns, told.ladder, told.events) == (None, (), (), ())
