import pytest

from harness.errors import Finding, Unmet
from harness.grammar.captured import Captured
from tests.harness.scenes import noted
from tests.harness.staging import stage

EARLIER, LATER = noted("hss", "flag", flag="pending"), noted("hss", "flag", flag="registered")


def test_expectations_look_at_what_happened_since_the_last_act() -> None:
    """What came before it is seen only by those who ask for everything."""
    scene = stage(EARLIER)
    scene.begin_act()
    scene.lab.wire.note(LATER)
    assert [moment.at for moment in scene.moments()] == [1]
    assert [moment.at for moment in scene.moments(from_start=True)] == [0, 1]


def test_a_branch_has_what_was_captured_before_and_keeps_what_it_captures() -> None:
    """Tokens are common to all; captured values are those of whoever captured them."""
    scene = stage()
    scene.captured["id"] = Captured("one")
    branch = scene.branch(0)
    branch.captured["tag"] = Captured("two")
    assert (list(scene.captured), list(branch.captured)) == (["id"], ["id", "tag"])
    assert branch.tokens is scene.tokens


async def test_a_condition_that_holds_is_not_waited_for() -> None:
    """Nothing to find fault with, nothing to wait for."""

    async def fine() -> Finding | None:
        return None

    await stage().until(fine)


async def test_a_condition_fails_when_nothing_more_is_to_be_expected() -> None:
    """The last finding is the one that is told."""

    async def unmet() -> Finding | None:
        return Finding("a flag", "none")

    with pytest.raises(Unmet, match="wanted a flag, got none"):
        await stage().until(unmet)


async def test_what_held_for_a_moment_must_hold_when_all_is_quiet() -> None:
    """If it is asked for as lasting."""
    found = [None, Finding("a flag", "none")]

    async def gone() -> Finding | None:
        return found.pop(0)

    with pytest.raises(Unmet, match="wanted a flag, got none"):
        await stage().until(gone, lasting=True)
