"""Registrations by each SIP stack of the phone, in thousands, and what the second one's process grows by.

`python -m bench.engines [registrations]`. The network is a stand-in that computes AKA, so what differs is the stack.
"""

import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from twisted.internet import task
from twisted.internet.defer import Deferred

from tests.ue_sim.network import Network
from tests.ue_sim.test_settings import settings
from ue_sim.app import start
from ue_sim.engines import EngineName
from ue_sim.pjsua.pool import Pool
from valkit.ids import SeededIds
from valkit.net.sip import SipEndpoint
from valkit.sip.hop import Hop

PACKAGE = "pjsua2-python"

TIMES = 300
LOOKS = 4
"""How often the process of the second stack is looked at, at equal distances."""


def measured(pid: int) -> tuple[int, int]:
    """Give resident memory in KiB and open files of a process."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    (resident,) = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")]
    return resident, len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def rounds(reactor: Any, engine: EngineName, transport: str, times: int) -> str:
    """Register and de-register so often; say what it took."""
    network, pool = Network(), Pool(reactor)
    core = SipEndpoint(reactor, reactor, SeededIds(2), lambda request, _: network.respond(request))
    (hop,) = await core.listen([Hop(transport, "127.0.0.1", 0)])
    told = settings(f"core: {hop}\nengine: {engine.value}\n")
    phone = await start(reactor, reactor, told, SeededIds(1), stacks=pool)
    grown: list[tuple[int, int]] = []
    begun, good = time.perf_counter(), 0
    for number in range(times):
        good += (await phone.ue.register()).ok and (await phone.ue.deregister()).ok
        network.seen.clear()
        network.vectors.clear()
        if engine is EngineName.PJSUA2 and (number + 1) % max(1, times // LOOKS) == 0:
            grown.append(measured(pool.processes[0]._transport.pid))  # noqa: SLF001  nobody else asks for it
    seconds = time.perf_counter() - begun
    await phone.stop()
    await pool.close()
    await core.close()
    memory = "".join(f", {resident >> 10} MiB {files}" for resident, files in grown)
    return f"{engine.value:>7} {transport}: {good} of {times}, {seconds / times * 1000:5.2f} ms each{memory}"


async def main(reactor: Any, times: int) -> None:
    """Measure each stack over each transport."""
    print(
        "register, challenge, answer, de-register; beside it memory and files of the second stack's process on the way"
    )
    for transport in sys.argv[2:] or ("udp", "tcp"):
        for engine in EngineName:
            if engine is EngineName.NATIVE or _there():
                print(await rounds(reactor, engine, transport, times))


def _there() -> bool:
    try:
        metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    task.react(lambda reactor: Deferred.fromCoroutine(main(reactor, wanted)))
