from harness.report.model import Played, Sent
from harness.report.timing import times
from tests.harness.report.runs import performance, played

COUNT = 12


def one(at: int, seconds: float) -> Played:
    """Make a scenario."""
    return played(performance(name=f"n {at}"), seconds)


def run(*seconds: float) -> list[Played]:
    """Make scenarios that took so long."""
    return [one(at, each) for at, each in enumerate(seconds)]


def usual(count: int = COUNT) -> list[float]:
    """Give times of so many, a little apart."""
    return [0.3 + 0.01 * (at % 5) for at in range(count)]


def named(old: list[Played], new: list[Played]) -> list[str]:
    """Give the names of those that are told."""
    return [found.id.partition("::")[2] for found in times(list(zip(old, new, strict=True)))]


def slow(made: Played) -> Played:
    """Let most of it pass before the 401."""
    late = False
    events = []
    for event in made.events:
        late = late or (isinstance(event, Sent) and event.status == 401)
        events.append(event.model_copy(update={"at": event.at + 0.6 * late}))
    return made.model_copy(update={"seconds": made.seconds + 0.6, "events": tuple(events)})


def test_one_that_takes_three_times_as_long_is_named_with_its_place() -> None:
    """The message before which the time was lost."""
    old, new = run(*usual()), run(*usual())
    new[2] = slow(new[2])
    [found] = times(list(zip(old, new, strict=True)))
    assert (found.id, found.slower, found.where) == (
        "s.yaml::n 2",
        True,
        "401 Unauthorized to REGISTER, scscf to icscf",
    )
    [back] = times(list(zip(new, old, strict=True)))
    assert not back.slower


def test_a_slow_machine_is_no_change() -> None:
    """Where all take four times as long, none takes longer than the others."""
    assert named(run(*usual()), run(*(4 * each for each in usual()))) == []


def test_a_machine_that_was_busy_for_a_while_is_no_change() -> None:
    """A third of the run took four times as long; one that is slow beside its neighbours is named all the same."""
    seconds = usual(60)
    busy = [each * (4 if 20 <= at < 40 else 1 + 0.9 * (at % 2)) for at, each in enumerate(seconds)]
    assert named(run(*seconds), run(*busy)) == []


def test_noise_is_no_change() -> None:
    """Where times are far apart anyhow, as far again says nothing."""
    noisy = run(*(0.5 * (4 if at % 2 else 1) for at in range(COUNT)))
    other = run(*(0.5 * (1 if at % 2 else 4) for at in range(COUNT)))
    assert named(noisy, other) == []


def test_several_that_stumbled_are_no_change() -> None:
    """One does not stand out if another is nearly as far out."""
    new = usual()
    new[3], new[7] = 3 * new[3], 3.4 * new[7]
    assert named(run(*usual()), run(*new)) == []


def test_a_few_milliseconds_are_no_change() -> None:
    """However many times as long it is."""
    assert named(run(*(0.01 for _ in range(COUNT))), run(0.09, *(0.01 for _ in range(COUNT - 1)))) == []


def test_less_than_twice_as_long_is_no_change() -> None:
    """A busy machine does that to one of a few, whatever it does to the others."""
    new = usual()
    new[4] *= 1.8
    assert named(run(*usual()), run(*new)) == []


def test_one_alone_stands_out_of_nothing() -> None:
    """Nothing says how far two runs are apart."""
    assert named(run(0.3), run(3.0)) == []
    assert named(run(), run()) == []


def test_times_that_no_run_takes_are_compared_too() -> None:
    """A report is read as it is written, by whomever."""
    for seconds in ((1e-300, 1e300), (1e300, 1e-300), (1e308, 1e308), (0.0, 1.0)):
        old, new = (run(*(each for _ in range(COUNT))) for each in seconds)
        assert named(old, new) == []
        half = run(*(seconds[at % 2] for at in range(COUNT)))
        assert set(named(old, half)) <= {made.name for made in old}
