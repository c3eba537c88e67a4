"""The errors of the identity client are all one family."""

import pytest

from ue_sim.errors import UeError
from ue_sim.identity import errors


@pytest.mark.parametrize("kind", ["Unreachable", "Unusable", "Refused", "NotSignedIn", "Doubtful", "UnknownKey"])
def test_each_is_an_identity_error(kind: str) -> None:
    """So a scenario or command catches one class."""
    assert issubclass(getattr(errors, kind), errors.IdentityError)
    assert issubclass(errors.IdentityError, UeError)


def test_a_refusal_has_its_code() -> None:
    """And its sentence has both code and description."""
    refused = errors.Refused("invalid_grant", "used before")
    assert (refused.code, str(refused)) == (
        "invalid_grant",
        "the identity server refuses: invalid_grant (used before)",
    )
