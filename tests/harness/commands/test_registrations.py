"""The command against a core as a user starts it, and against a server that answers what a test wants."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.commands.registrations import app
from tests.harness.commands.serving_alone import program
from tests.vectors.milenage import FULL
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED

ALICE = {"impi": "alice@home.example", "impus": ["sip:alice@home.example", "tel:+1555"]}
CONTACT = {"contact": "sip:alice@127.0.0.11\x1b[2J", "seconds": 3000, "path": []}


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Serve one answer to everything; gives the address and what was asked."""
    asked: list[tuple[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked.append((self.path, json.loads(self.rfile.read(length)) if length else None))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - as the base class names it

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class names it
            """Log nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run(*words: str) -> tuple[int, str]:
    """Run the command; gives its exit code and all that it says."""
    done = CliRunner().invoke(app, words)
    return done.exit_code, done.output


def test_a_core_is_asked(tmp_path: Path) -> None:
    """Nobody is registered there, and nobody's registration can be ended."""
    config = tmp_path / "c.yaml"
    config.write_text(
        "domain: home.example\n"
        f"subscribers: [{{impi: a@home.example, k: {FULL[0].k}, op: {FULL[0].op}, impus: ['sip:a@home.example']}}]\n"
        'pcscf: {listen: ["udp:127.0.0.21:0"]}\nicscf: {listen: ["udp:127.0.0.22:0"]}\n'
        'scscf: {listen: ["udp:127.0.0.23:0"]}\nadmin: {port: 0}\n'
    )
    with program("core", config) as addresses:
        admin = addresses["admin"]
        assert run("list", "--json", "--admin", admin) == (0, '{\n "registrations": []\n}\n')
        assert run("end", "sip:a@home.example", "--admin", admin) == (FAILED, "sip:a@home.example is not registered\n")
        assert run("end", "sip:b@home.example", "--admin", admin)[1] == "sip:b@home.example is nobody's\n"


def test_who_is_registered_is_a_line_each() -> None:
    """IMPI, seconds, contact, identities; what a peer wrote moves no cursor."""
    with answering(200, json.dumps({"registrations": [ALICE | {"contacts": [CONTACT]}]}).encode()) as (admin, asked):
        code, said = run("list", "--impu", "tel:+1555", "--admin", admin)
    assert asked == [("/registrations?impu=tel%3A%2B1555", None)]
    assert code == 0
    assert said.splitlines() == [
        "IMPI  LEFT  CONTACT  IMPUs",
        "alice@home.example  3000 s  sip:alice@127.0.0.11\\x1b[2J  sip:alice@home.example tel:+1555",
    ]


def test_a_registration_is_ended_or_shortened() -> None:
    """With what the command was told."""
    with answering(200, b"{}") as (admin, asked):
        words = ["end", "sip:a@h", "--event", "probation", "--retry-after", "30", "--admin", admin]
        assert run(*words) == (0, "the registration of sip:a@h has ended (probation)\n")
        assert run("shorten", "sip:a@h", "60", "--admin", admin)[0] == 0
    assert asked == [
        ("/registrations/end", {"impu": "sip:a@h", "event": "probation", "retry_after": 30}),
        ("/registrations/shorten", {"impu": "sip:a@h", "seconds": 60}),
    ]


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (500, b"<html>"), (404, b"[]")])
def test_what_answers_and_is_no_core(status: int, body: bytes) -> None:
    """A sentence, and no traceback."""
    with answering(status, body) as (admin, _):
        code, said = run("list", "--admin", admin)
    assert code in {FAILED, BAD_ENVIRONMENT}
    assert "is no core" in said


def test_where_nobody_answers() -> None:
    """3, with what may be missing; an address that is none is 2."""
    code, said = run("list", "--admin", "http://127.0.0.1:9")
    assert (code, "No core answers" in said) == (BAD_ENVIRONMENT, True)
    assert run("list", "--admin", "ftp://127.0.0.1")[0] == BAD_INPUT


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("end", "sip:a@home.example", "--event", "foo"), "'deactivated', 'rejected', 'probation'"),
        (("end", "sip:a@home.example", "--retry-after", "5"), "--retry-after goes with --event probation"),
    ],
)
def test_wrong_words_are_wrong_input(words: tuple[str, ...], said: str) -> None:
    """Before anything is asked: nobody need listen."""
    code, output = run(*words, "--admin", "http://127.0.0.1:9")
    assert code == BAD_INPUT
    assert said in " ".join(output.replace("│", " ").split())


def test_what_the_core_cannot_read_is_wrong_input() -> None:
    """An identity that is none, say; what it refuses for another reason has failed."""
    with answering(400, b'{"error": "impu is no URI"}') as (admin, _):
        assert run("end", "alice", "--admin", admin) == (BAD_INPUT, "impu is no URI\n")


def test_nobody_is_registered() -> None:
    """Silence could be anything."""
    with answering(200, b'{"registrations": []}') as (admin, _):
        assert run("list", "--admin", admin) == (0, "Nobody is registered.\n")
        assert run("list", "--impu", "sip:a@b", "--admin", admin) == (0, "sip:a@b is not registered.\n")
