"""What is known of a subscriber's keys, and what else may have been meant by them (TS 35.206, TS 35.231). Pure.

Most authentications fail because one side holds the right octets in the wrong place: OP where OPc belongs, or the
reverse. So a card gives its keys in every such reading, and whoever explains a failure tries which one fits.
"""

from collections.abc import Iterator
from typing import NamedTuple

from attrs import field, frozen

from valkit.aka.functions import Functions
from valkit.aka.milenage import Milenage, opc_from_op
from valkit.aka.password import Password
from valkit.aka.sequence import Layout, Window
from valkit.aka.settings import SubscriberKeys
from valkit.aka.tuak import Tuak, topc_from_top


class Reading(NamedTuple):
    """The functions that come of the keys, if they are read in one way."""

    name: str
    """`given`: as they were told; otherwise `op-as-opc` and so on."""
    functions: Functions


@frozen
class Card:
    """A subscriber's keys as they are told on one side."""

    told: SubscriberKeys = field(repr=False)
    place: str = "the keys given"
    """Where they stand."""
    sqn: int | None = None
    """The highest SQN that the card has taken, if that is known."""
    amf: bytes | None = None
    """The AMF that is expected, if one is."""
    impi: str = ""
    """Whose they are, where that is known."""
    other: "Card | None" = field(default=None, repr=False)
    """What the other side has for the same IMPI, where settings of both are given."""

    @property
    def functions(self) -> Functions | None:
        """The functions f1 to f5* as told; None where there is a password in place of a key."""
        functions = self.told.functions
        return None if isinstance(functions, Password) else functions

    @property
    def password(self) -> bytes | None:
        """The password, where there is one."""
        functions = self.told.functions
        return functions.octets if isinstance(functions, Password) else None

    @property
    def layout(self) -> Layout:
        """How SEQ and IND make a sequence number."""
        return self.told.layout

    @property
    def delta(self) -> int:
        """How far SEQ may jump ahead."""
        return self.told.delta

    @property
    def window(self) -> Window | None:
        """What the card would take, if it is known how far it has come."""
        return None if self.sqn is None else Window.at(self.sqn, self.layout, delta=self.delta)

    def readings(self) -> Iterator[Reading]:
        """Give the functions of the keys as told, then as they may have been meant."""
        if self.functions is not None:
            yield Reading("given", self.functions)
            yield from self._milenage() if self.told.algorithm == "milenage" else self._tuak()

    def _milenage(self) -> Iterator[Reading]:
        k, op, opc = self.told.k or b"", self.told.op, self.told.opc
        if op is not None:
            yield Reading("op-as-opc", Milenage(k, op))
            yield Reading("keys-swapped", Milenage.from_op(op, k))
        if opc is not None:
            yield Reading("opc-as-op", Milenage(k, opc_from_op(k, opc)))
            yield Reading("keys-swapped", Milenage(opc, k))

    def _tuak(self) -> Iterator[Reading]:
        k, sizes, iterations = self.told.k or b"", self.told.tuak.sizes, self.told.tuak.iterations
        if self.told.top is not None:
            yield Reading("op-as-opc", Tuak(k, self.told.top, sizes, iterations))
        if self.told.topc is not None:
            yield Reading("opc-as-op", Tuak(k, topc_from_top(k, self.told.topc, iterations), sizes, iterations))

    def differing(self, other: "Card") -> str:
        """Name what of the keys is not the same as at another; never the keys themselves."""
        if self.told.algorithm != other.told.algorithm:
            return "algorithm"
        one, two = self.operator_key, other.operator_key
        kinds = one if one == two else f"{one} and {two}"
        k = ["K"] if self.told.k != other.told.k else []
        operator = [kinds] if one != two or _operator_octets(self.told) != _operator_octets(other.told) else []
        return " and not the same ".join([*k, *operator])

    @property
    def operator_key(self) -> str:
        """The name of the operator's key as it was told: OP, OPc, TOP or TOPc."""
        names = {"op": "OP", "opc": "OPc", "top": "TOP", "topc": "TOPc"}
        return next((shown for name, shown in names.items() if getattr(self.told, name) is not None), "")


def _operator_octets(told: SubscriberKeys) -> bytes | None:
    return told.op or told.opc or told.top or told.topc
