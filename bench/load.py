"""What `val load` can send, beside SIPp: registrations by AKA at the same core, in the same run.

python -m bench.load [--registrations N]

Both register over UDP with so many under way, as fast as the core answers: the core, a process on a core of its own, is
the limit of what is reached by the clock. What the sender costs is its own limit, 1 / CPU per core: the CPU time of all
its processes, without what it costs to start them and to switch the UEs on. A UE of ours is a whole phone with sockets
and a card of its own; one of SIPp's is a line of a file.
"""

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter
from typing import NamedTuple

from bench.registrations import DOMAIN, OP, PHONES, SCENARIO, K, answer_of, configuration, impi_of, last
from bench.valserver import Server

USERS = 200
"""Phones of ours."""
BEYOND = 1.3
"""How much more than SIPp reaches ours is to send, so that what is under way is always as many as may be."""
PHONE = f"impi: user{{n}}@{DOMAIN}\nimpu: sip:user{{n}}@{DOMAIN}\nusim: {{k: '{K}', op: '{OP}'}}\n"


class Sent(NamedTuple):
    """What a sender did."""

    registrations: int
    cpu: float
    """Seconds of CPU of all its processes."""
    wall: float
    """Seconds in which it sent."""

    @property
    def micros(self) -> float:
        """Microseconds of CPU for one registration."""
        return self.cpu / self.registrations * 1e6

    @property
    def rate(self) -> float:
        """Registrations per second by the clock."""
        return self.registrations / self.wall


def children() -> float:
    """Give the seconds of CPU of all processes that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_sipp(port: int, folder: Path, count: int) -> Sent:
    """Let SIPp register each user once."""
    sipp = shutil.which("sipp")
    if sipp is None:
        raise SystemExit("SIPp is not installed (apt-get install sip-tester)")
    lines = "".join(f"{impi};{answer_of(impi)}\n" for impi in map(impi_of, range(count)))
    (folder / "users.csv").write_text(f"SEQUENTIAL\n{lines}", encoding="ascii")
    command = [sipp, f"127.0.0.1:{port}", "-sf", str(SCENARIO), "-inf", "users.csv", "-i", "127.0.0.1", "-p", "0"]
    command += ["-m", str(count), "-r", "5000", "-l", str(PHONES), "-nostdin"]
    cpu, begun = children(), perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=600)
    took = perf_counter() - begun
    return Sent(last(done.stdout, "Successful call") + last(done.stdout, "Failed call"), children() - cpu, took)


def by_val(port: int, folder: Path, rate: float, seconds: float, processes: int) -> Sent:
    """Let `val load` register its users again and again at this rate, for so long."""
    (folder / "phone.yaml").write_text(PHONE, encoding="utf-8")
    command = [sys.executable, "-m", "harness", "load", "--core", f"udp:127.0.0.1:{port}", "--config", "phone.yaml"]
    command += ["--users", str(USERS), "--first", "0", "--do", "register"]
    command += ["--rate", f"{rate:.3f}/s", "--for", f"{seconds:.3f}s"]
    command += ["--in-flight", str(PHONES), "--processes", str(processes), "--json", "load.json", "--fail-over", "100%"]
    cpu = children()
    subprocess.run(command, capture_output=True, check=True, cwd=folder, timeout=600)
    cpu = children() - cpu
    told = json.loads((folder / "load.json").read_text("utf-8"))
    return Sent(told["journeys"]["succeeded"] + told["journeys"]["failed"], cpu, told["seconds"])


def show(name: str, sent: Sent, beside: Sent) -> None:
    """Print one row."""
    cost, reached = sent.micros / beside.micros, sent.rate / beside.rate
    print(
        f"  {name:24}{sent.micros:9.1f} us CPU{1e6 / sent.micros:8,.0f}/s per core{cost:7.2f} x SIPp"
        f"{sent.rate:8,.0f}/s by the clock{reached:6.2f} x SIPp"
    )


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--registrations", type=int, default=4_000)
    count = parser.parse_args().registrations
    print(f"{platform.python_implementation()} {platform.python_version()}, core on a core of its own")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Server("sipcore_stub", "--config", str(configuration(folder, max(count, USERS)))) as server:
            by_sipp(server.port, folder, min(count, 500))  # what is done once is done now
            sipp = by_sipp(server.port, folder, count)
            print(f"\n{sipp.registrations} registrations by SIPp, and ours in the same time, {PHONES} under way")
            show("SIPp", sipp, sipp)
            for processes in (1, 2):
                rate = sipp.rate * BEYOND
                started = by_val(server.port, folder, rate, 1 / rate, processes)
                sent = by_val(server.port, folder, rate, sipp.wall, processes)
                own = Sent(sent.registrations - started.registrations, sent.cpu - started.cpu, sent.wall)
                show(f"val load, {'one process' if processes == 1 else f'{processes} processes'}", own, sipp)


if __name__ == "__main__":
    main()
