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
from valkit.aka.tuak import Sizes, Tuak
from valkit.settings import Settings

_DIGITS = re.compile("(?:[0-9A-Fa-f]{2})+")


def _key(*sizes: int) -> PlainValidator:
    expected = " or ".join(str(2 * size) for size in sizes)

    def read(value: object) -> bytes:
        text = str(value)
        if _DIGITS.fullmatch(text) is None or len(text) // 2 not in sizes:
            raise ValueError(f"is not a key (expected {expected} hexadecimal digits)")
        return bytes.fromhex(text)

    return PlainValidator(read)


def _algorithm(value: object) -> Algorithm:
    try:
        return Algorithm.named(str(value))
    except Malformed:
        raise ValueError(f"is no challenge algorithm (expected one of {', '.join(map(str, Algorithm))})") from None


ChallengeAlgorithm = Annotated[Algorithm, PlainValidator(_algorithm)]
"""The `algorithm` of a challenge, such as AKAv1-MD5."""

K = Annotated[bytes, _key(16, 32)]
OperatorKey = Annotated[bytes, _key(16)]
TuakOperatorKey = Annotated[bytes, _key(32)]


OPERATORS_KEYS = {"milenage": ("op", "opc"), "tuak": ("top", "topc")}
"""The operator's key of an algorithm set and the subscriber's key made from it: one of them is given."""


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
    """K, with the operator's key of one of the two algorithm sets."""

    algorithm: Literal["milenage", "tuak"] = "milenage"
    """The set of f1 to f5*: Milenage (TS 35.206) or TUAK (TS 35.231)."""
    k: K = Field(repr=False)
    """The subscriber's key K, 32 hexadecimal digits; for TUAK perhaps 64."""
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

    @model_validator(mode="after")
    def _keys_of_its_algorithm(self) -> Self:
        one, other = OPERATORS_KEYS[self.algorithm]
        if (getattr(self, one) is None) == (getattr(self, other) is None):
            raise ValueError(f"has to have either {one} or {other} (expected exactly one of them)")
        if self.algorithm == "milenage" and (self.topc or self.top or "tuak" in self.model_fields_set):
            raise ValueError("has what only TUAK knows (expected algorithm: tuak, or no top, topc and tuak)")
        if self.algorithm == "tuak" and (self.opc or self.op):
            raise ValueError("has what only Milenage knows (expected algorithm: milenage, or no op and opc)")
        if self.algorithm == "milenage" and len(self.k) != BLOCK:
            raise ValueError("has a k of 64 digits, which only TUAK takes (expected 32 hexadecimal digits)")
        return self

    @property
    def functions(self) -> Functions:
        """The functions f1 to f5* of this subscriber."""
        if self.opc is not None:
            return Milenage(self.k, self.opc)
        if self.op is not None:
            return Milenage.from_op(self.k, self.op)
        sizes, iterations = self.tuak.sizes, self.tuak.iterations
        if self.topc is not None:
            return Tuak(self.k, self.topc, sizes, iterations)
        return Tuak.from_top(self.k, self.top or b"", sizes, iterations)
