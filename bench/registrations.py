"""What an IMS registration by AKA costs: in the core, and in the phone, each a process on a core of its own.

python -m bench.registrations [--registrations N]

One registration is REGISTER, 401, REGISTER with RES, 200: through P-, I- and S-CSCF, six requests and their answers on
the wire. Counted is the CPU time of each process, so that `per core` is 1 / CPU. Beside it, in the same run, stands
what Milenage alone costs on each side. Then the core alone, driven by SIPp if that is installed, which answers the
challenges with its own AKA.
"""

import argparse
import platform
import re
import shutil
import subprocess
import tempfile
import timeit
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from twisted.internet import task
from twisted.internet.defer import Deferred, gatherResults

from bench.valserver import Server, pin
from ue_sim.app import RunningUe, start
from ue_sim.settings import UeSettings
from valkit.aka.milenage import Milenage
from valkit.aka.vectors import accept, generate
from valkit.ids import SystemIds

DOMAIN = "home.example"
K = "11223344556677889910aabbccddeeff"
OP = "cdc202d5123e20f62b6d676ac72cb318"
"""Keys that SIPp can take, too: see tests/sipp/register_aka.xml."""
PHONES = 16
"""Registrations under way at once."""
SCENARIO = Path(__file__).parent / "register.xml"


def impi_of(number: int) -> str:
    """Name a subscriber."""
    return f"user{number}@{DOMAIN}"


def configuration(folder: Path, subscribers: int) -> Path:
    """Write what `python -m sipcore_stub` needs: the subscribers share one key, and no server hears of them."""
    elements = "".join(f"{each}: {{listen: ['udp:127.0.0.1:0']}}\n" for each in ("pcscf", "icscf", "scscf"))
    known = "".join(
        f"  - {{impi: {impi}, k: {K}, op: {OP}, impus: ['sip:{impi}']}}\n" for impi in map(impi_of, range(subscribers))
    )
    path = folder / "core.yaml"
    path.write_text(f"domain: {DOMAIN}\n{elements}subscribers:\n{known}", encoding="utf-8")
    return path


def phone(number: int, core: int) -> UeSettings:
    """Tell a phone who it is."""
    return UeSettings.model_validate(
        {
            "impi": impi_of(number),
            "impu": f"sip:{impi_of(number)}",
            "usim": {"k": K, "op": OP},
            "core": f"udp:127.0.0.1:{core}",
            "listen": "udp:127.0.0.1:0",
        }
    )


def milenage() -> tuple[float, float]:
    """Measure a vector as the HSS makes it, and its check as the card does it, in microseconds."""
    functions = Milenage.from_op(bytes.fromhex(K), bytes.fromhex(OP))
    vector = generate(functions, bytes(16), 32, b"\x80\x00")

    def cost(work: Any) -> float:
        return min(timeit.repeat(work, number=20, repeat=200)) / 20 * 1e6

    return (
        cost(lambda: generate(functions, bytes(16), 32, b"\x80\x00")),
        cost(lambda: accept(functions, vector.rand, vector.autn)),
    )


async def register_all(running: list[RunningUe], each: int) -> None:
    """Let every phone register so many times, all of them at once."""

    async def again(one: RunningUe) -> None:
        for _ in range(each):
            answer = await one.ue.register()
            if not answer.ok:
                raise SystemExit(f"a registration was answered {answer}")

    await gatherResults([Deferred.fromCoroutine(again(one)) for one in running])


async def with_our_phones(reactor: Any, server: Server, registrations: int) -> None:
    """Measure core and native UE, and print their rows."""
    running = [await start(reactor, reactor, phone(number, server.port), SystemIds()) for number in range(PHONES)]
    await register_all(running, 10)  # what is done once for each phone and connection is done now
    each = registrations // PHONES
    core, own, begun = server.cpu(), process_time(), perf_counter()
    await register_all(running, each)
    core, own, wall = server.cpu() - core, process_time() - own, perf_counter() - begun
    made, checked = milenage()
    count = each * PHONES
    print(f"\n{count} registrations by the native UE, {PHONES} under way")
    show("core: P-, I-, S-CSCF, HSS", core / count, made)
    show("native UE", own / count, checked)
    print(f"  {count / wall:,.0f} registrations/s by the clock")
    for one in running:
        await one.stop()


def show(name: str, seconds: float, milenage_alone: float) -> None:
    """Print one row."""
    micros = seconds * 1e6
    print(
        f"  {name:28}{micros:9.1f} us CPU{1e6 / micros:9,.0f}/s per core"
        f"   Milenage alone {milenage_alone:6.1f} us, {milenage_alone / micros:4.0%} of it"
    )


def with_sipp(server: Server, folder: Path, registrations: int) -> None:
    """Let SIPp drive the core, and print the core's row."""
    sipp = shutil.which("sipp")
    if sipp is None:
        print("\nSIPp is not installed: the core alone is not measured")
        return
    users = "SEQUENTIAL\n" + "".join(f"{impi};{answer_of(impi)}\n" for impi in map(impi_of, range(registrations)))
    (folder / "users.csv").write_text(users, encoding="ascii")
    command = [sipp, f"127.0.0.1:{server.port}", "-sf", str(SCENARIO), "-inf", str(folder / "users.csv")]
    command += ["-i", "127.0.0.1", "-p", "0", "-m", str(registrations), "-r", "5000", "-l", str(PHONES), "-nostdin"]
    core, begun = server.cpu(), perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=600)
    core, wall = server.cpu() - core, perf_counter() - begun
    succeeded, failed = (last(done.stdout, what) for what in ("Successful call", "Failed call"))
    print(f"\n{registrations} registrations by SIPp, {PHONES} under way: {succeeded} succeeded, {failed} failed")
    print("  (SIPp makes a wrong response of a RES with an octet 00 in it, which is 3 % of all)")
    show("core: P-, I-, S-CSCF, HSS", core / registrations, milenage()[0])
    print(f"  {registrations / wall:,.0f} registrations/s by the clock")


def answer_of(impi: str) -> str:
    """Write SIPp's key word for the credentials of a subscriber."""
    return f"[authentication username={impi} aka_K=0x{K} aka_OP=0x{OP} aka_AMF=0x8000]"


def last(report: str, what: str) -> int:
    """Read a counter of SIPp's last screen."""
    found: Iterator[re.Match[str]] = re.finditer(rf"{what}\s*\|\s*\d+\s*\|\s*(\d+)", report)
    *_, counter = found
    return int(counter[1])


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--registrations", type=int, default=4_000)
    count = parser.parse_args().registrations
    pin(1)
    print(f"{platform.python_implementation()} {platform.python_version()}, core on a core of its own")

    async def measure(reactor: Any) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with Server("sipcore_stub", "--config", str(configuration(folder, count))) as server:
                await with_our_phones(reactor, server, count)
                with_sipp(server, folder, count)

    task.react(lambda reactor: Deferred.fromCoroutine(measure(reactor)))


if __name__ == "__main__":
    main()
