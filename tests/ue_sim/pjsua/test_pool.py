"""Who lives in which process; the processes are stand-ins."""

import pytest
from attrs import define, evolve, field

from tests.support import result_of
from ue_sim.pjsua.pool import ROOM, Pool
from ue_sim.pjsua.process import Place, Process
from valkit.sip.hop import Hop

HERE = Place((Hop("udp", "127.0.0.11", 0),), (0.5, 4.0, 5.0, 32.0))
THERE = Place((Hop("udp", "127.0.0.12", 0),), (0.5, 4.0, 5.0, 32.0))


@define(eq=False)
class StandIn:
    """A process that only knows whether it runs."""

    place: Place
    alive: bool = True
    forgotten: list[str] = field(factory=list)

    async def forget(self, ue: str) -> None:
        """Note it."""
        self.forgotten.append(ue)

    async def close(self) -> None:
        """End."""
        self.alive = False


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    """Give a pool of stand-ins."""

    async def start(_: object, place: Place) -> StandIn:
        return StandIn(place)

    monkeypatch.setattr(Process, "start", start)
    return Pool(object())


def test_the_ninth_phone_has_a_process_of_its_own(pool: Pool) -> None:
    """PJSIP would be aborted by a ninth account."""
    homes = [result_of(pool.room_for(f"ue{number}", HERE)) for number in range(ROOM + 1)]
    assert len(set(map(id, homes))) == 2
    assert homes[-1] is not homes[0]


def test_many_phones_one_after_another_need_one_process(pool: Pool) -> None:
    """Who leaves makes room, and is let go of in the process."""
    homes = []
    for number in range(3 * ROOM):
        homes.append(result_of(pool.room_for(f"ue{number}", HERE)))
        result_of(pool.leave(f"ue{number}"))
    assert len(set(map(id, homes))) == 1
    assert len(homes[0].forgotten) == 3 * ROOM


def test_who_has_a_home_keeps_it(pool: Pool) -> None:
    """As long as its process runs; then it gets another."""
    first = result_of(pool.room_for("ue", HERE))
    assert result_of(pool.room_for("ue", HERE)) is first
    result_of(first.close())
    second = result_of(pool.room_for("ue", HERE))
    assert second is not first
    assert pool.processes == (second,)


def test_only_who_shares_a_place_shares_a_process(pool: Pool) -> None:
    """Another address or other timers are another process."""
    assert result_of(pool.room_for("a", HERE)) is not result_of(pool.room_for("b", THERE))


def test_a_process_that_nobody_will_live_in_again_is_ended(pool: Pool) -> None:
    """When its host gets one that listens otherwise; who still lives in one keeps it."""
    empty = result_of(pool.room_for("a", HERE))
    result_of(pool.leave("a"))
    other = evolve(HERE, authorities="ca.pem")
    inhabited = result_of(pool.room_for("b", other))
    result_of(pool.room_for("c", evolve(HERE, authorities="another.pem")))
    assert (empty.alive, inhabited.alive) == (False, True)


def test_a_closed_pool_has_no_processes(pool: Pool) -> None:
    """Each was ended; who never moved in may leave as well."""
    process = result_of(pool.room_for("ue", HERE))
    result_of(pool.close())
    result_of(pool.leave("ue"))
    assert not process.alive
    assert pool.processes == ()
