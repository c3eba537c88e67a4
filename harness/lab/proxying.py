"""The HTTP (VAL) proxy of a domain: in front of its servers, heard on the side of the servers.

What a phone says to the proxy is heard at the phone (`harness.lab.overhearing`), what the proxy says to a server here.
"""

from collections.abc import Callable
from typing import Any

import seal.proxy.app
from harness.lab.programs import BuiltIn, Surroundings
from harness.seen import disclosure
from harness.seen.cast import PROXY
from seal.proxy.headers import Pairs
from seal.proxy.settings import ProxySettings
from seal.proxy.tapping import Said
from valkit.net.service import Running
from valkit.trace import Http, Note


class BuiltInProxy(BuiltIn[Running]):
    """The proxy in this process."""

    def __init__(self, around: Surroundings, brief: dict[str, Any]) -> None:
        super().__init__(self._begin)
        self._around = around
        self.brief = brief

    @property
    def url(self) -> str:
        """Where phones find it, the same after each start."""
        return f"https://{self.brief['host']}:{self.brief['port']}"

    async def _begin(self) -> Running:
        around = self._around
        settings = ProxySettings.model_validate(self.brief)
        running = await seal.proxy.app.start(
            around.reactor, around.clock, settings, around.ids, observe=self._noted, tap=self._heard
        )
        self.brief = self.brief | {"port": int(str(running.addresses["proxy"]).rpartition(":")[2])}
        return running

    def _noted(self, note: Note) -> None:
        """Write down what was refused: what was passed on is heard as such, if that is kept."""
        if note.what != "request passed on" or not self._around.wire.keeps:
            self._around.observe(note)

    def _heard(self, said: Said) -> None:
        wire, onward = self._around.wire, said.onward
        ends = (self._around.named(PROXY), wire.cast.name(said.ends[1]))
        headers, path = _header(said.headers), onward.target.plain_path
        document = disclosure.document_in(headers, said.body)
        method = onward.method.decode()
        if said.status is None:
            told = onward.url.decode(), headers, said.body
            shown = disclosure.of_request(*told), disclosure.tokens_of_request(*told)
            wire.trace.http(Http(wire.now(), *ends, said.ends, method, path, None, *shown, document=document))
        else:
            shown = disclosure.of_answer(headers, said.body), disclosure.tokens_of_answer(headers, said.body)
            back, status = (said.ends[1], said.ends[0]), said.status
            wire.trace.http(Http(wire.now(), *ends[::-1], back, method, path, status, *shown, document=document))


def _header(headers: Pairs) -> Callable[[str], str]:
    return lambda name: next(
        (value.decode("latin-1") for found, value in headers if found == name.lower().encode()), ""
    )
