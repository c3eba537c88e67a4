"""What the VAL server costs end to end: third-party REGISTERs over UDP, driven from a second process.

python -m bench.valserver [--requests N] [--bindings N]

The server runs alone on one core, this driver on another. Every REGISTER names its own IMPU and carries its own token
in the UE's REGISTER as message/sip, 3 kB in all; SQLite store on. Counted is the server process's CPU time, all its
threads, so that `per core` is 1 / CPU. Beside it, in the same run, stands the plain server: the same endpoint and
body reader, PyJWT's jwt.decode for every request, a dict, and nothing else.
"""

import argparse
import gc
import os
import platform
import re
import socket
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import clock_gettime, perf_counter, time
from typing import Any, NamedTuple, Self

import jwt
from twisted.internet import task
from twisted.internet.defer import Deferred

from valkit.carriers import find_tokens, val_info
from valkit.ids import SystemIds
from valkit.net.sip import SipEndpoint
from valkit.sip import Hop, Request, Response
from valkit.tokens import Grant, KeySet, SigningKey, jwks, mint

ISSUER, AUDIENCE = "https://idms.home.example", "val-server"
WINDOW = 32
"""Requests under way at once: an S-CSCF under load, and what a socket's buffer holds."""
STRETCH = 500
"""Requests in one measurement."""
ROUNDS = 3
MARK = b"@@@@@@@@"
"""Stands where each transmission has its own number: branch and Call-ID."""


class Cost(NamedTuple):
    """What a run of so many requests took."""

    requests: int
    cpu: float
    wall: float

    @property
    def micros(self) -> float:
        """CPU microseconds of the server for one request."""
        return self.cpu / self.requests * 1e6


class Server:
    """A server in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        pin(0, self._process.pid)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if where := re.search(r"udp:\S+?:(\d+)", line):
                self.port = int(where[1])
                return
        raise SystemExit(f"{command} did not start")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, in all its threads."""
        return clock_gettime(
            ~self._process.pid << 3 | 2
        )  # CPUCLOCK_SCHED of a process, as clock_getcpuclockid makes it

    def memory(self) -> int:
        """Bytes that are resident."""
        pages = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


CORES = sorted(os.sched_getaffinity(0))


def pin(core: int, process: int = 0) -> None:
    """Keep a process, and the threads it starts from now on, on one core."""
    os.sched_setaffinity(process, {CORES[core % len(CORES)]})


class Driver:
    """Sends requests so that a number of them is always under way, and counts the answers."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.connect(("127.0.0.1", port))
        self._socket.settimeout(2.0)
        self._number = 0

    @property
    def port(self) -> int:
        """Where answers come to."""
        return int(self._socket.getsockname()[1])

    def drive(self, messages: Sequence[bytes]) -> float:
        """Send each once and wait for all answers. Gives the seconds it took."""
        waiting: dict[bytes, bytes] = {}
        source = self._numbered(messages)
        begin = perf_counter()
        for number, message in source:
            waiting[number] = message
            self._socket.send(message)
            if len(waiting) >= WINDOW:
                self._take(waiting)
        while waiting:
            self._take(waiting)
        return perf_counter() - begin

    def _numbered(self, messages: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        for message in messages:
            self._number += 1
            number = b"%08d" % self._number
            yield number, message.replace(MARK, number)

    def _take(self, waiting: dict[bytes, bytes]) -> None:
        """Take one answer; what is lost is sent again, as a client does."""
        try:
            answer = self._socket.recv(65_536)
        except TimeoutError:
            for message in waiting.values():
                self._socket.send(message)
            return
        if not answer.startswith(b"SIP/2.0 200 "):
            raise SystemExit(answer.decode())
        at = answer.index(b"z9hG4bK-") + 8
        waiting.pop(answer[at : at + 8], None)


def messages(key: SigningKey, count: int, port: int) -> list[bytes]:
    """Build third-party REGISTERs, each for its own IMPU with its own token."""
    return [third_party(token(key, user), user, port) for user in range(count)]


def token(key: SigningKey, user: int) -> str:
    """Mint an access token of the usual size."""
    services = ("dispatch", "video", "data")
    extra = {"realm_access": {"roles": ["operator", "supervisor"]}, "session": "0123456789abcdef" * 12}
    return mint(key, Grant(ISSUER, AUDIENCE, f"user{user:06}", services, f"{user:032x}", time(), 86_400.0, extra=extra))


def third_party(access_token: str, user: int, port: int) -> bytes:
    """Build a REGISTER as an S-CSCF sends it (TS 24.229 5.4.1.7), the UE's own inside."""
    headers = [
        ("Via", f"SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-{MARK.decode()};rport"),
        ("Max-Forwards", "70"),
        ("From", "<sip:scscf.home.example:6060>;tag=9b1c3e7d"),
        ("To", f"<sip:user{user:06}@home.example>"),
        ("Call-ID", f"scscf-{MARK.decode()}"),
        ("CSeq", "1 REGISTER"),
        ("Contact", "<sip:scscf.home.example:6060>"),
        ("Expires", "600000"),
        ("P-Access-Network-Info", "3GPP-NR-TDD;utran-cell-id-3gpp=0010100010000001"),
        ("P-Charging-Vector", "icid-value=1234bc9876e;orig-ioi=home.example"),
    ]
    enclosed = bytes(from_ue(access_token, user))
    return bytes(Request.create("REGISTER", "sip:valserver.home.example", headers, enclosed, "message/sip"))


