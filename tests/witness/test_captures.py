from pathlib import Path

from harness.seen.capture import save
from tests.harness.scenes import log_in, registration, request
from tests.witness.captures import judged
from valkit.sip.message import Request
from valkit.trace import Http, Message

MESSAGES = [event for event in (*registration(), *log_in()) if isinstance(event, Message | Http)]


def test_tshark_remarks_on_nothing_in_what_is_well(tmp_path: Path) -> None:
    """All captures of a folder are read as one."""
    for name in ("one", "two"):
        save(MESSAGES, tmp_path / f"{name}.pcapng")
    packets, remarks = judged(tmp_path)
    assert packets == 2 * len(MESSAGES)
    assert not remarks


def test_tshark_remarks_on_what_is_not(tmp_path: Path) -> None:
    """A header that nobody knows, and is in no scenario, is found among all the others."""
    odd = request().with_header("X-Odd", "1")
    assert isinstance(odd, Request)
    first = MESSAGES[0]
    assert isinstance(first, Message)
    save([*MESSAGES, Message(0.0, first.source, first.target, odd)], tmp_path / "odd.pcapng")
    packets, remarks = judged(tmp_path)
    assert packets == len(MESSAGES) + 1
    assert remarks == {"Unrecognised SIP header (x-odd)": 1}
