from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.language.places import SHIPPED, plan_for
from harness.language.scenario import parse
from harness.run.play import play
from harness.steps.mutations import Mutations

reactor: Any = the_reactor
REGISTERED = "  - ue.register: alice\n"
WEAK = 'changes: {valserver: {settings: {tokens: {typ: ""}}}}'
"""A server that does not look at typ."""


async def failure(head: str, steps: str) -> str:
    """Play these steps; gives why they failed, or nothing."""
    [scenario] = parse(f"name: n\nclauses: [PUB-02]\n{head}\nsteps:\n{steps}", Path("s.yaml"), "s.yaml")
    performance = await play(scenario, plan_for(scenario, SHIPPED / "home.yaml"), reactor)
    return str(performance.failure or "")


async def test_every_wrong_token_is_tried_and_refused() -> None:
    """By our own server, in a document and by a core that passes it on."""
    assert not await failure("", f"{REGISTERED}  - token.mutations: alice\n")


@pytest.mark.parametrize("method", ["PUBLISH", "REGISTER"])
async def test_a_server_that_takes_a_wrong_token_is_told_with_its_kinds(method: str) -> None:
    """Each kind that went otherwise, what was wanted of it and what it bound; the others went as they ought to."""
    told = await failure(WEAK, f"{REGISTERED}  - token.mutations: {{ue: alice, method: {method}}}\n")
    assert "got:    2 of them went otherwise" in told
    taken = "wrong_typ: 200 for a token with wrong typ: it was accepted (wanted 403 and the cause wrong_typ; got 200"
    assert f"{taken} and no cause, and sip:alice@home.example" in told
    assert "no_typ: 200 for a token with no typ: it was accepted (wanted" in told
    assert "doctor:" not in told


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("ue.publish: alice", "expect.answer: 403"),
        ("ue.reregister: {ue: alice, token: yes}", "expect.message: {from: valserver, to: scscf, status: 403}"),
    ],
)
async def test_a_broken_token_that_was_accepted_is_told_plainly(step: str, expected: str) -> None:
    """Whatever the scenario expects of it; what it broke itself is no finding of the doctor."""
    minted = "  - token.mint: {ue: alice, broken: wrong_typ}\n"
    told = await failure(WEAK, f"{REGISTERED}{minted}  - {step}\n  - {expected}\n")
    assert "; 200 for a token with wrong typ: it was accepted" in told
    assert "doctor:" not in told


async def test_a_server_that_refuses_for_another_reason_is_told() -> None:
    """The cause is half of the verdict: a token refused for something else shows nothing."""
    strict = "changes: {valserver: {settings: {tokens: {algorithms: [RS256]}}}}"
    told = await failure(strict, f"{REGISTERED}  - token.mutations: alice\n")
    assert "wanted: an honest token to bind, before wrong ones are tried" in told


async def test_only_some_or_all_but_some_may_be_tried() -> None:
    """With the weakness left out the weak server passes; with nothing left there is nothing shown."""
    rest = "  - token.mutations: {ue: alice, leave_out: [wrong_typ, no_typ]}\n"
    assert not await failure(WEAK, REGISTERED + rest)
    nothing = "  - token.mutations: {ue: alice, only: [expired], leave_out: [expired]}\n"
    assert "none of those chosen can travel this way" in await failure(WEAK, REGISTERED + nothing)


def test_a_kind_that_there_is_not_is_refused() -> None:
    """With what may have been meant."""
    with pytest.raises(ValidationError, match="did you mean expired"):
        Mutations.model_validate({"ue": "alice", "only": ["exspired"]})
