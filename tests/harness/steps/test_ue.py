from typing import Any

import pytest
from pydantic import ValidationError

from harness.errors import Unmet
from harness.stage import Stage
from harness.steps.ue import (
    Call,
    Publish,
    Register,
    Renew,
    Replay,
    Subscribe,
    deregister,
    log_off,
    publish,
    register,
    replay,
    reregister,
    subscribe,
)
from tests.harness.scenes import challenge, registration, request, sent
from tests.harness.staging import Phone, stage
from ue_sim.engine import BY_THE_BOOK
from ue_sim.errors import UnknownToken
from valkit.sip.errors import ParseError


@pytest.fixture
def phone() -> Phone:
    """Give a phone that is always answered 200 and has a token at hand."""
    phone = Phone(request().answer(200))
    phone.wallet.put("a token")
    return phone


@pytest.fixture
def scene(phone: Phone) -> Stage:
    """Give a stage with that phone."""
    return stage(phone=phone)


async def test_a_plain_registration_is_by_the_book(scene: Stage, phone: Phone) -> None:
    """No token, the IMPU in use, and the answer is kept for `expect.answer`."""
    await register(scene, Register.model_validate("alice"))
    assert phone.calls == [("register", {"token": False, "impu": None, "conduct": BY_THE_BOOK})]
    assert scene.answered is not None
    assert scene.answered.answer.status == 200


async def test_a_renewal_is_of_the_identity_in_use(scene: Stage, phone: Phone) -> None:
    """It may bring a token and ask for another time."""
    await reregister(scene, Renew.model_validate({"ue": "alice", "token": "yes", "expires": 600}))
    assert phone.calls == [("reregister", {"token": True, "conduct": BY_THE_BOOK, "expires": 600})]


@pytest.mark.parametrize(("written", "meant"), [("yes", True), ("no", False), ("if any", True), ("newer", "newer")])
async def test_a_token_is_yes_no_or_a_name(written: str, meant: bool | str, scene: Stage, phone: Phone) -> None:
    """YAML gives texts; the phone is told what they mean."""
    await register(scene, Register.model_validate({"ue": "alice", "token": written}))
    assert phone.calls[0][1]["token"] == meant


async def test_several_services_get_a_token_each(scene: Stage, phone: Phone) -> None:
    """In place of the one at hand, which a PUBLISH would take otherwise."""
    told = {"ue": "alice", "tokens": {"mcptt-info": "ptt", "bearer": "own"}}
    await register(scene, Register.model_validate(told))
    await publish(scene, Publish.model_validate(told))
    for _, given in phone.calls:
        assert (given["token"], given["tokens"]) == (False, {"mcptt-info": "ptt", "bearer": "own"})
    assert Publish.model_validate(told).tokens_asked() == ("ptt", "own")


async def test_settings_may_be_about_a_user(scene: Stage, phone: Phone) -> None:
    """Then no token goes with them unless it is asked for."""
    await publish(scene, Publish.model_validate({"ue": "alice", "about": "alice"}))
    assert (phone.calls[0][1]["token"], phone.calls[0][1]["about"]) == (False, "alice")


async def test_a_token_at_hand_must_be_there(scene: Stage, phone: Phone) -> None:
    """Otherwise a scenario would show nothing of what it says; `if any` is for those that mean it."""
    phone.wallet.drop()
    with pytest.raises(Unmet, match="a token at hand for alice, got there is none"):
        await register(scene, Register.model_validate({"ue": "alice", "token": "yes"}))
    await register(scene, Register.model_validate({"ue": "alice", "token": "if any"}))
    assert len(phone.calls) == 1


@pytest.mark.parametrize(("verb", "name"), [(log_off, "log_off"), (deregister, "deregister")])
async def test_a_verb_is_the_phones(verb: Any, name: str, scene: Stage, phone: Phone) -> None:
    """What the user wants is the phone's business."""
    await verb(scene, Call.model_validate("alice"))
    assert phone.calls[0][0] == name


