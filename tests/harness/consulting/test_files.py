import json
from pathlib import Path

import pytest

from harness.consulting.errors import NotUsable
from harness.consulting.files import content_of
from harness.consulting.opening import LARGEST
from harness.diagnosis.facts import Criteria
from harness.evidence import Evidence
from seal.idms.settings import IdmsSettings
from sipcore_stub.settings import CoreSettings
from tests.harness.diagnosis.test_criteria import PROFILE
from tests.harness.evidence.wires import pcap, pcapng, request, udp
from tests.harness.scenes import TOKEN
from ue_sim.settings import UeSettings
from valserver.settings import ServerSettings

EXAMPLES = Path(__file__).parents[3] / "examples"


def content(folder: Path, octets: bytes) -> object:
    """Give what is in a file with these bytes; its name says nothing."""
    file = folder / "something"
    file.write_bytes(octets)
    return content_of(file)


@pytest.mark.parametrize(
    "octets",
    [
        pcap([udp(request())]),
        pcapng([udp(request())]),
        request(),
        b"[2026-11-29 05:00:00] received:\n" + request(),
        b"{sipstack} received:\n" + request(),
    ],
    ids=["pcap", "pcapng", "text", "log", "log in braces"],
)
def test_messages_are_found_in_captures_and_texts(tmp_path: Path, octets: bytes) -> None:
    """Each by its beginning."""
    found = content(tmp_path, octets)
    assert isinstance(found, Evidence)
    assert len(found.messages) == 1


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("core", CoreSettings),
        ("ue", UeSettings),
        ("valserver", ServerSettings),
        ("valserver-services", ServerSettings),
        ("idms", IdmsSettings),
    ],
)
def test_settings_of_ours_are_known_by_their_keys(name: str, model: type) -> None:
    """A phone's, a core's, a VAL server's."""
    assert isinstance(content_of(EXAMPLES / f"{name}.yaml"), model)


def test_wrong_settings_are_refused_with_file_and_line(tmp_path: Path) -> None:
    """As the programs themselves do."""
    with pytest.raises(NotUsable, match=r"something:1"):
        content(tmp_path, b"subscribers: 5\n")


def test_filter_criteria_are_known_by_their_root(tmp_path: Path) -> None:
    """With or without an XML declaration."""
    for text in (PROFILE, f'<?xml version="1.0"?>\n{PROFILE}'):
        found = content(tmp_path, text.encode())
        assert isinstance(found, Criteria)
        assert not found.faults


@pytest.mark.parametrize("text", [TOKEN, f"{TOKEN}\n", f"Bearer {TOKEN}", json.dumps({"access_token": TOKEN})])
def test_a_token_is_known_by_its_beginning(tmp_path: Path, text: str) -> None:
    """By itself, with its scheme, in a saved log-in."""
    assert content(tmp_path, text.encode()) == TOKEN


def test_a_token_that_was_wrapped_is_one(tmp_path: Path) -> None:
    """As base64 writes lines; it is kept as it stands."""
    text = "\n".join(TOKEN[at : at + 76] for at in range(0, len(TOKEN), 76))
    assert content(tmp_path, text.encode()) == text
    with pytest.raises(NotUsable, match="no SIP message"):
        content(tmp_path, b"eye for an eye. And so on")


def test_a_log_may_have_other_bytes_in_it(tmp_path: Path) -> None:
    """As peers sent them; that is told. PowerShell writes UTF-16."""
    found = content(tmp_path, b"gr\xfc\xdfe\n" + request())
    assert isinstance(found, Evidence)
    assert len(found.messages) == 1
    assert found.remarks == ("some bytes of the text are no UTF-8, and are read as U+FFFD.",)
    found = content(tmp_path, request().decode().encode("utf-16"))
    assert isinstance(found, Evidence)
    assert len(found.messages) == 1


def test_the_messages_in_a_report_are_found_wherever_they_stand(tmp_path: Path) -> None:
    """Their place is told."""
    report = {"scenarios": [{"name": "one", "messages": [{"text": request().decode()}, {"at": 1}]}]}
    found = content(tmp_path, json.dumps(report).encode())
    assert isinstance(found, tuple)
    ((seen,),) = (evidence.messages for evidence in found)
    assert seen.spot.place.endswith("something.scenarios[0].messages[0].text")


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"hello", "no SIP message in it"),
        (b"\x7fELF\xff\xff", "neither a capture nor a text"),
        (b"\x7fELF\xff\xff\0SIP/2.0", "neither a capture nor a text"),
        (b"\xff SIP/2.0", "has no SIP message in it, and is no UTF-8 text"),
        (b"ey." * 400_000, "no SIP message in it"),
        (b"{", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, octets: bytes, why: str) -> None:
    """With what was expected."""
    with pytest.raises(NotUsable, match=why):
        content(tmp_path, octets)


def test_a_text_without_an_end_is_refused(tmp_path: Path) -> None:
    """A device, or a log of years."""
    file = tmp_path / "something"
    with file.open("wb") as out:
        out.truncate(LARGEST + 1)
    with pytest.raises(NotUsable, match="too long"):
        content_of(file)


def test_a_report_of_ours_is_read_scenario_by_scenario(tmp_path: Path) -> None:
    """With the times of its messages; what was lost reached nobody."""
    sent = {"kind": "message", "at": 1.5, "protocol": "SIP", "transport": "udp", "source": "alice", "target": "pcscf"}
    sent |= {"name": "MESSAGE", "method": "MESSAGE", "text": request().decode().replace("\r\n", "\n")}
    note = {"kind": "note", "at": 0.0, "who": "hss", "what": "vector issued"}
    events = [note, sent, {**sent, "fate": "lost"}, {**sent, "protocol": "HTTP", "text": "GET / HTTP/1.1"}]
    one = {"id": "a::b", "file": "a", "line": 1, "name": "one", "verdict": "passed", "seconds": 1.0, "began": 100.0}
    scenarios = [{**one, "events": events}, {**one, "name": "two", "events": []}]
    report = {"format": "val-report/1", "version": "0", "began": 1.0, "seconds": 1.0, "scenarios": scenarios}
    found = content(tmp_path, json.dumps(report).encode())
    assert isinstance(found, tuple)
    first, second = found
    (seen,) = first.messages
    assert (seen.spot.place, seen.spot.at) == ("one, event 1", 101.5)
    assert not second.messages
