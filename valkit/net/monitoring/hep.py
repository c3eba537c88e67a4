"""Sends every SIP message to HOMER as it passes: a tap that lets everything through.

By UDP alone, and never waiting: what the socket does not take at once is lost and counted. Secrets are masked as in
captures unless the settings say otherwise.
"""

import socket
from collections import OrderedDict
from collections.abc import Callable

from valkit.hep import Agent, Captured, encode
from valkit.net.monitoring.errors import UnusableMonitoring
from valkit.net.monitoring.settings import HepSettings
from valkit.redaction import masked
from valkit.sip.errors import ParseError
from valkit.sip.hop import Hop
from valkit.sip.message import Message, Request
from valkit.sip.session import session_of

OWN = 4_096
"""Addresses of its own that a program is known by, at most."""


SESSIONS = 10_000
"""Requests whose session is remembered for their responses, at most."""


class Exporter:
    """The tap. What elements of one program send each other is exported where it is sent, and not again."""

    def __init__(self, to: Hop, agent: Agent, now: Callable[[], float], *, mask: bool = True) -> None:
        self.lost = 0
        """Messages that were not exported: too large, or the socket was full."""
        self._agent, self._now, self._mask = agent, now, mask
        self._own: set[Hop] = set()
        self._sessions: OrderedDict[str, str] = OrderedDict()
        """By Call-ID: who answers need not say the session."""
        self._socket = socket.socket(socket.AF_INET6 if ":" in to.host else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._to = (to.host, to.port)

    def sending(self, message: Message, source: Hop, target: Hop) -> int:
        """Export it; one copy goes out."""
        if len(self._own) < OWN:
            self._own.add(source)
        self._export(message, source, target)
        return 1

    def received(self, message: Message, source: Hop, target: Hop) -> bool:
        """Export it unless it was when it was sent; it arrives."""
        if source not in self._own:
            self._export(message, source, target)
        return True

    def close(self) -> None:
        """Export nothing any more."""
        self._socket.close()

    def _session(self, message: Message) -> str:
        """Give what the message is of: a response is of what its request was."""
        try:
            if not isinstance(message, Request):
                return self._sessions.get(message.call_id) or session_of(message)
            session = self._sessions[message.call_id] = session_of(message)
        except ParseError:
            return ""
        if len(self._sessions) > SESSIONS:
            self._sessions.popitem(last=False)
        return session

    def _export(self, message: Message, source: Hop, target: Hop) -> None:
        wire = bytes(message)
        seen = Captured(self._now(), source, target, masked(wire) if self._mask else wire, self._session(message))
        datagram = encode(seen, self._agent)
        try:
            if datagram is not None:
                self._socket.sendto(datagram, self._to)
                return
        except OSError:  # full, or nobody there: the collector's trouble is none of the program's
            pass
        self.lost += 1


def exporter(settings: HepSettings, now: Callable[[], float]) -> Exporter:
    """Make the exporter of these settings; raises UnusableMonitoring if the password cannot be read."""
    password = ""
    if settings.password_file is not None:
        try:
            password = settings.password_file.read_text("utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise UnusableMonitoring(
                f"hep.password_file {settings.password_file} cannot be read ({error}): put the password there"
            ) from error
    return Exporter(settings.to, Agent(settings.id, password), now, mask=settings.mask)
