"""The doctor at labs in which something is wrong: all that was on their wires is looked at, secrets too."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

import harness.lab.lab
from harness.diagnosis import Finding, findings_in
from harness.diagnosis.cards import Card
from harness.diagnosis.extraction import Knowledge, facts
from harness.diagnosis.facts import Asked
from harness.evidence import read_capture
from harness.explaining import claimed
from harness.forgery import Workshop
from harness.language.places import SHIPPED
from harness.language.scenario import CHANGES, parse
from harness.plans.lab import LabPlan, changed_lab, read_lab
from harness.run.play import play
from tests.harness.evidence.wires import wired
from valkit.aka.settings import SubscriberKeys
from valkit.carriers import CarrierError, tokens_in
from valkit.tokens import KeySet, SigningKey, TokenPolicy, jwks
from valkit.trace import Message

reactor: Any = the_reactor
SCSCF = "127.0.0.23"

ASKED = "  - expect.message: {from: ue, to: core, method: REGISTER, since_start: yes}\n"
"""A scenario has to ask for something."""
REGISTER = "  - token.mint: {ue: alice}\n  - ue.register: {ue: alice, token: yes}\n"
WHOLE = f"{REGISTER}  - ue.publish: {{ue: alice, token: yes}}\n  - ue.reregister: alice\n  - ue.deregister: alice\n"


async def looked_at(
    monkeypatch: pytest.MonkeyPatch, steps: str, changes: str = "", *, whose: str = "phone", **keys: str
) -> tuple[Finding, ...]:
    """Play these steps in our own lab, and have the doctor look at its wires with everything known."""
    workshop = Workshop(SigningKey.generate("ES256"), SigningKey.generate("ES256"))
    monkeypatch.setattr(harness.lab.lab, "_workshop", lambda *_: workshop)
    head = f"changes: {changes}\n" if changes else ""
    [scenario] = parse(f"name: n\nclauses: [REG-01]\n{head}steps:\n{steps}{ASKED}", Path("s.yaml"), "s.yaml")
    lab = SHIPPED / "home.yaml"
    plan = changed_lab(lab, scenario.document, CHANGES) if changes else read_lab(lab)[0]
    performance = await play(scenario, plan, reactor)
    performance.judge()
    evidence = read_capture(BytesIO(wired(event for event in performance.events if isinstance(event, Message))))
    issuer = ""
    for seen in evidence.messages:
        try:
            issuer = next((claimed(carried.token, "iss") for carried in tokens_in(seen.message)), issuer)
        except CarrierError:
            continue
    asked = Asked(TokenPolicy(issuer, "val-server"), KeySet.from_jwks(jwks(workshop.key)))
    cards = _cards(plan, keys, whose)
    known = Knowledge(cards, lambda _token: (asked,), trusts=lambda host: host == SCSCF)
    return findings_in(facts(evidence, known))


def _cards(plan: LabPlan, keys: dict[str, str], whose: str) -> dict[str, Card]:
    """Give the cards of the lab's phones, or what the network takes for them; alice's with these keys if given."""
    own = {
        each.impi: {**each.keys, **({"k": each.card.k} if each.card.k and whose == "phone" else {})}
        for each in plan.phones.values()
    }
    if keys:
        own["alice@home.example"] = {"k": own["alice@home.example"]["k"], **keys}
    return {impi: Card(SubscriberKeys.model_validate(told)) for impi, told in own.items()}


async def test_a_healthy_life_has_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registration with a token, publication, renewal, the end."""
    assert await looked_at(monkeypatch, WHOLE) == ()


async def test_a_resynchronisation_that_succeeds_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The card sends an AUTS, and the HSS follows."""
    assert await looked_at(monkeypatch, "  - ue.register: erin\n  - expect.answer: 200\n") == ()


OPC = "cd63cb71954a9f4e48a5994e37a02baf"


@pytest.mark.parametrize(
    ("steps", "changes", "names"),
    [
        ("  - ue.register: dave\n", "", {"wrong-key"}),
        ("  - ue.register: {ue: alice, res: wrong}\n", "", {"wrong-response"}),
        (REGISTER, "{ues: {alice: {criterion: {include_register_request: no}}}}", {"include-register-request"}),
        (REGISTER, "{core: {settings: {third_party: {before_answer: yes}}}}", {"third-party-early"}),
        (
            REGISTER.replace("ue: alice}", "ue: alice, broken: expired}", 1),
            "",
            {"token-expired", "third-party-refused"},
        ),
        (
            REGISTER.replace("ue: alice}", "ue: alice, claims: {aud: other}}", 1),
            "",
            {"token-audience", "third-party-refused"},
        ),
        (
            f"{REGISTER}  - ue.publish: {{ue: alice, token: yes, past_core: valserver}}\n",
            "",
            {"untrusted-sender", "asserted-identity", "publish-refused"},
        ),
    ],
    ids=["another key", "wrong RES", "not enclosed", "too early", "expired", "audience", "past the core"],
)
async def test_what_is_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch, steps: str, changes: str, names: set[str]
) -> None:
    """And nothing else."""
    assert {found.name for found in await looked_at(monkeypatch, steps, changes)} == names


async def test_with_the_networks_keys_it_is_the_phone_that_has_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of dave, whose card has another K; with the card's own it is the network."""
    for whose, name, words in (
        ("network", "challenge-refused", "it is the phone that has another"),
        ("phone", "wrong-key", "it is the network that has others"),
    ):
        (found,) = await looked_at(monkeypatch, "  - ue.register: dave\n", whose=whose)
        assert found.name == name
        assert words in found.sentence


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"op": OPC}, {"op-as-opc"}),
        ({"opc": "cdc202d5123e20f62b6d676ac72cb318"}, {"opc-as-op"}),
        ({"opc": "0" * 32}, {"wrong-key"}),
    ],
)
async def test_keys_that_the_tester_has_wrong_are_named(
    monkeypatch: pytest.MonkeyPatch, keys: dict[str, str], names: set[str]
) -> None:
    """The registration succeeds; what is given beside it does not fit."""
    assert {found.name for found in await looked_at(monkeypatch, REGISTER, **keys)} == names
