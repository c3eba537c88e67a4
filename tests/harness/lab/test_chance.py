import pytest
from twisted.internet.task import Clock

from harness.lab.chance import EPOCH, PORTS, Chance
from valkit.ids import SystemIds


def test_everybody_has_a_row_of_their_own() -> None:
    """What others draw changes nothing in it, and whoever starts again goes on in it."""
    one, other = Chance("seed"), Chance("seed")
    other.ids("core").nonce(100)
    assert one.ids("alice").nonce(16) == other.ids("alice").nonce(16)
    assert one.ids("alice").nonce(16) != one.ids("core").nonce(16)
    assert one.ids("alice") is one.ids("alice")
    assert isinstance(Chance(seed=None).ids("alice"), SystemIds)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_keys_come_from_the_seed_of_a_run_that_is_to_be_repeated(algorithm: str) -> None:
    """Each name has its own; otherwise they are fresh."""
    keys = [Chance(seed, repeats=True).key(algorithm, name) for seed in ("a", "b") for name in ("issuer", "stranger")]
    assert len({key.kid for key in keys}) == 4
    assert Chance("a", repeats=True).key(algorithm, "issuer").pem() == keys[0].pem()
    assert Chance("a").key(algorithm, "issuer").kid != Chance("a").key(algorithm, "issuer").kid


def test_an_rsa_key_is_always_fresh() -> None:
    """Nobody makes one from a seed."""
    kids = {Chance("a", repeats=True).key("RS256", "issuer").kid for _ in range(2)}
    assert len(kids) == 2


def test_the_port_of_an_issuer_comes_from_the_seed() -> None:
    """Below those that the system gives out; in other runs it is any that is free."""
    ports = {Chance(seed, repeats=True).port("idms") for seed in "abcdefgh"}
    assert len(ports) > 1
    assert all(port in PORTS for port in ports)
    assert Chance("a", repeats=True).port("idms") == Chance("a", repeats=True).port("idms")
    assert Chance("a").port("idms") == 0


def test_time_stands_still_in_a_run_that_is_to_be_repeated() -> None:
    """However long the machine takes; otherwise it is the machine's."""
    reactor = Clock()
    clock = Chance("a", repeats=True).clock(reactor)
    reactor.advance(7)
    assert clock.seconds() == EPOCH
    assert Chance("a").clock(reactor).seconds() == 7
