"""sngrep, which is not ours, takes in what our programs export for HOMER; tshark reads what it made of that."""

import socket
import subprocess
from pathlib import Path

from tests.support import register
from tests.witness.foreign import tool, wait_for
from valkit.net.monitoring.hep import Exporter, exporter
from valkit.net.monitoring.settings import HepSettings
from valkit.sip import Hop

UE, PCSCF = Hop("udp", "192.0.2.1", 40_000), Hop("udp", "192.0.2.2", 5060)
AT = 1_700_000_000.25
FIELDS = ("frame.time_epoch", "ip.src", "udp.srcport", "ip.dst", "udp.dstport", "sip.Method", "sip.Call-ID")
PCAP_HEAD = 24
"""Octets of a capture with nothing in it."""


def exporting(folder: Path, port: int, password: str) -> Exporter:
    """Export to sngrep."""
    file = folder / password
    file.write_text(password)
    return exporter(HepSettings.model_validate({"to": f"udp:127.0.0.1:{port}", "password_file": str(file)}), lambda: AT)


def free_port() -> int:
    """Give a port at which sngrep can listen."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0))
        port: int = there.getsockname()[1]
    return port


def test_a_collector_finds_the_message_with_its_ends_and_its_time(tmp_path: Path) -> None:
    """From whom with the password alone; the addresses are the message's, and not the exporter's."""
    kept, port = tmp_path / "kept.pcap", free_port()
    (tmp_path / "rc").write_text("set eep.listen.pass secret\n")
    command = [tool("sngrep"), "-f", str(tmp_path / "rc"), "-N", "-q", "-L", f"udp:127.0.0.1:{port}", "-O", str(kept)]
    stranger, known = exporting(tmp_path, port, "guess"), exporting(tmp_path, port, "secret")
    foreign, ours = register().with_header("Call-ID", "foreign"), register().with_header("Call-ID", "ours")

    def arrived() -> bool | None:
        stranger.received(foreign, UE, PCSCF)
        known.received(ours, UE, PCSCF)
        return (kept.exists() and kept.stat().st_size > PCAP_HEAD) or None

    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as collector:
        try:
            wait_for(arrived, "sngrep writes down what it was sent")
        finally:
            collector.terminate()
            stranger.close()
            known.close()
    read = [tool("tshark"), "-r", str(kept), "-T", "fields", "-E", "separator=|"]
    read += [word for name in FIELDS for word in ("-e", name)]
    told = set(subprocess.run(read, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines())
    assert told == {"1700000000.250000000|192.0.2.1|40000|192.0.2.2|5060|REGISTER|ours"}