async def test_a_phone_may_misbehave(scene: Stage, phone: Phone) -> None:
    """A wrong RES, another header, another way: each is part of its conduct."""
    told = {"ue": "alice", "res": "wrong", "headers": {"Event": "x", "To": None}, "past_core": "valserver"}
    await publish(scene, Publish.model_validate(told))
    conduct = phone.conduct
    assert conduct.outcome is not None
    assert conduct.to == scene.lab.address("valserver")
    assert conduct.request is not None
    altered = conduct.request(request())
    assert altered.headers.get("Event") == "x"
    assert "To" not in altered.headers


async def test_what_a_phone_cannot_do_fails_the_scenario(scene: Stage, phone: Phone) -> None:
    """A token that was never minted is a mistake of the script, told in the phone's words."""

    async def refuse(**_: object) -> None:
        raise UnknownToken("there is no token 'late' in the wallet")

    phone.__dict__["register"] = refuse
    with pytest.raises(Unmet, match="there is no token 'late'"):
        await register(scene, Register.model_validate({"ue": "alice", "token": "late"}))


async def test_an_answer_that_cannot_be_read_fails_the_scenario(scene: Stage, phone: Phone) -> None:
    """Whoever sent it is told of by the header, and not by a traceback."""

    async def baffled(**_: object) -> None:
        raise ParseError("Expires", "-1")

    phone.__dict__["publish"] = baffled
    with pytest.raises(Unmet, match="Expires is malformed: '-1'") as unmet:
        await publish(scene, Publish.model_validate({"ue": "alice", "token": False}))
    assert unmet.value.finding.wanted == "an answer that can be read"


async def test_a_phone_watches_its_registration(scene: Stage, phone: Phone) -> None:
    """For as long as it is told."""
    await subscribe(scene, Subscribe.model_validate({"ue": "alice", "expires": 600}))
    assert phone.calls == [("subscribe", {"expires": 600, "conduct": BY_THE_BOOK})]


async def test_what_was_overheard_is_replayed(phone: Phone) -> None:
    """Every REGISTER that a phone has sent, in its order, and nothing of others."""
    scene = stage(*registration(), phone=phone)
    await replay(scene, Replay.model_validate({"ue": "alice", "of": "alice"}))
    assert [verb for verb, _ in phone.calls] == ["resend", "resend"]
    with pytest.raises(Unmet):
        await replay(scene, Replay.model_validate({"ue": "alice", "of": "bob"}))


async def test_a_phone_misdirects_its_answer(phone: Phone) -> None:
    """Under another Call-ID, or with the nonce of the last challenge so far."""
    first = request()
    scene = stage(sent("scscf", "alice", challenge(first)), phone=phone)
    answer = request().with_header("Authorization", 'Digest username="a", nonce="new", response="r"')
    await register(scene, Register.model_validate({"ue": "alice", "call_id": "changed"}))
    assert phone.conduct.request is not None
    assert phone.conduct.request(answer).call_id != answer.call_id
    await register(scene, Register.model_validate({"ue": "alice", "nonce_of": "alice"}))
    assert phone.conduct.request is not None
    credentials, told = phone.conduct.request(answer).authorization, challenge(first).challenge
    assert credentials is not None
    assert told is not None
    assert credentials.get("nonce") == told.get("nonce")


async def test_without_a_challenge_there_is_no_nonce_to_answer_with(scene: Stage) -> None:
    """The scenario says so."""
    with pytest.raises(Unmet):
        await register(scene, Register.model_validate({"ue": "alice", "nonce_of": "bob"}))


@pytest.mark.parametrize("asked", [-3, 2**32])
@pytest.mark.parametrize("verb", [Register, Subscribe])
def test_no_header_says_less_than_no_time_or_more_than_it_can(verb: type[Register | Subscribe], asked: int) -> None:
    """Delta-seconds have 32 bits (RFC 3261 20.19)."""
    with pytest.raises(ValidationError, match="expires"):
        verb.model_validate({"ue": "alice", "expires": asked})
