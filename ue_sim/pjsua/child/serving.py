"""What is done with each line that comes: phones are made, used and let go; how a request ended is said when it has.

Every order has a number, and is answered once under it: with the text of the final response, with `none` where none
came, or with what was wrong. What has no number is a NOTIFY, with the phone and the identity it is for.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from ue_sim.pjsua.child.errors import Refused
from ue_sim.pjsua.child.lines import Lines
from ue_sim.pjsua.child.phones import Phone
from ue_sim.pjsua.child.registrations import Registrations
from ue_sim.pjsua.child.stack import Stack
from ue_sim.pjsua.child.subscriptions import Subscriptions

IDLE = 0.01
"""Seconds for which a line is waited for while nothing is under way."""
BUSY = 0.005
"""Seconds for which the network is waited for while something is."""


class Desk:
    """Takes orders and gives answers."""

    def __init__(self, lines: Lines, registrations: Registrations, subscriptions: Subscriptions) -> None:
        self._lines = lines
        self._registrations = registrations
        self._subscriptions = subscriptions
        self._phones: dict[str, Phone] = {}
        self.under_way: set[int] = set()
        """Orders that have no answer yet."""
        self._verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "register": self._register,
            "request": self._request,
            "subscribe": self._subscribe,
            "forget": self._forget,
        }

    def take(self, order: dict[str, Any]) -> None:
        """Carry out one order."""
        self.under_way.add(order["id"])
        try:
            self._verbs[order["verb"]](order)
        except Refused as refusal:
            self._answer(order["id"], {"refused": str(refusal)})

    def close(self) -> None:
        """Let go of every phone."""
        for phone in self._phones.values():
            phone.close()
        self._phones.clear()

    def _register(self, order: dict[str, Any]) -> None:
        self._phone(order).register(order, partial(self._ended, order["id"]))

    def _request(self, order: dict[str, Any]) -> None:
        self._phone(order).request(order, partial(self._ended, order["id"]))

    def _subscribe(self, order: dict[str, Any]) -> None:
        told = {"ue": order["ue"], "impu": order["impu"]}
        notified = partial(self._notified, told)
        self._phone(order).subscribe(order, partial(self._ended, order["id"]), notified)

    def _notified(self, whom: dict[str, str], text: str) -> None:
        self._lines.write(whom | {"notify": text})

    def _forget(self, order: dict[str, Any]) -> None:
        phone = self._phones.pop(order["ue"], None)
        if phone is not None:
            phone.close()
        self._answer(order["id"], {})

    def _phone(self, order: dict[str, Any]) -> Phone:
        return self._phones.setdefault(order["ue"], Phone(self._registrations, self._subscriptions))

    def _ended(self, number: int, status: int, text: str | None) -> None:
        self._answer(number, {"none": status} if text is None else {"response": text})

    def _answer(self, number: int, said: dict[str, Any]) -> None:
        if number in self.under_way:
            self.under_way.remove(number)
            self._lines.write({"id": number} | said)


def serve(lines: Lines, functions: Any) -> None:
    """Open the stack as the first line says, then carry out the others, until there are no more."""
    told: list[dict[str, Any]] = []
    while lines.open and not told:
        told = lines.read(1.0)
    if not told:
        return
    try:
        stack = Stack(functions, told[0])
    except Refused as refusal:
        lines.write({"unfit": f"the SIP stack cannot be opened at {told[0]['host']}: {refusal}"})
        return
    lines.write({"ready": stack.port})
    desk = Desk(lines, Registrations(functions, told[0]["host"], stack.port), Subscriptions(functions))
    while lines.open:
        for order in lines.read(0.0 if desk.under_way else IDLE):
            desk.take(order)
        stack.turn(BUSY if desk.under_way else 0.0)
    desk.close()
    stack.close()
