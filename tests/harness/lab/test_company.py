from harness.lab.company import Company, Turn

FIRST, SECOND = Turn(False, (0,)), Turn(False, (1,))
WANTING = Turn(True, (0,))


def test_one_by_itself_goes_on() -> None:
    """Nobody else brings about anything."""
    assert Company().nothing_comes(FIRST, 3)


def test_whoever_waits_goes_on_when_the_others_have_ended() -> None:
    """Until then they may bring about what is not to come."""
    company = Company(going=2)
    assert not company.nothing_comes(SECOND, 3)
    company.going -= 1
    assert company.nothing_comes(SECOND, 3)


def test_where_all_wait_the_first_goes_on() -> None:
    """And then the next, which sees what the first has done."""
    company = Company(going=2)
    assert not company.nothing_comes(SECOND, 3)
    assert company.nothing_comes(FIRST, 3)
    assert not company.nothing_comes(SECOND, 3)
    company.going -= 1
    assert company.nothing_comes(SECOND, 3)


def test_whoever_would_fail_lets_the_others_go_first() -> None:
    """They may bring about what it waits for; and it is given the time to see what came."""
    company = Company(going=2)
    assert not company.nothing_comes(WANTING, 3)
    assert not company.nothing_comes(SECOND, 4)
    assert not company.nothing_comes(WANTING, 4)
    assert company.nothing_comes(SECOND, 4)


def test_whoever_got_what_it_waited_for_goes_on() -> None:
    """Then it may bring about more."""
    company = Company(going=2)
    assert not company.nothing_comes(WANTING, 3)
    company.goes_on(WANTING)
    assert not company.nothing_comes(SECOND, 3)
