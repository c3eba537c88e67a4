"""One registration in the logs of core and VAL server and at a collector: processes as a user starts them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time

from tests.valkit.test_hep import chunks
from valkit.tokens import Grant, SigningKey, jwks, mint

SERVER = """\
tokens: {{issuer: "https://idms.home.example", keys: {folder}/jwks.json}}
listen: ["udp:127.0.0.1:0"]
bindings: {{store: memory}}
admin: {{port: 0}}
log_format: json
"""
CORE = """\
domain: home.example
subscribers:
  - {{impi: alice@home.example, impus: ["sip:alice@home.example"], k: {k}, opc: {opc}}}
filter_criteria: [{{method: REGISTER, server_name: "sip:{server}"}}]
pcscf: {{listen: ["udp:127.0.0.21:0", "tcp:127.0.0.21:0"]}}
icscf: {{listen: ["udp:127.0.0.22:0", "tcp:127.0.0.22:0"]}}
scscf: {{listen: ["udp:127.0.0.23:0", "tcp:127.0.0.23:0"]}}
log_format: json
hep: {{to: "udp:127.0.0.1:{collector}", id: 7}}
"""
UE = "impi: alice@home.example\nimpu: sip:alice@home.example\nusim: {{k: {k}, opc: {opc}}}\n"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CARD = {"k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf"}


@contextmanager
def logging(name: str, config: Path, log: Path, *options: str, **environment: str) -> Iterator[dict[str, str]]:
    """Run a program with its log in a file until the block ends."""
    command = [sys.executable, "-m", "harness", name, "--config", str(config), *options]
    around = {**os.environ, **environment}
    with (
        log.open("w") as err,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True, env=around) as child,
    ):
        assert child.stdout is not None
        line = child.stdout.readline()
        try:
            assert " is ready: " in line, line + log.read_text()
            yield dict(re.findall(r"(\w+)=(\S+)", line))
        finally:
            child.send_signal(signal.SIGTERM)
            child.communicate()


def _token(key: SigningKey) -> str:
    """Give alice's."""
    return mint(
        key,
        Grant(
            issuer="https://idms.home.example",
            audience="val-server",
            val_user_id="alice",
            val_service_ids=("dispatch",),
            issued_at=time(),
            jti="j1",
        ),
    )


def lines(log: Path) -> list[dict[str, str]]:
    """Read a log as a machine does."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_one_registration_has_one_trace_in_every_log_and_at_the_collector(tmp_path: Path) -> None:
    """The VAL server's `bound`, the core's `registered`, and each SIP message that passed the core.

    It is that of the command, so that a log-in before it belongs to it too.
    """
    key = SigningKey.generate()
    (tmp_path / "jwks.json").write_text(jwks(key))
    (tmp_path / "token").write_text(token := _token(key))
    (tmp_path / "ue.yaml").write_text(UE.format(**CARD))
    (tmp_path / "server.yaml").write_text(SERVER.format(folder=tmp_path))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(30)
        with logging("server", tmp_path / "server.yaml", tmp_path / "server.log") as server:
            told = {"server": server["sip"].removeprefix("udp:"), "collector": collector.getsockname()[1]}
            (tmp_path / "core.yaml").write_text(CORE.format(**CARD, **told))
            with logging("core", tmp_path / "core.yaml", tmp_path / "core.log") as core:
                command = ["ue", "register", "--config", str(tmp_path / "ue.yaml"), "--core", core["pcscf"]]
                command = [sys.executable, "-m", "harness", *command, "--token", str(tmp_path / "token")]
                around = {**os.environ, "TRACEPARENT": f"00-{TRACE}-00f067aa0ba902b7-01"}
                subprocess.run(command, check=True, capture_output=True, env=around)
                captured = [chunks(collector.recv(65_535))]
                while not captured[-1][15].startswith(b"SIP/2.0 200") or captured[-1][3] != b"\x7f\0\0\1":
                    captured.append(chunks(collector.recv(65_535)))
    [bound] = [each for each in lines(tmp_path / "server.log") if each["event"] == "bound"]
    [registered] = [each for each in lines(tmp_path / "core.log") if each["event"].startswith("registered ")]
    assert bound["trace"] == registered["trace"] == TRACE
    assert {each[17].decode() for each in captured} == {bound["trace"]}
    assert not any(token.encode() in each[15] for each in captured)
    assert token not in (tmp_path / "server.log").read_text() + (tmp_path / "core.log").read_text()


def test_a_server_that_logs_its_tls_keys_warns_in_its_log(tmp_path: Path) -> None:
    """As a line for machines too."""
    (tmp_path / "jwks.json").write_text(jwks(SigningKey.generate()))
    (tmp_path / "server.yaml").write_text(SERVER.format(folder=tmp_path))
    with logging("server", tmp_path / "server.yaml", tmp_path / "log", SSLKEYLOGFILE=str(tmp_path / "keys")):
        [warned] = lines(tmp_path / "log")
    assert warned["level"] == "warn"
    assert str(tmp_path / "keys") in warned["event"]


def test_the_command_line_says_how_a_log_is_written_whatever_the_file_says(tmp_path: Path) -> None:
    """As where programs run in containers, which all have the same lines."""
    (tmp_path / "jwks.json").write_text(jwks(SigningKey.generate()))
    (tmp_path / "server.yaml").write_text(SERVER.format(folder=tmp_path))
    keys = {"SSLKEYLOGFILE": str(tmp_path / "keys")}  # so that there is a line
    with logging("server", tmp_path / "server.yaml", tmp_path / "log", "--log-format", "text", **keys):
        assert (tmp_path / "log").read_text().startswith("2")
    (tmp_path / "server.yaml").write_text(SERVER.format(folder=tmp_path).replace("log_format: json", ""))
    with logging("server", tmp_path / "server.yaml", tmp_path / "log", "--log-format", "json", **keys):
        assert lines(tmp_path / "log")[0]["program"] == "valserver"
