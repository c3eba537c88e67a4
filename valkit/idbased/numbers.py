"""Which whole numbers the arithmetic is done with: gmpy2's, where the extra `kms` has installed it, or Python's own.

A product or remainder of one of gmpy2's numbers with one of Python's is one of gmpy2's, so it is enough that the
constants of `parameters` are made by `number`. Results are the same; a pairing takes a fifth of the time.
Elements of a field are such numbers, scalars and secrets are not; who hands a coordinate to another library makes it an
int first.
"""

from collections.abc import Callable
from importlib import import_module

MODULE = "gmpy2"


def fastest(module: str = MODULE) -> Callable[[int], int]:
    """Give what makes a number of the fastest kind there is."""
    try:
        made: Callable[[int], int] = import_module(module).mpz
    except ImportError:
        return int
    return made


number = fastest()
