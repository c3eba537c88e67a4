import pytest

from ue_sim.errors import UnknownToken
from ue_sim.wallet import Wallet


def test_no_token_is_chosen_unless_asked() -> None:
    """A wallet with tokens gives none when none is wanted."""
    wallet = Wallet()
    wallet.put("t1")
    assert wallet.choose(False) is None


def test_nothing_waits_for_a_token() -> None:
    """An empty wallet gives no token and no error: registration goes on without (5.X.3.2.1)."""
    assert Wallet().choose(True) is None


def test_the_token_at_hand_is_the_last_one() -> None:
    """Another user who signs in puts a token on top; the first one stays there by name."""
    wallet = Wallet()
    wallet.put("t1", "alice")
    wallet.put("t2", "bob")
    assert (wallet.choose(True), wallet.choose("alice")) == ("t2", "t1")


def test_a_dropped_token_uncovers_the_one_below() -> None:
    """When the token at hand goes, the one before it is at hand; dropping it twice changes nothing."""
    wallet = Wallet()
    wallet.put("t1", "alice")
    wallet.put("t2", "bob")
    wallet.drop("bob")
    wallet.drop("bob")
    assert wallet.choose(True) == "t1"


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    """A slip in a scenario shows which names would do."""
    wallet = Wallet()
    wallet.put("secret", "alice")
    with pytest.raises(UnknownToken, match=r"no token 'alcie' in the wallet \(it holds: alice\)"):
        wallet.choose("alcie")


def test_no_token_is_shown() -> None:
    """The repr of a wallet has no token in it."""
    wallet = Wallet()
    wallet.put("secret")
    assert "secret" not in repr(wallet)


def test_a_renewed_token_takes_the_place_of_the_old_one_only() -> None:
    """What is at hand stays at hand, and what was dropped stays away."""
    wallet = Wallet()
    wallet.put("old", "alice")
    wallet.put("minted", "other")
    wallet.renew("new", "alice")
    wallet.renew("new", "dropped")
    assert (wallet.choose(True), wallet.choose("alice")) == ("minted", "new")
    with pytest.raises(UnknownToken):
        wallet.choose("dropped")
