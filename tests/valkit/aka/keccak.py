"""Keccak-f[1600] written down as FIPS 202 3.2 and 3.3 have it, lane by lane: slow, plain, and nobody else's code.

The witness that the SHAKE256 behind `valkit.aka.tuak` is the permutation of TS 35.231.
"""

from itertools import product

LANE = (1 << 64) - 1

Lanes = dict[tuple[int, int], int]
"""A[x, y], 64 bits each; bit z of a lane is bit 64 (5 y + x) + z of the state."""


def permuted(state: bytes) -> bytes:
    """Give the 200 bytes of a state after the 24 rounds."""
    lanes = {(x, y): int.from_bytes(state[8 * (5 * y + x) :][:8], "little") for x, y in product(range(5), repeat=2)}
    for constant in _round_constants():
        lanes = _chi(_rho_and_pi(_theta(lanes)))
        lanes[0, 0] ^= constant  # iota
    return b"".join(lanes[x, y].to_bytes(8, "little") for y, x in product(range(5), repeat=2))


def _theta(a: Lanes) -> Lanes:
    """Add to each bit the parity of two columns."""
    c = [a[x, 0] ^ a[x, 1] ^ a[x, 2] ^ a[x, 3] ^ a[x, 4] for x in range(5)]
    d = [c[x - 1] ^ _rotated(c[(x + 1) % 5], 1) for x in range(5)]
    return {(x, y): lane ^ d[x] for (x, y), lane in a.items()}


def _rho_and_pi(a: Lanes) -> Lanes:
    """Rotate each lane by its triangular number, and put it in another's place."""
    moved = {(0, 0): a[0, 0]}
    x, y = 1, 0
    for t in range(24):
        to = (y, (2 * x + 3 * y) % 5)
        moved[to] = _rotated(a[x, y], (t + 1) * (t + 2) // 2)
        x, y = to
    return moved


def _chi(a: Lanes) -> Lanes:
    """Combine each bit with two others of its row: the one step that is not linear."""
    return {(x, y): a[x, y] ^ (~a[(x + 1) % 5, y] & a[(x + 2) % 5, y] & LANE) for x, y in a}


def _round_constants() -> list[int]:
    """Give RC of the 24 rounds, from the shift register of FIPS 202 algorithm 5."""
    register, bits = 1, list[int]()
    for _ in range(24 * 7):
        bits.append(register & 1)
        register = register << 1 ^ (0x171 if register & 0x80 else 0)
    return [sum(bits[7 * i + j] << (1 << j) - 1 for j in range(7)) for i in range(24)]


def _rotated(lane: int, by: int) -> int:
    by %= 64
    return (lane << by | lane >> 64 - by) & LANE
