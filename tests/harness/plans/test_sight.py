from pathlib import Path

import pytest

from harness.grammar.vocabulary import Step
from harness.language.scenario import parse
from harness.plans.lab import LabPlan
from harness.plans.sight import hidden, hides

UE = {"impi": "alice@home.example", "impus": ["sip:alice@home.example"]}
SERVER = {"address": "udp:192.0.2.31:5060"}


def plan(**parts: object) -> LabPlan:
    """Give a lab with these parts."""
    return LabPlan.model_validate({"domain": "home.example", "ues": {"alice": UE, "bob": UE}, **parts})


def step(text: str) -> Step:
    """Read one step; the one before it acts, and the one behind it expects something."""
    script = f"name: n\nclauses: [REG-01]\nsteps:\n  - ue.register: alice\n  - {text}\n  - expect.answer: 200\n"
    _, read, _ = parse(script, Path("s.yaml"), "s.yaml")[0].steps
    assert isinstance(read, Step)
    return read


OURS = plan()
THEIR_SERVER = plan(valserver={"external": SERVER})
OPEN_SERVER = plan(valserver={"external": SERVER | {"admin": "http://192.0.2.31:8060"}})
THEIR_CORE = plan(core={"external": {"pcscf": "udp:192.0.2.21:5060"}})
THEIR_ALICE = plan(ues={"alice": UE | {"external": {"host": "192.0.2.11"}}, "bob": UE})
ALL_THEIRS = plan(valserver={"external": SERVER}, core={"external": {"pcscf": "udp:192.0.2.21:5060"}})


@pytest.mark.parametrize(
    ("lab", "names"),
    [
        (OURS, set()),
        (THEIR_SERVER, {"valserver"}),
        (OPEN_SERVER, set()),
        (THEIR_CORE, {"core", "pcscf", "icscf", "scscf", "hss"}),
        (THEIR_ALICE, {"alice"}),
    ],
)
def test_who_is_not_ours_and_does_not_tell_is_hidden(lab: LabPlan, names: set[str]) -> None:
    """A VAL server with an admin site tells; of the phones, each is looked at by itself."""
    everybody = ("valserver", "core", "pcscf", "icscf", "scscf", "hss", "alice", "bob", "ue", "idms", "partner.idms")
    assert {name for name in everybody if hides(lab, name)} == names


@pytest.mark.parametrize(
    ("lab", "text", "why"),
    [
        (THEIR_SERVER, "expect.event: {what: bound}", "what valserver does by itself"),
        (OPEN_SERVER, "expect.event: {what: bound}", ""),
        (THEIR_CORE, "expect.event: {what: res verified, by: scscf}", "what scscf does by itself"),
        (THEIR_CORE, "expect.message: {from: pcscf, to: icscf, method: REGISTER}", "what pcscf sends to icscf"),
        (THEIR_CORE, "expect.message: {from: scscf, to: valserver, method: REGISTER}", ""),
        (OPEN_SERVER, "expect.message: {from: scscf, to: valserver, method: REGISTER}", ""),
        (ALL_THEIRS, "expect.no_message: {from: scscf, to: valserver}", "what scscf sends to valserver"),
        (THEIR_CORE, "expect.order: [{event: bound}, {event: {what: flag, by: hss}}]", "what hss does by itself"),
        (THEIR_SERVER, "expect.message: {method: REGISTER}", ""),
        (THEIR_SERVER, "expect.no_message: {method: REGISTER}", ""),
        (ALL_THEIRS, "expect.message: {method: REGISTER}", ""),
        (ALL_THEIRS, "expect.no_message: {method: REGISTER}", "what anybody sends to anybody (some of both"),
        (ALL_THEIRS, "expect.no_message: {to: valserver}", "what anybody sends to valserver (some of both"),
        (ALL_THEIRS, "expect.no_message: {from: alice}", ""),
        (THEIR_ALICE, "expect.no_message: {from: ue, to: core}", ""),
    ],
)
def test_what_an_expectation_looks_at_may_be_out_of_sight(lab: LabPlan, text: str, why: str) -> None:
    """A message is seen where one end is ours, what somebody does by itself where that tells."""
    assert hidden(step(text), lab).startswith(why)
    assert bool(hidden(step(text), lab)) == bool(why)


def test_what_is_done_is_never_out_of_sight() -> None:
    """Only expectations look."""
    assert hidden(step("ue.register: {ue: alice, past_core: valserver}"), ALL_THEIRS) == ""