def from_ue(access_token: str, user: int) -> Request:
    """Build the UE's REGISTER as the S-CSCF received it."""
    impu = f"sip:user{user:06}@home.example"
    digest = (
        f'Digest username="user{user:06}@home.example",realm="home.example",nonce="{"A" * 44}",'
        f'uri="sip:home.example",response="{"0" * 32}",algorithm=AKAv1-MD5,qop=auth,nc=00000001,'
        'cnonce="0a4f113b",integrity-protected="yes"'
    )
    headers = [
        ("Via", "SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKpcscf8f7a6b5c4d;rport=5060"),
        ("Via", "SIP/2.0/UDP 192.0.2.100:5060;branch=z9hG4bKue0a1b2c3d4e5f;received=192.0.2.100"),
        ("Max-Forwards", "68"),
        ("From", f"<{impu}>;tag=4fa3c9d2"),
        ("To", f"<{impu}>"),
        ("Call-ID", f"{user:032x}"),
        ("CSeq", "2 REGISTER"),
        ("Contact", f'<sip:user{user:06}@192.0.2.100:5060>;+sip.instance="<urn:uuid:{user:012}>";expires=600000'),
        ("Path", "<sip:term@pcscf.home.example;lr>"),
        ("P-Visited-Network-ID", '"home.example"'),
        ("P-Charging-Vector", "icid-value=1234bc9876e;icid-generated-at=192.0.2.21;orig-ioi=home.example"),
        ("Authorization", digest),
        ("Supported", "path"),
        ("Expires", "600000"),
    ]
    content_type, body = val_info(access_token, f"urn:uuid:00000000-0000-4000-8000-{user:012}")
    return Request.create("REGISTER", "sip:home.example", headers, body, content_type)


def yardstick() -> float:
    """Measure what one RS256 signature costs to verify here and now, in microseconds: 20.5 on a quiet machine."""
    key = SigningKey.generate("RS256")
    (public,) = KeySet.from_jwks(jwks(key)).keys
    verify, prepared = public.prepared("RS256")
    signature = key.sign(b"text")
    return min(timeit.repeat(lambda: verify(b"text", prepared, signature), number=20, repeat=500)) / 20 * 1e6


def measured(server: Server, driver: Driver, sent: Sequence[bytes], rounds: int = 1) -> Cost:
    """Drive them all, and give the cost of the best stretch: the machine is shared, and what others do only adds."""
    costs: list[Cost] = []
    for start in list(range(0, len(sent), STRETCH)) * rounds:
        stretch = sent[start : start + STRETCH]
        before = server.cpu()
        wall = driver.drive(stretch)
        costs.append(Cost(len(stretch), server.cpu() - before, wall))
    return min(costs, key=lambda cost: cost.micros)


