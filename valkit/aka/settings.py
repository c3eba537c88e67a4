"""What a file says of a subscriber's keys, the same for HSS and card, so that the one can be copied to the other.

Keys stand in the file as hexadecimal digits and are never shown again.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, PlainValidator, model_validator

from valkit.aka.digest import Algorithm
from valkit.aka.errors import Malformed
from valkit.aka.functions import Functions
from valkit.aka.milenage import BLOCK, Milenage
from valkit.aka.password import Password
from valkit.aka.sequence import DELTA, LAYOUT, Layout
from valkit.aka.tuak import Sizes, Tuak, topc_from_top
from valkit.settings import Settings

_DIGITS = re.compile("(?:[0-9A-Fa-f]{2})+")


def _key(*sizes: int) -> PlainValidator:
    expected = " or ".join(str(2 * size) for size in sizes)

    def read(value: object) -> bytes:
        text = str(value)
        if _DIGITS.fullmatch(text) is None or len(text) // 2 not in sizes:
            raise ValueError(f"is not a key (expected {expected} hexadecimal digits)")
        return bytes.fromhex(text)

    return PlainValidator(read, json_schema_input_type=str)


def _algorithm(value: object) -> Algorithm:
    try:
        return Algorithm.named(str(value))
    except Malformed:
        raise ValueError(f"is no challenge algorithm (expected one of {', '.join(map(str, Algorithm))})") from None


ChallengeAlgorithm = Annotated[Algorithm, PlainValidator(_algorithm, json_schema_input_type=str)]
"""The `algorithm` of a challenge, such as AKAv1-MD5."""

K = Annotated[bytes, _key(16, 32)]
OperatorKey = Annotated[bytes, _key(16)]
TuakOperatorKey = Annotated[bytes, _key(32)]


NEEDED = {"milenage": (("k",), ("op", "opc")), "tuak": (("k",), ("top", "topc")), "digest": (("password",),)}
"""What an algorithm is computed with: exactly one of each group."""

KEYS = ("k", "op", "opc", "top", "topc", "password")


class TuakSettings(Settings):
    """What an operator chooses of TUAK (TS 35.231). A MAC has 64 bits always, since an AUTN has room for no more."""

    iterations: Annotated[int, Field(ge=1, le=255)] = 1
    """How often Keccak permutes."""
    res: Literal[32, 64, 128, 256] = 64
    """Bits of RES."""
    ck: Literal[128, 256] = 128
    """Bits of CK."""
    ik: Literal[128, 256] = 128
    """Bits of IK."""

    @property
    def sizes(self) -> Sizes:
        """The same in bytes."""
        return Sizes(self.res // 8, self.ck // 8, self.ik // 8)


class SubscriberKeys(Settings):
    """K, with the operator's key of one of the two algorithm sets; or a password."""

    algorithm: Literal["milenage", "tuak", "digest"] = "milenage"
    """The set of f1 to f5*: Milenage (TS 35.206) or TUAK (TS 35.231); or SIP Digest without AKA (TS 33.203 Annex N)."""
    k: K | None = Field(None, repr=False)
    """The subscriber's key K, 32 hexadecimal digits; for TUAK perhaps 64."""
    password: Annotated[str, Field(min_length=1)] | None = Field(None, repr=False)
    """SIP Digest: the password."""
    opc: OperatorKey | None = Field(None, repr=False)
    """Milenage: the subscriber's OPc, 32 hexadecimal digits; give this or `op`."""
    op: OperatorKey | None = Field(None, repr=False)
    """Milenage: the operator's OP, 32 hexadecimal digits; give this or `opc`."""
    topc: TuakOperatorKey | None = Field(None, repr=False)
    """TUAK: the subscriber's TOPc, 64 hexadecimal digits; give this or `top`."""
    top: TuakOperatorKey | None = Field(None, repr=False)
    """TUAK: the operator's TOP, 64 hexadecimal digits; give this or `topc`."""
    tuak: TuakSettings = TuakSettings()
    """TUAK: sizes and iterations."""
    ind_bits: Annotated[int, Field(ge=0, le=16)] = LAYOUT.ind_bits
    """Bits of IND, the lowest of a sequence number (TS 33.102 C.3); a card's array has an entry for each value."""
    delta: Annotated[int, Field(gt=0)] = DELTA
    """How far SEQ may jump ahead (TS 33.102 C.2.1); the HSS goes by it after an AUTS."""

    @model_validator(mode="after")
    def _keys_of_its_algorithm(self) -> Self:
        given = {name for name in KEYS if getattr(self, name) is not None}
        for group in NEEDED[self.algorithm]:
            if len(given.intersection(group)) != 1:
                raise ValueError(f"has to have {_one_of(group)} with algorithm {self.algorithm}")
        foreign = given.difference(*NEEDED[self.algorithm])
        if self.algorithm != "tuak" and "tuak" in self.model_fields_set:
            foreign.add("tuak")
        if foreign:
            raise ValueError(f"has {' and '.join(sorted(foreign))}, which {self.algorithm} does not take")
        if self.algorithm == "milenage" and self.k and len(self.k) != BLOCK:
            raise ValueError("has a k of 64 digits, which only TUAK takes (expected 32 hexadecimal digits)")
        return self

    @property
    def layout(self) -> Layout:
        """How SEQ and IND make a sequence number."""
        return Layout(self.ind_bits)

    @property
    def mistaken(self) -> Functions | None:
        """The functions if OP and OPc were given for each other, for Milenage, whose two keys look alike."""
        if self.algorithm != "milenage" or self.k is None:
            return None
        return Milenage.from_op(self.k, self.opc) if self.opc else Milenage(self.k, self.op or b"")

    @property
    def functions(self) -> Functions | Password:
        """The functions f1 to f5* of this subscriber, or the password in their place."""
        match self.algorithm, self.k:
            case "milenage", bytes() as k:
                return Milenage(k, self.opc) if self.opc else Milenage.from_op(k, self.op or b"")
            case "tuak", bytes() as k:
                sizes, iterations = self.tuak.sizes, self.tuak.iterations
                topc = self.topc or topc_from_top(k, self.top or b"", iterations)
                return Tuak(k, topc, sizes, iterations)
        return Password((self.password or "").encode())


def _one_of(group: tuple[str, ...]) -> str:
    return group[0] if len(group) == 1 else f"either {' or '.join(group)} (expected exactly one of them)"
