"""Access tokens (RFC 9068) with VAL claims: verified, minted, and why one is refused.

Pure: keys come as text, time as an argument. The way of a token: `compact` cuts it, `verifier` judges its header and
signature with a key of `keys`, `claims` compares what it says with the policy. `minting` goes the other way with a
key of `signing`.
"""

from valkit.tokens.claims import AccessToken, TokenPolicy
from valkit.tokens.errors import Cause, KeyUnusable, TokenRejected
from valkit.tokens.keys import KeySet, VerificationKey, thumbprint
from valkit.tokens.minting import Grant, mint
from valkit.tokens.signing import SigningKey, jwks
from valkit.tokens.verifier import Verifier

__all__ = [
    "AccessToken",
    "Cause",
    "Grant",
    "KeySet",
    "KeyUnusable",
    "SigningKey",
    "TokenPolicy",
    "TokenRejected",
    "VerificationKey",
    "Verifier",
    "jwks",
    "mint",
    "thumbprint",
]
