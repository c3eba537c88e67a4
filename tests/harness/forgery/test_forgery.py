import pytest

from harness.forgery import FORGERIES, Workshop, forge
from valkit.tokens import Grant, KeySet, SigningKey, TokenPolicy, TokenRejected, Verifier, jwks, mint

NOW = 1_800_000_000.0
KEY = SigningKey.generate()
WORKSHOP = Workshop(KEY, SigningKey.generate())
GRANT = Grant("https://idms.home.example", "val-server", "alice", ("dispatch",), "t1", NOW)


@pytest.fixture
def verifier() -> Verifier:
    """Give the judge of the VAL server."""
    return Verifier(TokenPolicy("https://idms.home.example", "val-server"), KeySet.from_jwks(jwks(KEY)))


def test_the_honest_token_is_accepted(verifier: Verifier) -> None:
    """What every forgery starts from would be accepted, so that a refusal is the forgery's doing."""
    assert verifier.verify(mint(KEY, GRANT), NOW).val_user_id == "alice"


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forgery_is_refused_for_its_own_cause(kind: str, verifier: Verifier) -> None:
    """Each kind of bad token is refused, and for the cause that stands beside it."""
    with pytest.raises(TokenRejected) as refused:
        verifier.verify(forge(kind, WORKSHOP, GRANT), NOW)
    assert refused.value.cause is FORGERIES[kind].cause
