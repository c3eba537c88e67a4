"""What identity-based keys cost, in CPU milliseconds: made by a KMS, checked and used by a UE, beside OpenSSL's ECDSA.

The share of the arithmetic is what is spent in multiples of points, pairings and powers; the rest is hashing, reading
and writing. Key provisioning is an SSK with its PVT and an RSK for one identity.

python -m bench.keymanagement
"""

from collections.abc import Callable
from functools import partial
from time import process_time
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from valkit.idbased import eccsi, sakke
from valkit.idbased.multiples import Comb
from valkit.idbased.numbers import number
from valkit.idbased.uid import KeyPeriods, uid
from valkit.ids import SystemIds

ROUNDS = 5
IDS = SystemIds()
MESSAGE = bytes(200)
ARITHMETIC = ((eccsi, "combined"), (eccsi, "summed"), (sakke, "summed"), (sakke, "pair"), (sakke, "power"))


def main() -> None:
    """Measure each operation and print one row for each."""
    name = uid("sip:alice@home.example", "kms.home.example", KeyPeriods(), 1535)
    ksak, z = eccsi.SecretAuthenticationKey.generate(IDS), sakke.MasterSecret.generate(IDS)
    signing, receiving = ksak.provision(name, IDS), z.extract(name)
    signature, ssv = signing.sign(MESSAGE, IDS), sakke.new_ssv(IDS)
    sent = z.public.encapsulate(name, ssv)
    ours: dict[str, tuple[int, Callable[[], object]]] = {
        "KMS: SSK and PVT": (50, lambda: ksak.provision(name, IDS)),
        "KMS: RSK": (5, lambda: z.extract(name)),
        "KMS: both, key provisioning": (5, lambda: (ksak.provision(name, IDS), z.extract(name))),
        "UE: SSK validated": (20, lambda: ksak.public.accept(name, signing.ssk, signing.pvt)),
        "UE: RSK verified, a pairing": (2, lambda: z.public.accept(name, receiving.rsk)),
        "ECCSI signature": (50, lambda: signing.sign(MESSAGE, IDS)),
        "ECCSI verification": (20, lambda: ksak.public.verify(name, MESSAGE, signature)),
        "SAKKE encapsulation": (5, lambda: z.public.encapsulate(name, ssv)),
        "SAKKE decapsulation, a pairing": (2, lambda: receiving.decapsulate(sent)),
    }
    print(f"best of {ROUNDS} rounds, CPU ms each, with numbers of type {type(number(0)).__name__}")
    print(f"{'':36}{'ms':>8}{'per second':>14}{'arithmetic':>14}")
    for what, (times, run) in ours.items():
        cost = _cost(times, run)
        print(f"{what:36}{cost:8.2f}{1000 / cost:14.0f}{_share(times, run):13.0%}")
    key = generate_private_key(SECP256R1())
    algorithm = ECDSA(SHA256())
    der = key.sign(MESSAGE, algorithm)
    theirs: dict[str, Callable[[], object]] = {
        "ECDSA signature, OpenSSL": lambda: key.sign(MESSAGE, algorithm),
        "ECDSA verification, OpenSSL": lambda: key.public_key().verify(der, MESSAGE, algorithm),
    }
    for what, run in theirs.items():
        cost = _cost(500, run)
        print(f"{what:36}{cost:8.3f}{1000 / cost:14.0f}")
    print(f"\n{'a table of P or Z, once':36}{_cost(1, lambda: Comb.of(sakke.CURVE, z.public.point, sakke.Q)):8.2f}")
    print(f"{'Z read, its order checked, once':36}{_cost(1, lambda: sakke.PublicKey.parse(bytes(z.public))):8.2f}")


def _cost(times: int, run: Callable[[], object]) -> float:
    """Give CPU milliseconds of one run, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = process_time()
        for _ in range(times):
            run()
        best = min(best, process_time() - began)
    return best / times * 1000


def _share(times: int, run: Callable[[], object]) -> float:
    """Give the part of the time that is spent in the arithmetic."""
    spent = 0.0

    def timed(function: Callable[..., object], *arguments: object) -> object:
        nonlocal spent
        began = process_time()
        try:
            return function(*arguments)
        finally:
            spent += process_time() - began

    patches = [patch.object(module, name, partial(timed, getattr(module, name))) for module, name in ARITHMETIC]
    for one in patches:
        one.start()
    began = process_time()
    for _ in range(times):
        run()
    whole = process_time() - began
    for one in patches:
        one.stop()
    return spent / whole


if __name__ == "__main__":
    main()
