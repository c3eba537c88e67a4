"""PJSIP's endpoint in this process: its sockets, its timers, its thread. A second one would abort the process.

There are no threads: whoever owns this calls `turn` again and again, and every callback happens in there.
"""

from typing import Any

import pjsua2

from ue_sim.pjsua.child.errors import Refused

ATTEMPTS = 5
"""How often a port is looked for that UDP and TCP can share."""

AT_ONCE = 64
"""How many events are taken in one turn."""

MS = 1000

KINDS = {
    "udp": (pjsua2.PJSIP_TRANSPORT_UDP, pjsua2.PJSIP_TRANSPORT_UDP6),
    "tcp": (pjsua2.PJSIP_TRANSPORT_TCP, pjsua2.PJSIP_TRANSPORT_TCP6),
    "tls": (pjsua2.PJSIP_TRANSPORT_TLS, pjsua2.PJSIP_TRANSPORT_TLS6),
}


class Stack:
    """The endpoint."""

    def __init__(self, functions: Any, told: dict[str, Any]) -> None:
        """Open it where it is told to, with the timers it is told. Raises Refused."""
        self._told = told
        self._endpoint = pjsua2.Endpoint()
        try:
            self._endpoint.libCreate()
            self._endpoint.libInit(_settings())
            functions.pjsip_tsx_set_timers(*(round(seconds * MS) for seconds in told["timers"]))
            self.port = self._open()
            self._endpoint.libStart()
            self._endpoint.audDevManager().setNullDev()
        except pjsua2.Error as error:
            raise Refused(error.status, error.reason) from error

    def turn(self, seconds: float) -> None:
        """Do what is due; wait so long for the first thing to do."""
        if self._endpoint.libHandleEvents(round(seconds * MS)) <= 0:
            return
        for _ in range(AT_ONCE):
            if self._endpoint.libHandleEvents(0) <= 0:
                return

    def close(self) -> None:
        """Let go of the sockets; says nothing to the network."""
        self._endpoint.libDestroy(pjsua2.PJSUA_DESTROY_NO_NETWORK)

    def _open(self) -> int:
        """Open every socket at one port, and give it."""
        first, *others = self._told["transports"]
        wanted = self._told["port"]
        for attempt in range(ATTEMPTS):
            number, port = self._listen(first, wanted)
            try:
                for other in others:
                    self._listen(other, port)
            except pjsua2.Error:
                if wanted or attempt == ATTEMPTS - 1:
                    raise
                self._endpoint.transportClose(number)
            else:
                break
        return port

    def _listen(self, transport: str, port: int) -> tuple[int, int]:
        """Open one socket; gives PJSIP's number for it, and its port."""
        settings = pjsua2.TransportConfig()
        settings.port, settings.boundAddress = port, self._told["host"]
        if transport == "tls":
            settings.tlsConfig.CaListFile, settings.tlsConfig.verifyServer = self._told["authorities"], True
        number = self._endpoint.transportCreate(KINDS[transport][":" in self._told["host"]], settings)
        address = self._endpoint.transportGetInfo(number).localAddress
        return number, int(address.rpartition(":")[2])


def _settings() -> Any:
    """Quiet, without threads, and nothing of a telephone: there are no calls."""
    made = pjsua2.EpConfig()
    made.logConfig.level = made.logConfig.consoleLevel = 0
    made.uaConfig.threadCnt, made.uaConfig.mainThreadOnly = 0, True
    made.uaConfig.userAgent = ""
    made.uaConfig.maxCalls = 1
    return made
