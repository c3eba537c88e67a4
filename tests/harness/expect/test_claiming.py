from harness.expect.claiming import Claiming
from harness.expect.wanted import Difference
from harness.seen.claims import Claims

ALICE: Claims = {"sub": ("alice",), "aud": ("a", "b")}
BOB: Claims = {"sub": ("bob",), "aud": ("a",), "azp": ("x",)}


def told(claims: dict[str, object], *tokens: Claims) -> list[str]:
    """Tell what tokens claim otherwise."""
    found: list[Difference] = list(Claiming.model_validate({"claims": claims}).differing_claims(tokens))
    return [each.told(lambda _: "never asked") for each in found]


def test_one_token_has_to_have_all() -> None:
    """Not one this and another that; the nearest is told, in plain words."""
    assert told({"sub": "alice", "aud": ["b", "a"], "azp": {"present": "no"}}, BOB, ALICE) == []
    assert told({"sub": "bob", "aud": ["a", "b"], "azp": "x"}, ALICE, BOB) == ["claim aud: a"]
    assert told({"sub": "carol", "azp": {"matches": "y+"}}, ALICE) == ["claim sub: alice", "no claim azp"]


def test_without_a_token_there_are_no_claims() -> None:
    """Unless none is asked for."""
    assert told({"sub": {"present": "no"}}) == ["no token"]
    assert told({}) == []


def test_it_is_said_in_words() -> None:
    """For what was wanted, in a failure."""
    asked = Claiming.model_validate({"claims": {"sub": "alice", "azp": {"present": "no"}}})
    assert list(asked.wanted_claims()) == ["with claim sub: alice", "without claim azp"]
