import pytest

from harness.errors import Unmet
from harness.expect.message import ExpectedSeveral, NoMessage, expect_message, expect_no_message
from harness.grammar.captured import Captured
from harness.stage import Minted
from tests.harness.scenes import ALICE, TOKEN, challenge, passed_on, request, sent
from tests.harness.staging import stage

THERE = {"from": "scscf", "to": "valserver", "method": "REGISTER"}
CARRYING = request(token=TOKEN, Expires="600")


async def missed(*events: object, **told: object) -> str:
    """Give what was wanted and what came instead."""
    with pytest.raises(Unmet) as unmet:
        await expect_message(stage(*events), ExpectedSeveral.model_validate({**THERE, **told}))  # type: ignore[arg-type]
    return f"{unmet.value.finding.wanted}: {unmet.value.finding.got}"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"token": "present"},
        {"headers": {"Expires": 600}},
        {"without": ["Path"]},
        {"headers": {"To.uri": ALICE, "From;tag": {"matches": "[a-z]"}, "Path": {"present": "no"}}},
        {"parts": [{"xml": {"//v:val-client-id": "phone"}, "namespaces": {"v": "urn:val:ns:val-info:1.0"}}]},
        {"claims": {"val_user_id": "alice", "val_service_ids": ["dispatch"], "exp": {"present": "yes"}}},
        {"count": 1, "sent": 1},
    ],
)
async def test_a_message_that_fits_is_fine(told: dict[str, object]) -> None:
    """By its way, its token, its headers and how often it came."""
    await expect_message(stage(sent("scscf", "valserver", CARRYING)), ExpectedSeveral.model_validate(THERE | told))


async def test_differences_are_told() -> None:
    """A message on the right way that does not fit is shown with what is wrong about it."""
    came = sent("scscf", "valserver", CARRYING)
    assert await missed(came, headers={"Expires": 60}) == (
        "REGISTER from scscf to valserver with Expires: 60: one with Expires: 600"
    )
    assert (await missed(came, headers={"Path": "x"})).endswith("one with no Path")
    assert (await missed(came, without=["Expires"])).endswith("without Expires: one with Expires: 600")
    assert (await missed(came, token="absent")).endswith("without a token: one with token: alice in dispatch")
    assert (await missed(sent("scscf", "valserver", request()), token="present")).endswith(
        "with a token: one with no token"
    )


async def test_claims_are_those_of_the_token() -> None:
    """In whatever carrier; where there is no token it has none."""
    came = sent("scscf", "valserver", CARRYING)
    assert await missed(came, claims={"val_user_id": "bob"}) == (
        "REGISTER from scscf to valserver with claim val_user_id: bob: one with claim val_user_id: alice"
    )
    assert (await missed(came, claims={"azp": {"present": "yes"}})).endswith("one with no claim azp")
    assert (await missed(sent("scscf", "valserver", request()), claims={"azp": {"present": "no"}})).endswith("no token")
    bearer = sent("scscf", "valserver", request().adding("Authorization", f"Bearer {TOKEN}"))
    told = {**THERE, "claims": {"val_user_id": "alice"}}
    await expect_message(stage(bearer), ExpectedSeveral.model_validate(told))


async def test_the_message_that_is_most_like_it_is_told() -> None:
    """Whichever came first."""
    far, near = sent("scscf", "valserver", request(cseq=2)), sent("scscf", "valserver", request(Expires="60"))
    told = await missed(far, near, headers={"Expires": {"present": "yes"}, "CSeq": "1 REGISTER", "Call-ID": "two"})
    assert told.endswith("one with Call-ID: one")


async def test_one_that_differs_in_its_status_is_told_with_its_status() -> None:
    """The last of them, since that is how it ended, with all else; so is another method or another end."""
    first, second = request(), request(cseq=2)
    events = [sent("pcscf", "alice", challenge(first)), sent("pcscf", "alice", second.answer(200))]
    asked = {"from": "core", "to": "ue", "status": 403}
    assert await missed(*events, **asked) == "403 to REGISTER from core to ue: one with status 200"
    assert (await missed(*events, **asked, headers={"CSeq": "1 REGISTER"})).endswith("one with status 401")
    assert (await missed(*events, **asked, headers={"Expires": 5})).endswith("one with status 200, no Expires")
    with pytest.raises(Unmet) as unmet:
        await expect_message(stage(*events), ExpectedSeveral.model_validate(asked))
    assert unmet.value.finding.message.startswith("SIP/2.0 200 OK")
    came = sent("scscf", "valserver", request("PUBLISH", Expires="600"))
    assert (await missed(came, headers={"Expires": 6})).endswith("one with method PUBLISH, Expires: 600")
    assert (await missed(sent("pcscf", "scscf", request()), to="scscf", **{"from": "icscf"})).endswith("from pcscf")


