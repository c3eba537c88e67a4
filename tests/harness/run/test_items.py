import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.language.places import SHIPPED
from harness.language.scenario import parse
from harness.plans.lab import LabPlan, read_lab
from harness.report.performance import Performance, ScenarioFailed
from harness.report.results import Failure
from harness.run import items
from harness.run.carried import CLAUSE, EXTERNAL, LADDER, UNREAD
from harness.run.items import ScenarioFile, ScenarioItem, _capture
from harness.seen.cast import PCSCF
from tests.harness.language.test_scenario import GOOD
from tests.harness.scenes import CAST, TOKEN, request, sent
from valkit.exits import BAD_ENVIRONMENT


@pytest.fixture
def item(request: pytest.FixtureRequest) -> ScenarioItem:
    """Give a scenario as an item of this very session."""
    [scenario] = parse(GOOD, Path("s.yaml"), "s.yaml")
    collector = ScenarioFile.from_parent(request.session, path=SHIPPED / "home.yaml")
    made: ScenarioItem = ScenarioItem.from_parent(
        collector, name=scenario.name, scenario=scenario, plan=read_lab(SHIPPED / "home.yaml")[0]
    )
    return made


def test_an_item_has_its_clauses(item: ScenarioItem) -> None:
    """As properties for JUnit, and as words for -k."""
    assert item.user_properties == [(CLAUSE, "REG-01")]
    assert "REG-01" in item.extra_keyword_matches


def test_an_item_knows_its_line(item: ScenarioItem) -> None:
    """Lines count from 0 there."""
    assert item.reportinfo()[1:] == (0, "it registers")


def test_an_item_knows_whether_its_lab_has_external_parts(item: ScenarioItem) -> None:
    """In whichever domain; then no two are played at once."""
    assert EXTERNAL not in item.stash
    theirs = {"external": {"address": "udp:192.0.2.31:5060"}}
    plan = LabPlan.model_validate(
        item.plan.model_dump() | {"partner": {"domain": "p.example", "valserver": theirs, "ues": _phones(item)}}
    )
    collector = ScenarioFile.from_parent(item.session, path=SHIPPED / "home.yaml")
    made = ScenarioItem.from_parent(collector, name="it", scenario=item.scenario, plan=plan)
    assert EXTERNAL in made.stash


def _phones(item: ScenarioItem) -> dict[str, object]:
    return {name: phone.model_dump() for name, phone in item.plan.ues.items()}


def test_an_item_that_its_lab_does_not_fit_is_not_played(item: ScenarioItem) -> None:
    """It says why, and is neither passed nor failed."""
    collector = ScenarioFile.from_parent(item.session, path=SHIPPED / "home.yaml")
    unfit: ScenarioItem = ScenarioItem.from_parent(
        collector, name="it", scenario=item.scenario, plan=item.plan, unfit="ours.yaml does not fit"
    )
    with pytest.raises(pytest.skip.Exception, match="does not fit"):
        unfit.runtest()


def test_a_failed_scenario_shows_its_reason_alone(item: ScenarioItem) -> None:
    """The harness's own frames say nothing to the author of a script."""
    with pytest.raises(ScenarioFailed) as failed:
        raise ScenarioFailed("s.yaml:4: ue.register\n  wanted: x\n  got:    y")
    assert item.repr_failure(failed) == str(failed.value)


def test_what_peers_wrote_does_nothing_on_a_terminal(item: ScenarioItem) -> None:
    """Neither in the reason of a failure nor in the ladder."""
    with pytest.raises(ScenarioFailed) as failed:
        raise ScenarioFailed("s.yaml:4: ue.register\n  got:    403 \x1b]0;owned\x07")
    assert item.repr_failure(failed) == "s.yaml:4: ue.register\n  got:    403 \\x1b]0;owned\\x07"


def test_no_whole_token_is_in_the_reason_of_a_failure(item: ScenarioItem) -> None:
    """Whoever refused it may have quoted it."""
    with pytest.raises(ScenarioFailed) as failed:
        raise ScenarioFailed(f"s.yaml:4: ue.register\n  got:    403 bad token {TOKEN}")
    assert item.repr_failure(failed).endswith("403 bad token (token sub=alice jti=token-1)")


def test_what_peers_wrote_does_nothing_in_the_ladder(item: ScenarioItem, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reason phrase may be whatever a core likes."""
    first = request()
    answer = sent(PCSCF, "alice", first.answer(403, "\x1b[2J", headers=[("Warning", '399 core "\x1b]0;owned\x07"')]))
    performance = Performance(item.scenario, CAST, (sent("alice", PCSCF, first), answer))
    monkeypatch.setattr(items, "on_reactor", lambda _: performance)
    item.runtest()
    [ladder] = [text for _, name, text in item._report_sections if name == LADDER]
    assert r"403 \x1b[2J" in ladder
    assert ladder.replace("\n", "").isprintable()


@pytest.fixture
def unread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have it known that nobody sees the ladder of a scenario that passed."""
    request.config.stash[UNREAD] = True
    yield
    del request.config.stash[UNREAD]


def test_no_ladder_is_drawn_that_nobody_sees(item: ScenarioItem, unread: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds that passed would be drawn and thrown away."""
    monkeypatch.setattr(items, "on_reactor", lambda _: Performance(item.scenario, CAST, ()))
    item.runtest()
    assert LADDER not in [name for _, name, _ in item._report_sections]


def test_a_failed_scenario_has_its_ladder_in_any_case(
    item: ScenarioItem, unread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks for the cause needs it."""
    failed = Performance(item.scenario, CAST, (), Failure("ue.register", "s.yaml:4"))
    monkeypatch.setattr(items, "on_reactor", lambda _: failed)
    with pytest.raises(ScenarioFailed):
        item.runtest()
    assert LADDER in [name for _, name, _ in item._report_sections]


def test_a_fault_of_the_harness_shows_its_traceback(item: ScenarioItem) -> None:
    """It is for us to read."""
    with pytest.raises(ZeroDivisionError) as failed:
        _ = 1 / 0
    assert "Traceback" in str(item.repr_failure(failed))


def test_a_capture_that_cannot_be_written_blames_no_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk ends the run with the file's name, as a port that is taken does."""
    full = tmp_path / "full.pcapng"

    def without_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", without_room)
    with pytest.raises(pytest.exit.Exception, match="cannot be written: No space left on device") as ended:
        _capture([], full)
    assert ended.value.returncode == BAD_ENVIRONMENT
