"""The program by itself: what it prints, how it ends, and that kill -9 loses nothing that was answered."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import time

import pytest

from tests.valserver.parts import AUDIENCE, ISSUER, KEY, register
from valkit.carriers import val_info
from valkit.tokens import Grant, jwks, mint
from valserver.stores.journal import Journal

ROOT = Path(__file__).parents[2]
CHILDREN: list[subprocess.Popen[str]] = []


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write settings for a server on free ports."""
    (tmp_path / "keys.json").write_text(jwks(KEY))
    config = tmp_path / "valserver.yaml"
    config.write_text(
        f"tokens: {{issuer: {ISSUER}, keys: {tmp_path}/keys.json}}\n"
        "listen: ['udp:127.0.0.1:0']\n"
        f"bindings: {{path: {tmp_path}/bindings.sqlite}}\n"
        "admin: {port: 0}\n"
    )
    return config


def run(config: Path) -> subprocess.Popen[str]:
    """Start the program."""
    command = [sys.executable, "-m", "valserver", "--config", str(config)]
    CHILDREN.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT))
    return CHILDREN[-1]


def port(process: subprocess.Popen[str]) -> int:
    """Wait until it says where it listens."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"udp:127\.0\.0\.1:(\d+)", line)
    assert found is not None, process.communicate()
    return int(found[1])


@pytest.fixture(autouse=True)
def _no_child_left() -> Iterator[None]:
    """Kill what a failed test left."""
    yield
    while CHILDREN:
        child = CHILDREN.pop()
        child.kill()
        child.communicate()


def end(process: subprocess.Popen[str], how: signal.Signals) -> int:
    """Send a signal. Gives the exit code."""
    os.kill(process.pid, how)
    process.communicate()
    return process.returncode


def test_what_was_answered_200_survives_kill_9(config: Path) -> None:
    """The process is killed while further requests are under way."""
    process = run(config)
    answered: set[str] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        client.connect(("127.0.0.1", port(process)))
        for number in range(60):
            token = mint(KEY, Grant(ISSUER, AUDIENCE, f"user{number}", ("dispatch",), f"j{number}", time()))
            content_type, body = val_info(token, f"phone{number}")
            request = register(impu=f"sip:user{number}@home.example", cseq=number + 1)
            via = f"{request.headers.get('Via')};rport"
            client.send(bytes(request.with_header("Via", via).with_body(body, content_type)))
            if number >= 20:
                answer = client.recv(65_536).decode()
                assert answer.startswith("SIP/2.0 200 ")
                answered.add(re.findall(r"To: <([^>]+)>", answer)[0])
    end(process, signal.SIGKILL)
    journal = Journal(config.parent / "bindings.sqlite")
    bound = {record.impu for record in journal.load() if record.val_user_id}
    journal.close()
    assert len(answered) == 40
    assert answered <= bound


def test_it_ends_well_when_asked_to(config: Path) -> None:
    """SIGTERM: exit 0."""
    process = run(config)
    port(process)
    assert end(process, signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("broken", "code", "sentence"),
    [
        ("tokens: {issuer: 1}\n", 2, "give keys, discovery_url or jwks_url"),
        ("tokens: {issuer: a, keys: nowhere.json}\nadmin: {port: 0}\n", 3, "/nowhere.json) gives no keys"),
        (None, 3, "cannot be read"),
    ],
)
def test_it_says_what_keeps_it_from_starting(config: Path, broken: str | None, code: int, sentence: str) -> None:
    """2 for wrong input, 3 for a wrong environment; the sentence alone on standard error, no traceback."""
    if broken is None:
        config.unlink()
    else:
        config.write_text(broken)
    process = run(config)
    _, complaint = process.communicate()
    assert (process.returncode, sentence in complaint, "Traceback" in complaint) == (code, True, False), complaint