async def test_no_secret_is_told_of_a_header() -> None:
    """What a report hides in the message is hidden in what is wrong about it."""
    bearer = sent("scscf", "valserver", request().with_header("Authorization", f"Bearer {TOKEN}"))
    told = await missed(bearer, headers={"Authorization": "x"})
    assert told.endswith("one with Authorization: (hidden)")


async def test_values_are_captured_of_the_first_that_fits() -> None:
    """One that lacks them is not the one meant."""
    lacking, first, second = request(), request(cseq=2, SIP_ETag="a"), request(cseq=3, SIP_ETag="b")
    scene = stage(*(sent("scscf", "valserver", each) for each in (lacking, first, second)))
    told = {**THERE, "capture": {"tag": "SIP-ETag", "number": "CSeq"}}
    await expect_message(scene, ExpectedSeveral.model_validate(told))
    assert scene.captured == {"tag": Captured("a"), "number": Captured("2 REGISTER")}
    assert await missed(sent("scscf", "valserver", lacking), capture={"tag": "SIP-ETag"}) == (
        "REGISTER from scscf to valserver with SIP-ETag to capture: one with no SIP-ETag"
    )


async def test_if_nothing_came_what_there_was_is_told() -> None:
    """The names of the messages that were seen, or that there was none."""
    assert (await missed(sent("alice", "pcscf", request()))).endswith("only REGISTER from alice to pcscf")
    assert (await missed()).endswith("no message at all")


async def test_a_certain_token_is_known_by_its_jti() -> None:
    """The one minted under that name, and no other."""
    scene = stage(sent("scscf", "valserver", CARRYING))
    scene.tokens["mine"] = Minted("mine", "token-1", {})
    await expect_message(scene, ExpectedSeveral.model_validate({**THERE, "token": "mine"}))
    scene.tokens["mine"] = Minted("mine", "token-2", {})
    with pytest.raises(Unmet, match="another token than mine"):
        await expect_message(scene, ExpectedSeveral.model_validate({**THERE, "token": "mine"}))


async def test_a_message_sent_again_is_one_message() -> None:
    """It counts once; how often it was sent is another question."""
    lost, again = sent("scscf", "valserver", CARRYING, fate="lost"), sent("scscf", "valserver", CARRYING)
    await expect_message(stage(lost, again), ExpectedSeveral.model_validate({**THERE, "count": 1, "sent": 2}))
    assert "sent 3 times: it was sent 2 times" in await missed(lost, again, sent=3)


async def test_several_are_counted() -> None:
    """Two different messages are two."""
    two = sent("scscf", "valserver", CARRYING), sent("scscf", "valserver", request(cseq=2))
    assert (await missed(*two, count=1)).startswith("1 of REGISTER from scscf to valserver: 2")


async def test_the_ends_of_a_long_way_are_meant_as_well_as_each_part() -> None:
    """A PUBLISH goes from the phone to the VAL server, and from the phone to the core."""
    events = passed_on(request("PUBLISH"), "alice", "pcscf", "scscf", "valserver")
    for target in ("valserver", "core", "pcscf"):
        told = {"from": "ue", "to": target, "method": "PUBLISH"}
        await expect_message(stage(*events), ExpectedSeveral.model_validate(told))


async def test_headers_are_those_of_the_way_asked_for() -> None:
    """What the core adds is seen behind it, not before it."""
    publish = request("PUBLISH")
    asserted = publish.with_header("P-Asserted-Identity", "<sip:alice@home.example>")
    events = [sent("alice", "pcscf", publish), sent("pcscf", "scscf", asserted)]
    headers = {"P-Asserted-Identity": "<sip:alice@home.example>"}
    behind = {"from": "pcscf", "to": "scscf", "method": "PUBLISH", "headers": headers}
    await expect_message(stage(*events), ExpectedSeveral.model_validate(behind))
    before = {"from": "alice", "to": "pcscf", "method": "PUBLISH", "headers": headers}
    with pytest.raises(Unmet):
        await expect_message(stage(*events), ExpectedSeveral.model_validate(before))


async def test_no_message_means_none() -> None:
    """One that fits fails it, one that does not fit does not."""
    scene = stage(sent("scscf", "valserver", CARRYING))
    await expect_no_message(scene, NoMessage.model_validate({**THERE, "token": "absent"}))
    with pytest.raises(Unmet, match="wanted no REGISTER from scscf to valserver"):
        await expect_no_message(scene, NoMessage.model_validate(THERE))


async def test_a_request_that_was_not_answered_is_named() -> None:
    """Whoever waits for its answer sees that none came; who was answered otherwise sees how."""
    asked = sent("scscf", "valserver", CARRYING)
    wanted = {"from": "valserver", "to": "scscf", "status": 200}
    assert await missed(asked, **wanted) == (
        "200 to REGISTER from valserver to scscf: REGISTER from scscf to valserver, which was not answered"
    )
    refused = sent("valserver", "scscf", CARRYING.answer(403))
    assert (await missed(asked, refused, **wanted)).endswith("one with status 403")
