"""What a key management server gives per second, beside the arithmetic alone; and how long others wait meanwhile.

A user is given two key sets: those of this key period and of the next. CPU time is that of the whole process, client
and TLS included where there are any; a core-second of it is what a core gives if it does nothing else.

python -m bench.kms
"""

from collections.abc import Callable, Coroutine
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, time
from typing import Any

from twisted.internet import task
from twisted.internet.defer import Deferred, gatherResults
from twisted.web.client import HTTPConnectionPool

from seal.kms.app import KmsRunning, start
from seal.kms.authority import Authority, MasterSecrets
from seal.kms.settings import SCOPE, KmsSettings
from valkit.idbased.numbers import number
from valkit.idbased.uid import KeyPeriods
from valkit.ids import SystemIds
from valkit.keymanagement.resources import Init, KeyProv
from valkit.net.ca import authority_in
from valkit.net.https import HttpsClient, agent
from valkit.tokens import Grant, SigningKey, jwks, mint

USERS = 200
AT_ONCE = 10
ISSUER = "https://idms.home.example"

Work = Callable[[int], Coroutine[Any, Any, None]]


async def rate(work: Work) -> str:
    """Do it for every user, so many at once; gives how many a second, by the clock and by CPU time."""
    began, cpu = perf_counter(), process_time()
    for first in range(0, USERS, AT_ONCE):
        batch: list[Any] = [Deferred.fromCoroutine(work(user)) for user in range(first, first + AT_ONCE)]
        await gatherResults(batch, consumeErrors=True)
    return f"{USERS / (perf_counter() - began):8.0f}/s {USERS / (process_time() - cpu):8.0f}/core-s"


async def waits(work: Work) -> str:
    """Time it, one after the other; gives median and p99 in milliseconds."""
    times = []
    for user in range(USERS):
        began = perf_counter()
        await work(user)
        times.append((perf_counter() - began) * 1000)
    cuts = quantiles(times, n=100)
    return f"median {cuts[49]:6.2f} ms, p99 {cuts[98]:6.2f} ms"


async def measure(reactor: Any, folder: Path) -> None:
    """Measure and print everything."""
    key = SigningKey.generate("ES256")
    (folder / "jwks.json").write_text(jwks(key))
    given = {
        "listen": {"port": 0},
        "tls": {"authority": str(folder / "ca")},
        "access": {"tokens": {"issuer": ISSUER, "keys": str(folder / "jwks.json")}},
        "vault": {"folder": str(folder / "vault"), "key_file": str(folder / "vault.key")},
        "waiting": 10_000,
    }
    running = await start(reactor, reactor, KmsSettings.model_validate(given), SystemIds())
    pool = HTTPConnectionPool(reactor)
    pool.maxPersistentPerHost = AT_ONCE
    tls = authority_in(folder / "ca").trusting()
    https = HttpsClient(reactor, tls, through=agent(reactor, tls, pool=pool))
    tokens = [
        mint(key, Grant(ISSUER, "val-server", f"user{user}", ("dispatch",), f"j{user}", time(), 3600.0, scope=SCOPE))
        for user in range(USERS)
    ]
    url = str(running.addresses["kms"])

    async def asked(path: str, user: int) -> None:
        answer = await https.request("POST", url + path, b"", {"Authorization": f"Bearer {tokens[user]}"})
        assert answer.status == 200

    async def keys(user: int) -> None:
        await asked(KeyProv().path, user)

    async def init(user: int) -> None:
        await asked(Init().path, user)

    authority = Authority.of(MasterSecrets.generate(SystemIds(), time()), "kms.home.example", KeyPeriods(), 1e9)

    async def arithmetic(user: int) -> None:
        for period in (1545, 1546):
            authority.key_set(f"user{user}", period)

    print(f"{USERS} users, {AT_ONCE} at once, two key sets each, with numbers of type {type(number(0)).__name__}")
    print(f"{'the arithmetic alone':44}{await rate(arithmetic)}")
    print(f"{'certificate over HTTPS':44}{await rate(init)}")
    print(f"{'keys over HTTPS, made':44}{await rate(keys)}")
    print(f"{'keys over HTTPS, remembered':44}{await rate(keys)}")
    print(f"{'certificate, one at a time':44}{await waits(init)}")
    print(f"{'... while keys are made all the time':44}{await beside(running, waits(init))}")
    await pool.closeCachedConnections()
    await running.stop()


async def beside(running: KmsRunning, timed: Coroutine[Any, Any, str]) -> str:
    """Time something while keys are being made all the time."""
    going = True

    async def make(first: int) -> None:
        made = first
        while going:
            await running.keys.key_set(f"other{made}", 1545)
            made += AT_ONCE

    makers: list[Any] = [Deferred.fromCoroutine(make(first)) for first in range(AT_ONCE)]
    told = await timed
    going = False
    await gatherResults(makers)
    return told


def main() -> None:
    """Measure in a folder of its own."""
    with TemporaryDirectory() as folder:
        task.react(lambda reactor: Deferred.fromCoroutine(measure(reactor, Path(folder))))


if __name__ == "__main__":
    main()