def configuration(folder: Path, key: SigningKey) -> Path:
    """Write what `python -m valserver` needs."""
    (folder / "keys.json").write_text(jwks(key), encoding="utf-8")
    path = folder / "valserver.yaml"
    path.write_text(
        f"tokens: {{issuer: {ISSUER}, keys: {folder}/keys.json}}\n"
        "listen: ['udp:127.0.0.1:0']\n"
        f"bindings: {{path: {folder}/bindings.sqlite}}\n"
        "admin: {port: 0}\n"
        "log: errors\n",
        encoding="utf-8",
    )
    return path


def compare(algorithm: str, requests: int) -> None:
    """Measure both servers with tokens of one algorithm and print their rows."""
    key = SigningKey.generate(algorithm)
    with tempfile.TemporaryDirectory() as name:
        config = configuration(Path(name), key)
        with Server("bench.valserver", "--plain", str(config.parent / "keys.json")) as server:
            driver = Driver(server.port)
            built = messages(key, requests, driver.port)
            plain = measured(server, driver, built)
        with Server("valserver", "--config", str(config)) as server:
            driver = Driver(server.port)
            sent = messages(key, requests, driver.port)
            first = measured(server, driver, sent)
            again = measured(server, driver, sent, ROUNDS)
    print(f"\n{algorithm}, {len(built[0])} bytes a REGISTER, {requests} of them, {WINDOW} under way, best {STRETCH}")
    show("plain jwt.decode server", plain, plain)
    show("val server, first sight", first, plain)
    show("val server, seen before", again, plain)


def show(name: str, cost: Cost, plain: Cost) -> None:
    """Print one row."""
    rate, ratio = 1e6 / cost.micros, plain.micros / cost.micros
    print(
        f"  {name:26}{cost.micros:8.1f} us CPU {rate:10,.0f}/s per core{ratio:7.2f} x plain"
        f"{cost.requests / cost.wall:12,.0f}/s by the clock"
    )


def weigh(bindings: int) -> None:
    """Measure what a binding weighs in memory, the journal's share included."""
    key = SigningKey.generate("ES256")
    with tempfile.TemporaryDirectory() as name:
        with Server("valserver", "--config", str(configuration(Path(name), key))) as server:
            driver = Driver(server.port)
            driver.drive(messages(key, 100, driver.port))
            before = server.memory()
            for start in range(100, bindings + 100, 1_000):
                users = range(start, start + 1_000)
                driver.drive([third_party(token(key, user), user, driver.port) for user in users])
            weight = (server.memory() - before) / bindings
        size = (Path(name) / "bindings.sqlite").stat().st_size
    print(f"\nmemory for {bindings:,} bindings: {weight:,.0f} bytes each; file {size / bindings:,.0f} bytes each")


def plain_server(keys: Path) -> None:
    """Run the server to compare with: the same machinery, jwt.decode, a dict."""
    key = jwt.PyJWKSet.from_json(keys.read_text(encoding="utf-8")).keys[0]
    bound: dict[str, object] = {}

    def handle(request: Request, _source: Hop) -> Response:
        carried = find_tokens(request)
        assert carried is not None
        claims = jwt.decode(carried.token, key, algorithms=["RS256", "ES256"], audience=AUDIENCE, issuer=ISSUER)
        bound[request.to.uri] = claims["val_user_id"], tuple(claims["val_service_ids"])
        return request.answer(200, headers=[("Expires", str(request.expires))])

    async def serve(reactor: Any) -> None:
        endpoint = SipEndpoint(reactor, reactor, SystemIds(), handle)
        (hop,) = await endpoint.listen([Hop("udp", "127.0.0.1", 0)])
        print(f"sip {hop}", flush=True)
        gc.freeze()
        await Deferred()

    task.react(lambda reactor: Deferred.fromCoroutine(serve(reactor)))


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--bindings", type=int, default=100_000)
    parser.add_argument("--plain", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plain is not None:
        plain_server(options.plain)
    pin(1)
    print(f"{platform.python_implementation()} {platform.python_version()}, server on a core of its own")
    print(f"an RS256 signature alone: {yardstick():.1f} us (20.5 where the design's figures were taken)")
    for algorithm in ("RS256", "ES256"):
        compare(algorithm, options.requests)
    if options.bindings:
        weigh(options.bindings)


if __name__ == "__main__":
    main()
