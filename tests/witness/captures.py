"""`python -m tests.witness.captures FOLDER`: tshark reads the captures of a whole run of scenarios.

It must find no malformed packet and nothing to remark on, beside what scenarios do on purpose. Exit 1 if it does.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.seen.capture import SUFFIX
from tests.witness.dissection import XML
from tests.witness.foreign import tool

ON_PURPOSE = {
    "lost",
    "repeated",
    "Unrecognised SIP header (x-vendor)",
    "Unrecognised SIP header (p-unheard-of)",
    "Trailing stray characters",
}
"""Faults on the wire, of which the capture itself tells, the headers of cores that nobody has heard of, and the
document of `token.mutations` that is no XML."""

FIELDS = ("-e", "_ws.malformed", "-e", "_ws.expert.message", "-e", "_ws.expert.severity")
CHAT = str(0x200000)
"""The severity of what is as usual (Wireshark's epan/proto.h)."""


def judged(folder: Path) -> tuple[int, Counter[str]]:
    """Give how many packets there are in the captures of a folder, and what tshark says of them, with its number."""
    with TemporaryDirectory() as scratch:
        whole = Path(scratch, f"whole{SUFFIX}")
        captures = sorted(map(str, folder.glob(f"*{SUFFIX}")))
        subprocess.run([tool("mergecap"), "-a", "-w", str(whole), *captures], check=True, capture_output=True)
        rules = [word for rule in XML for word in ("-d", rule)]
        fields = ["-T", "fields", "-E", "separator=|", "-E", "aggregator=^", *FIELDS]
        command = [tool("tshark"), "-r", str(whole), *rules, *fields]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    remarks = (remark for line in lines for remark in _remarks(*line.split("|")))
    return len(lines), Counter(remark for remark in remarks if remark and remark not in ON_PURPOSE)


def _remarks(malformed: str, messages: str, severities: str) -> Iterator[str]:
    """Give what tshark finds wrong with a packet; the first line of each HTTP message it tells as chat."""
    yield malformed
    for message, severity in zip(messages.split("^"), severities.split("^"), strict=True):
        if severity != CHAT:
            yield message


def main() -> int:
    """Judge the folder that the command line names."""
    (folder,) = map(Path, sys.argv[1:])
    packets, remarks = judged(folder)
    lines = [f"{number:6} x {remark}" for remark, number in remarks.most_common()]
    scenarios = len(list(folder.glob(f"*{SUFFIX}")))
    lines.append(f"tshark read {packets} messages of {scenarios} scenarios: {remarks.total()} remarks")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if remarks or not packets else 0


if __name__ == "__main__":
    sys.exit(main())
