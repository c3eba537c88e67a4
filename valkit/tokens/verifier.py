"""Verification of access tokens (RFC 7515 5.2, RFC 7519 7.2, RFC 9068 4, RFC 8725), and the memory of verified ones.

On first sight a token costs its signature and a little more; seen again, a digest and a look-up. The algorithms and
their prepared keys are PyJWT's; the claims and times are checked here, since PyJWT reads the wall clock and lets a
token without `exp` pass. What a header points at (jku, x5u, jwk, x5c) is never looked at: keys come from the key set.
"""

from collections.abc import Mapping
from hashlib import sha256

from valkit.tokens.claims import AccessToken, TokenPolicy, access_token
from valkit.tokens.compact import decode, split
from valkit.tokens.errors import Cause, TokenRejected, shown
from valkit.tokens.keys import KeySet, Prepared
from valkit.tokens.strictjson import read_object

REMEMBERED = 100_000
"""Verified tokens kept by default, at about 0.6 kB each."""

HEADERS = 64
"""Headers kept: an issuer writes the same one for all tokens of a key."""


class Seen:
    """Verified tokens by digest, the more recent half at least of a bounded number.

    Two generations: when the young one is full it becomes the old one, and what nobody asked for since then is
    forgotten with the one before. So neither time nor memory grows, and no order needs keeping.
    """

    def __init__(self, size: int) -> None:
        self._half = max(size // 2, 1)
        self._young: dict[bytes, tuple[object, ...]] = {}
        self._old: dict[bytes, tuple[object, ...]] = {}

    def get(self, digest: bytes) -> tuple[object, ...] | None:
        """Find a token's claims."""
        found = self._young.get(digest)
        if found is None and (found := self._old.get(digest)) is not None:
            self.put(digest, found)
        return found

    def put(self, digest: bytes, claims: tuple[object, ...]) -> None:
        """Keep a token's claims: a plain tuple of plain values, which the garbage collector need not visit."""
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[digest] = claims

    def drop(self, digest: bytes) -> None:
        """Forget one."""
        self._young.pop(digest, None)
        self._old.pop(digest, None)

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())


class Verifier:
    """Believes tokens of one issuer according to one policy, while its key set lasts."""

    def __init__(self, policy: TokenPolicy, keys: KeySet, *, remembered: int = REMEMBERED) -> None:
        self.policy = policy
        self._typs = _spellings(policy.typ)
        self._remembered = remembered
        self.trust(keys)

    def trust(self, keys: KeySet) -> None:
        """Take a new key set; nothing verified with the old one is believed any longer."""
        self._keys = keys
        self._headers: dict[bytes, Prepared] = {}
        self._seen = Seen(self._remembered)

    def verify(self, token: str, now: float) -> AccessToken:
        """Verify everything that the policy asks; TokenRejected with the first fault.

        The order is: form, header, signature, claims, times. So `expired` is said only of tokens that would hold
        otherwise.
        """
        data = _ascii(token)
        digest = sha256(data).digest()
        seen = self._seen.get(digest)
        access = self._first_sight(data) if seen is None else AccessToken._make(seen)
        try:
            access.check_time(now, self.policy.leeway)
        except TokenRejected:
            self._seen.drop(digest)
            raise
        if seen is None:
            self._seen.put(digest, tuple(access))
        return access

    def _first_sight(self, token: bytes) -> AccessToken:
        header, payload, signed, signature = split(token)
        verify, key = self._headers.get(header) or self._judged(header)
        if not verify(signed, key, signature):
            raise TokenRejected(Cause.BAD_SIGNATURE)
        return access_token(_object(payload, "payload"), self.policy)

    def _judged(self, segment: bytes) -> Prepared:
        """Judge a header and find its key. What it says depends on nothing else, so it is judged once."""
        header = _object(segment, "header")
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in self.policy.algorithms:
            raise TokenRejected(Cause.ALG_NOT_ALLOWED, f"It is {shown(algorithm)}.")
        if "crit" in header or "b64" in header:  # RFC 7515 4.1.11; RFC 7797 7 keeps b64 out of JWTs
            raise TokenRejected(Cause.CRITICAL_HEADER)
        if self._typs and str(header.get("typ")).lower() not in self._typs:
            raise TokenRejected(Cause.WRONG_TYP, f"It is {shown(header.get('typ'))}.")
        prepared = self._prepared(kid, algorithm)
        if len(self._headers) < HEADERS:
            self._headers[segment] = prepared
        return prepared

    def _prepared(self, kid: object, algorithm: str) -> Prepared:
        key = self._keys.key(kid, algorithm) if kid is None or isinstance(kid, str) else None
        if key is None:
            raise TokenRejected(
                Cause.UNKNOWN_KID, f"It is {shown(kid)} with {algorithm}; the keys are of {self.policy.issuer}."
            )
        return key.prepared(algorithm)


def _spellings(typ: str | None) -> frozenset[str]:
    """Both ways to write a media type in `typ`, lower case (RFC 7515 4.1.9, RFC 9068 4)."""
    return frozenset() if typ is None else frozenset({typ.lower(), f"application/{typ.lower()}"})


def _ascii(token: str) -> bytes:
    try:
        return token.encode("ascii")
    except UnicodeEncodeError:
        raise TokenRejected(Cause.MALFORMED, "It has characters beyond ASCII.") from None


def _object(segment: bytes, name: str) -> Mapping[str, object]:
    try:
        return read_object(decode(segment))
    except ValueError as error:
        raise TokenRejected(Cause.MALFORMED, f"The {name} {_reason(error)}.") from None


def _reason(error: ValueError) -> str:
    return str(error) if type(error) is ValueError else "is not JSON"
