"""What can be seen of a VAL server: its bindings and events, as values that are the same wherever it runs."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from attrs import define, frozen
from treq.client import HTTPClient
from twisted.internet.defer import Deferred
from twisted.web.client import Agent

Tell = Callable[[str, dict[str, str]], None]
"""Hears of an event: what it was, and what it says."""


@frozen
class BindingSeen:
    """A binding as a scenario speaks of it."""

    impu: str
    val_user_id: str
    val_service_ids: tuple[str, ...]
    via: tuple[str, ...]
    jtis: tuple[str, ...]
    service: str = ""
    """The VAL service as the server's settings name it, where it has several."""

    def __str__(self) -> str:
        services = ", ".join(self.val_service_ids)
        of = f" of {self.service}" if self.service else ""
        return f"{self.impu} bound to {self.val_user_id} in {services}{of} by {' and '.join(self.via)}"


class AdminSite:
    """The admin site of a VAL server in a process of its own."""

    def __init__(self, reactor: Any, url: str) -> None:
        self._url = url
        self._client = HTTPClient(Agent(reactor))
        self._following: Deferred[None] | None = None

    async def bindings(self) -> tuple[BindingSeen, ...]:
        """Ask who is bound."""
        response = await self._client.get(f"{self._url}/bindings")
        answer = await response.json()
        return tuple(seen(**binding) for binding in answer["bindings"])

    async def follow(self, tell: Tell) -> None:
        """Tell of each event from now on, with its name and what it says, until `close`."""
        response = await self._client.get(f"{self._url}/events", unbuffered=True)
        self._following = response.collect(EventReader(tell))
        self._following.addErrback(lambda _: None)  # the server goes when it is stopped or killed: nothing is lost

    def close(self) -> None:
        """Listen no longer."""
        if self._following is not None:
            self._following.cancel()


def seen(
    *,
    impu: str,
    val_user_id: str,
    val_service_ids: Iterable[str],
    via: Iterable[str],
    jtis: Iterable[str],
    service: str = "",
    **_more: object,
) -> BindingSeen:
    """Take from a binding what a scenario speaks of."""
    return BindingSeen(impu, val_user_id, tuple(val_service_ids), tuple(via), tuple(jtis), service)


@define
class EventReader:
    """Reads a stream of server-sent events (WHATWG HTML 9.2), however it is cut."""

    _tell: Tell
    _rest: bytes = b""

    def __call__(self, data: bytes) -> None:
        """Take in what came."""
        *whole, self._rest = (self._rest + data).split(b"\n\n")
        for block in whole:
            lines = dict(line.split(": ", 1) for line in block.decode().splitlines() if ": " in line)
            if "event" in lines:
                self._tell(lines["event"], told(json.loads(lines.get("data", "{}"))))


def told(data: dict[str, Any]) -> dict[str, str]:
    """Give what an event says beside its time and its name as texts, the way that a note has it."""
    said = {name: value for name, value in data.items() if name not in {"at", "what"}}
    return {name: " ".join(value) if isinstance(value, list) else str(value) for name, value in said.items()}
