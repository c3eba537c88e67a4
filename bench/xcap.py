"""What XCAP costs: reads and changes of documents per second and core, and a whole GET over HTTPS with its token.

python -m bench.xcap
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from twisted.internet import task
from twisted.internet.defer import Deferred, gatherResults
from twisted.web.client import HTTPConnectionPool

from seal.cms.usages import PROFILE
from seal.xcap.handling import Request, decide, read
from tests.harness.commands.documented import config, put
from tests.seal.management.parts import ISSUER, KEY, SCOPES
from valkit.documents import GroupMembership, UserProfile, profile_selector
from valkit.documents.profile import MEDIA_TYPE
from valkit.net.https import HttpsClient, agent
from valkit.net.tls import Tls
from valkit.tokens import Grant, mint
from valkit.xcap import ATTRIBUTE, read_uri

TIMES = 2_000
ASKED = 3_000
AT_ONCE = 16
WHERE = profile_selector("ptt", "alice")
TEXT = bytes(UserProfile(1, "day", groups=tuple(GroupMembership(f"sip:g{n}@home.example") for n in range(20))))
NODE = f"/{WHERE}/~~/seal-user-profile/@user-profile-index"


def per_second(work: Callable[[], object]) -> float:
    """Say how often it is done in a second of this processor."""
    began = process_time()
    for _ in range(TIMES):
        work()
    return TIMES / (process_time() - began)


def alone() -> None:
    """Without a server."""
    whole, part = read_uri(f"/{WHERE}", ""), read_uri(NODE, "")
    print(f"a document of {len(TEXT)} octets, without HTTP, per second of one core")
    for what, work in (
        ("read whole", lambda: read(Request("GET", whole), PROFILE, TEXT)),
        ("read an attribute", lambda: read(Request("GET", part), PROFILE, TEXT)),
        ("put whole", lambda: decide(Request("PUT", whole, MEDIA_TYPE, TEXT), PROFILE, TEXT)),
        ("put an attribute", lambda: decide(Request("PUT", part, ATTRIBUTE, b'"2"'), PROFILE, TEXT)),
    ):
        print(f"  {what:18} {per_second(work):10,.0f}")


def served() -> None:
    """Ask a server in a process of its own, over HTTPS, with a token each time."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        command = [sys.executable, "-m", "seal.cms", "--config", str(config(folder, "cms", log="errors"))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            urls = dict(part.split("=", 1) for part in process.stdout.readline().split()[3:])
            put(folder / "cms.token", urls["admin"], WHERE, TEXT, MEDIA_TYPE)
            try:
                task.react(lambda reactor: Deferred.fromCoroutine(_asked(reactor, folder, urls["cms"], process.pid)))
            finally:
                process.terminate()


async def _asked(reactor: Any, folder: Path, url: str, pid: int) -> None:
    token = mint(KEY, Grant(ISSUER, "seal", "alice", ("ptt",), "j", 1.7e9, 1e9, scope=SCOPES))
    pool = HTTPConnectionPool(reactor)
    pool.maxPersistentPerHost = AT_ONCE
    tls = Tls((folder / "ca" / "authority.pem").read_bytes())
    https = HttpsClient(reactor, tls, through=agent(reactor, tls, pool=pool))
    headers = {"Authorization": f"Bearer {token}"}
    etag = (await https.get(f"{url}/xcap/{WHERE}", headers)).header("ETag") or ""
    print("a server over HTTPS, an access token verified each time, per second of one core of the server's")
    for what, more in (("GET, 200", {}), ("GET, 304", {"If-None-Match": etag})):

        async def asking(more: dict[str, str] = more) -> None:
            for _ in range(ASKED // AT_ONCE):
                await https.get(f"{url}/xcap/{WHERE}", {**headers, **more})

        before, began = _cpu(pid), perf_counter()
        await gatherResults([Deferred.fromCoroutine(asking()) for _ in range(AT_ONCE)])
        used = _cpu(pid) - before
        print(f"  {what:18} {ASKED / used:10,.0f}   ({ASKED / (perf_counter() - began):,.0f} in a second of the clock)")
    closing: Any = pool.closeCachedConnections()
    await closing


def _cpu(pid: int) -> float:
    """Give the seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    alone()
    served()
