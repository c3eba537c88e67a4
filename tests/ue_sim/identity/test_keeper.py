"""Tokens stay fresh in the wallet, without a new log-in, until the server refuses."""

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from tests.ue_sim.identity.op import reactor
from tests.ue_sim.identity.phone import ALICE, Phone, phone
from tests.ue_sim.identity.saying import now
from ue_sim.identity.errors import Refused, Unusable


async def heard(one: Phone, count: int) -> None:
    """Wait until the phone has noted so many things."""
    for _ in range(500):
        if len(one.notes) >= count:
            return
        await deferLater(reactor, 0.01)
    pytest.fail(f"the phone noted only {one.told}")


async def test_the_token_is_renewed_before_it_ends() -> None:
    """240 of 300 seconds on; the next REGISTER finds the new one in the wallet (SIP-03)."""
    one = await phone(claims={"exp": now() + 3_600})
    await one.identity.sign_in(ALICE)
    first = one.wallet.choose(choice=True)
    one.clock.advance(239)
    assert one.told == ["signed in"]
    one.clock.advance(1)
    await heard(one, 2)
    assert one.told == ["signed in", "token renewed"]
    assert one.wallet.choose(choice=True) not in {first, None}
    assert (one.op.asked.count("/authorize"), one.identity.keeper.fault) == (1, None)
    one.clock.advance(240)
    await heard(one, 3)
    assert one.told[2:] == ["token renewed"]
    await one.close()


async def test_the_notes_name_user_and_services() -> None:
    """And no token."""
    one = await phone()
    await one.identity.sign_in(ALICE)
    assert one.notes[0].fields == {
        "val_user_id": "sip:alice@home.example",
        "val_service_ids": "dispatch telemetry",
    }
    await one.close()


async def test_a_refusal_is_for_good() -> None:
    """The token from before stays as long as it lasts; the fault says why there is no other."""
    one = await phone()
    tokens = await one.identity.sign_in(ALICE)
    one.op.spent.add(tokens.refresh_token or "")
    one.clock.advance(240)
    await heard(one, 2)
    assert one.told[1:] == ["token not renewed"]
    assert "invalid_grant" in (one.identity.keeper.fault or "")
    assert one.wallet.choose(choice=True) == tokens.access_token
    assert one.clock.getDelayedCalls() == []
    await one.close()


async def test_who_is_not_reached_is_tried_again() -> None:
    """Until somebody answers."""
    one = await phone()
    await one.identity.sign_in(ALICE)
    url, provider = one.op.url, await one.identity.client.provider()
    await one.port.close()
    one.clock.advance(240)
    await heard(one, 2)
    assert one.told[1:] == ["token not renewed"]
    assert provider.token_endpoint.startswith(url)
    one.clock.advance(10)
    await heard(one, 3)
    assert one.told[2:] == ["token not renewed"]
    one.identity.stop()


@pytest.mark.parametrize(
    "answer",
    [
        (503, b'{"error": "temporarily_unavailable"}'),
        (500, b'{"error": "server_error", "error_description": "its log says how"}'),
        (502, b"<h1>Bad gateway</h1>"),
        (504, b"{}"),
    ],
)
async def test_a_server_that_cannot_at_the_moment_is_tried_again(answer: tuple[int, bytes]) -> None:
    """As our own says it while its database is away; and the renewals go on afterwards."""
    one = await phone()
    await one.identity.sign_in(ALICE)
    one.op.failing = answer
    one.clock.advance(240)
    await heard(one, 2)
    one.op.failing = None
    one.clock.advance(10)
    await heard(one, 3)
    assert one.told[1:] == ["token not renewed", "token renewed"]
    assert one.identity.keeper.fault is None
    await one.close()


async def test_renewals_come_one_after_another() -> None:
    """No refresh token is used twice, whoever asks for a renewal when."""
    one = await phone()
    await one.identity.sign_in(ALICE)
    both = [Deferred.fromCoroutine(one.identity.keeper.renew()) for _ in range(2)]
    first, second = [await each for each in both]
    assert first.access_token != second.access_token
    assert len(one.op.spent) == 2
    await one.close()


async def test_a_renewal_leaves_the_choice_of_token_alone() -> None:
    """Another token that was put at hand meanwhile stays at hand."""
    one = await phone()
    await one.identity.sign_in(ALICE)
    one.wallet.put("minted", "other")
    await one.identity.keeper.renew()
    assert one.wallet.choose(choice=True) == "minted"
    await one.close()


async def test_after_a_stop_nothing_is_renewed() -> None:
    """Not even what is under way when it comes."""
    one = await phone()
    await one.identity.sign_in(ALICE)
    held = one.wallet.choose(choice=True)
    under_way = Deferred.fromCoroutine(one.identity.keeper.renew())
    one.identity.stop()
    await under_way
    assert one.wallet.choose(choice=True) == held
    with pytest.raises(Unusable, match="nobody is signed in"):
        await one.identity.keeper.renew()
    await one.close()


async def test_renew_tells_its_caller() -> None:
    """As an exception."""
    one = await phone()
    tokens = await one.identity.sign_in(ALICE)
    one.op.spent.add(tokens.refresh_token or "")
    with pytest.raises(Refused):
        await one.identity.keeper.renew()
    await one.close()
