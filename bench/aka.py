"""What a challenge costs the HSS and the card, in CPU microseconds: Milenage and TUAK, and the digest around them.

python -m bench.aka
"""

from collections.abc import Callable
from functools import partial
from time import process_time

from valkit.aka.digest import AKA, Digest, Nonce
from valkit.aka.functions import Functions
from valkit.aka.milenage import Milenage
from valkit.aka.tuak import Sizes, Tuak
from valkit.aka.vectors import Vector, accept, generate

CHALLENGES = 2_000
ROUNDS = 9
RAND, AMF = bytes(range(16)), b"\x80\x00"
DOMAIN = "home.example"

SETS: dict[str, Functions] = {
    "Milenage": Milenage(bytes(16), bytes(16)),
    "TUAK, 128 bits": Tuak(bytes(16), bytes(32)),
    "TUAK, 256 bits, 2 iterations": Tuak(bytes(32), bytes(32), Sizes(res=32, ck=32, ik=32), 2),
}


def main() -> None:
    """Measure each algorithm set and each digest, and print one row for each."""
    print(f"{CHALLENGES} challenges, best of {ROUNDS} rounds, CPU us each (ratio to Milenage)")
    print(f"{'':32}{'vector, at the HSS':>22}{'AUTN, at the card':>22}")
    usual: tuple[float, float] | None = None
    for name, functions in SETS.items():
        costs = _aka(functions)
        usual = usual or costs
        print(
            f"{name:32}" + "".join(f"{cost:14.1f} ({cost / one:5.2f})" for cost, one in zip(costs, usual, strict=True))
        )
    print(f"\n{'':32}{'response':>22}")
    vector = generate(SETS["Milenage"], RAND, 32, AMF)
    for algorithm in sorted(AKA, key=str):
        digest = Digest(
            algorithm, f"alice@{DOMAIN}", DOMAIN, str(Nonce(RAND, vector.autn)), f"sip:{DOMAIN}", "auth", cnonce="c"
        )
        print(f"{algorithm!s:32}{_cost(partial(_response, digest, vector)):14.1f}")


def _aka(functions: Functions) -> tuple[float, float]:
    vector = generate(functions, RAND, 32, AMF)
    return _cost(lambda: generate(functions, RAND, 32, AMF)), _cost(lambda: accept(functions, RAND, vector.autn))


def _response(digest: Digest, vector: Vector) -> str:
    return digest.response(digest.algorithm.password(vector.keys), "REGISTER")


def _cost(run: Callable[[], object]) -> float:
    """Give CPU microseconds of one run, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = process_time()
        for _ in range(CHALLENGES):
            run()
        best = min(best, process_time() - start)
    return best / CHALLENGES * 1e6


if __name__ == "__main__":
    main()
