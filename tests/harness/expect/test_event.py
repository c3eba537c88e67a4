import pytest

from harness.errors import Unmet
from harness.expect.event import EventOften, NoEvent, expect_event, expect_no_event
from tests.harness.scenes import noted
from tests.harness.staging import stage

REFUSED = noted("valserver", "refused", cause="expired", via="PUBLISH")


@pytest.mark.parametrize("told", ["refused", {"what": "refused", "cause": "expired", "fields": {"via": "PUBLISH"}}])
async def test_an_event_that_was_noted_is_fine(told: object) -> None:
    """By its word, its cause and what else it says; the VAL server's if nobody else is named."""
    await expect_event(stage(REFUSED), EventOften.model_validate(told))


@pytest.mark.parametrize(
    "told", ["bound", {"what": "refused", "by": "hss"}, {"what": "refused", "cause": "bad_signature"}]
)
async def test_another_event_is_not_it(told: object) -> None:
    """Another word, another program, another cause."""
    with pytest.raises(Unmet):
        await expect_event(stage(REFUSED), EventOften.model_validate(told))


async def test_what_was_noted_instead_is_told() -> None:
    """Everything of the same program."""
    with pytest.raises(Unmet, match=r"got refused \(cause expired, via PUBLISH\)"):
        await expect_event(stage(REFUSED), EventOften.model_validate("bound"))
    with pytest.raises(Unmet, match="got nothing noted by hss"):
        await expect_event(stage(REFUSED), EventOften.model_validate({"what": "flag", "by": "hss"}))


async def test_a_phones_note_is_found_by_its_name_and_its_part() -> None:
    """Alice is a UE."""
    scene = stage(noted("alice", "autn verified"))
    for by in ("alice", "ue"):
        await expect_event(scene, EventOften.model_validate({"what": "autn verified", "by": by}))


async def test_no_event_means_none() -> None:
    """One that fits fails it."""
    await expect_no_event(stage(REFUSED), NoEvent.model_validate("bound"))
    with pytest.raises(Unmet, match="no event 'refused' of valserver"):
        await expect_no_event(stage(REFUSED), NoEvent.model_validate("refused"))


async def test_how_often_it_was_noted_may_be_said() -> None:
    """Once too often is as wrong as once too few."""
    twice = stage(REFUSED, REFUSED)
    await expect_event(twice, EventOften.model_validate({"what": "refused", "count": 2}))
    for count in (1, 3):
        with pytest.raises(Unmet, match=f"wanted {count} of event 'refused' of valserver, got 2"):
            await expect_event(twice, EventOften.model_validate({"what": "refused", "count": count}))
