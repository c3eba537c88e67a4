"""What verifying an access token costs, in CPU microseconds, beside its signature alone and beside PyJWT's decode.

python -m bench.tokens
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from time import process_time, time
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, padding
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.utils import raw_to_der_signature

from valkit.tokens import Grant, KeySet, SigningKey, TokenPolicy, Verifier, jwks, mint
from valkit.tokens.compact import split

TOKENS = 500
ROUNDS = 9
POLICY = TokenPolicy(issuer="https://idms.home.example", audience="val-server")


class Costs(NamedTuple):
    """CPU microseconds for one token."""

    signature: float
    first: float
    again: float
    pyjwt: float


def main() -> None:
    """Measure each algorithm and print one row for it."""
    print(f"{TOKENS} distinct tokens, best of {ROUNDS} rounds, CPU us per token (ratio to the signature alone)")
    print(f"{'':8}{'length':>8}{'signature':>12}{'first sight':>18}{'seen before':>18}{'jwt.decode':>18}")
    for algorithm in ("RS256", "ES256"):
        key = SigningKey.generate(algorithm)
        tokens = [mint(key, grant(number)) for number in range(TOKENS)]
        costs = measure(key, tokens)
        ours = "".join(f"{cost:10.1f} ({cost / costs.signature:4.2f})" for cost in costs[1:])
        print(f"{algorithm:8}{len(tokens[0]):8}{costs.signature:12.1f} {ours}")


def grant(number: int) -> Grant:
    """Say what a token of the usual size says, a different one for each number."""
    return Grant(
        issuer=POLICY.issuer,
        audience=POLICY.audience,
        val_user_id=f"user{number:06}",
        val_service_ids=("dispatch", "video", "data"),
        jti=f"{number:032x}",
        issued_at=time(),
        extra={"realm_access": {"roles": ["operator", "supervisor"]}, "session": "0123456789abcdef" * 12},
    )


def measure(key: SigningKey, tokens: list[str]) -> Costs:
    """Measure the four side by side: each round goes through all of them, so that they meet the same machine."""
    keys, now = KeySet.from_jwks(jwks(key)), time()
    public: Any = jwt.PyJWK(dict(key.public_jwk)).key
    known = Verifier(POLICY, keys)
    for token in tokens:
        known.verify(token, now)
    runs: list[Callable[[], Callable[[str], object]]] = [
        lambda: signature_alone(key.algorithm, public, tokens),
        lambda: first_sight(keys, now),
        lambda: lambda token: known.verify(token, now),
        lambda: (
            lambda token: jwt.decode(token, public, [key.algorithm], audience=POLICY.audience, issuer=POLICY.issuer)
        ),
    ]
    rounds = [[cost(run(), tokens) for run in runs] for _ in range(ROUNDS)]
    return Costs(*map(min, zip(*rounds, strict=True)))


def first_sight(keys: KeySet, now: float) -> Callable[[str], object]:
    """Make a verifier that has seen no token yet."""
    fresh = Verifier(POLICY, keys)
    return lambda token: fresh.verify(token, now)


def signature_alone(algorithm: str, public: Any, tokens: list[str]) -> Callable[[str], object]:
    """Verify nothing but the signature, with everything else done beforehand."""
    cut = [split(token.encode()) for token in tokens]
    turns: Iterator[tuple[bytes, bytes]]
    if algorithm.startswith("RS"):
        turns = cycle([(segments.signature, segments.signed) for segments in cut])
        scheme: tuple[Any, ...] = (padding.PKCS1v15(), RSAAlgorithm.SHA256())
    else:
        turns = cycle([(raw_to_der_signature(segments.signature, public.curve), segments.signed) for segments in cut])
        scheme = (ec.ECDSA(ECAlgorithm.SHA256()),)
    verify = public.verify
    return lambda _: verify(*next(turns), *scheme)


def cost(run: Callable[[str], object], tokens: list[str]) -> float:
    """CPU microseconds of one run."""
    begin = process_time()
    for token in tokens:
        run(token)
    return (process_time() - begin) / len(tokens) * 1e6


if __name__ == "__main__":
    main()
