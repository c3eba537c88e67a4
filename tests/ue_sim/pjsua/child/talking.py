"""The child program as it is, talked to over its pipes, with a socket in place of the network."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ue_sim.pjsua.presence import require_pjsua2
from valkit.sip.message import Request, Response, parse

COMMAND = (sys.executable, "-m", "ue_sim.pjsua.child")
PATIENCE = 20.0
TIMERS = (0.5, 4.0, 5.0, 32.0)


class Child:
    """A running child, and the P-CSCF that its phones are told to use."""

    def __init__(self, process: subprocess.Popen[bytes], pcscf: socket.socket, connections: socket.socket) -> None:
        self._process = process
        self._pcscf = pcscf
        self._connections = connections
        """Where TCP is taken."""
        self._numbers = 0
        self._from: Any = None

    def tells(self, **said: Any) -> None:
        """Tell it something."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(said).encode() + b"\n")
        self._process.stdin.flush()

    def says(self) -> dict[str, Any]:
        """Give the next thing it says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "it is gone"
        said: dict[str, Any] = json.loads(line)
        return said

    def orders(self, ue: str = "a", **more: Any) -> int:
        """Order a REGISTER, changed as told; gives its number."""
        self._numbers += 1
        self.tells(**{"id": self._numbers, "ue": ue} | REGISTER | {"routes": [self.route]} | more)
        return self._numbers

    @property
    def route(self) -> str:
        """Where its requests go."""
        return f"<sip:127.0.0.1:{self._pcscf.getsockname()[1]};lr>"

    @property
    def connected_route(self) -> str:
        """Where its requests go over TCP."""
        return f"<sip:127.0.0.1:{self._connections.getsockname()[1]};transport=tcp;lr>"

    def sends(self, transport: str = "udp") -> Request:
        """Give the next request that it sends, whole in one piece where that is over TCP."""
        if transport == "udp":
            data, self._from = self._pcscf.recvfrom(65_536)
        else:
            connection, _ = self._connections.accept()
            with connection:
                data = connection.recv(65_536)
        request = parse(data)
        assert isinstance(request, Request)
        return request

    def answers(self, response: Response) -> None:
        """Answer the last request."""
        self._pcscf.sendto(bytes(response), self._from)

    def is_sent(self, request: Request) -> None:
        """Send it a request of the network, from where its own requests go."""
        self._pcscf.sendto(bytes(request), self._from)

    def receives(self) -> Request | Response:
        """Give the next message that it sends, whatever it is."""
        return parse(self._pcscf.recvfrom(65_536)[0])

    @property
    def holds(self) -> tuple[int, int]:
        """Give its resident memory in KiB, and how many files it has open."""
        of = Path(f"/proc/{self._process.pid}")
        (resident,) = [line.split()[1] for line in (of / "status").read_text().splitlines() if line.startswith("VmRSS")]
        return int(resident), len(list((of / "fd").iterdir()))

    def ends(self) -> int:
        """End its standard input; gives the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait(PATIENCE)


REGISTER: dict[str, Any] = {
    "verb": "register",
    "method": "REGISTER",
    "uri": "sip:home.example",
    "impu": "sip:alice@home.example",
    "headers": [["Supported", "path"]],
    "type": "",
    "body": "",
    "parts": [],
    "contact": "<sip:alice@127.0.0.1:5060>",
    "expires": 600,
    "everywhere": False,
}

PUBLISH: dict[str, Any] = {
    "verb": "request",
    "method": "PUBLISH",
    "uri": "sip:val@home.example",
    "headers": [["Event", "poc-settings"]],
}


@contextmanager
def child(timers: tuple[float, ...] = TIMERS, **told: Any) -> Iterator[Child]:
    """Start a child that listens on loopback; it is gone afterwards."""
    require_pjsua2()
    opening = {"host": "127.0.0.1", "port": 0, "transports": ["udp"], "timers": timers, "authorities": ""}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as pcscf,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connections,
        subprocess.Popen(COMMAND, **pipes) as process,  # type: ignore[call-overload]  # pipes by name
    ):
        pcscf.bind(("127.0.0.1", 0))
        connections.bind(("127.0.0.1", 0))
        connections.listen()
        for each in (pcscf, connections):
            each.settimeout(PATIENCE)
        running = Child(process, pcscf, connections)
        running.tells(**opening | told)
        try:
            yield running
        finally:
            process.kill()
