"""Tokens that must be refused: each kind is one row, made from the grant of an honest token, its cause beside it.

Pure; the keys come from the lab's issuer. `claims` has what an issuer should not have said, `signing` what no issuer
has signed, `spelling` what is not a token in the one way that tokens are written; `documents` breaks what they travel
in, and `mutations` says how each of all these is to be refused.
"""

from collections.abc import Mapping

from harness.forgery.claims import CLAIMS
from harness.forgery.signing import SIGNING
from harness.forgery.spelling import SPELLING
from harness.forgery.workshop import Forgery, Workshop
from valkit.tokens import Grant

__all__ = ["FORGERIES", "Forgery", "Workshop", "forge"]

FORGERIES: Mapping[str, Forgery] = {**CLAIMS, **SIGNING, **SPELLING}
"""Each kind by the name that scenarios know it by."""


def forge(kind: str, workshop: Workshop, grant: Grant) -> str:
    """Make the token of this kind that an honest token with this grant would have been."""
    return FORGERIES[kind].make(workshop, grant)
