"""`val bindings` against a canned admin address."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from attrs import define, field
from typer.testing import CliRunner, Result

from harness.console.command_line import build

ALICE = {
    "impu": "sip:alice@home.example",
    "val_user_id": "alice",
    "val_service_ids": ["dispatch", "video"],
    "client_ids": ["phone"],
    "via": ["REGISTER"],
    "jtis": ["j1"],
    "registrar": "sip:scscf.home.example",
    "ends": 1_795_000_000.0,
}
DATED = ALICE | {"ends_time": "2026-11-18T11:06:40Z"}
UNBOUND = {"at": 1_795_000_000.0, "what": "unbound", "impu": "sip:alice@home.example", "cause": "deregistered"}


@define
class Admin:
    """An admin address that gives what it was told to give."""

    answers: dict[str, tuple[int, str]] = field(factory=dict)
    asked: list[str] = field(factory=list)
    url: str = ""


@pytest.fixture
def admin() -> Iterator[Admin]:
    """Run an admin address."""
    admin = Admin()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            admin.asked.append(self.path)
            status, body = admin.answers[self.path.partition("?")[0]]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        admin.url = f"http://127.0.0.1:{server.server_port}"
        yield admin
        server.shutdown()
        thread.join()


def val(*arguments: str) -> Result:
    """Call `val bindings`."""
    return CliRunner().invoke(build("bindings"), ["bindings", *arguments], env={"COLUMNS": "200"})


def answering(admin: Admin, *bindings: object, more: bool = False) -> None:
    """Let the address show these bindings."""
    admin.answers["/bindings"] = 200, json.dumps({"bindings": bindings, "more": more})


def test_a_table_shows_who_is_bound(admin: Admin) -> None:
    """One row for each IMPU."""
    answering(admin, ALICE)
    shown = val("--admin", admin.url)
    assert shown.exit_code == 0
    heading, row, *_ = shown.output.splitlines()
    assert heading.split("  ")[0] == "IMPU"
    assert all(word in row for word in ("sip:alice@home.example", "alice", "dispatch video", "REGISTER", "phone"))


def test_nobody_bound_is_said(admin: Admin) -> None:
    """An empty table would look like a fault."""
    answering(admin)
    said = val("--admin", admin.url).output
    assert said.startswith("Nobody is bound. `val bindings --follow` tells")


def test_more_than_shown_is_said(admin: Admin) -> None:
    """With what to do."""
    answering(admin, ALICE, more=True)
    assert "--limit" in val("--admin", admin.url, "--limit", "1").output


def test_json_is_what_the_server_says_with_dates(admin: Admin) -> None:
    """For programs, and for people who read them: epoch seconds, and UTC beside them."""
    answering(admin, ALICE)
    assert json.loads(val("--admin", admin.url, "--json").output) == {"bindings": [DATED], "more": False}


def test_an_address_that_is_not_whole_is_no_admin_address() -> None:
    """As any other that is not of HTTP."""
    shown = val("--admin", "http://[::1")
    assert (shown.exit_code, "is no admin address" in shown.stderr) == (2, True)


def test_it_narrows_as_asked(admin: Admin) -> None:
    """The server does the narrowing."""
    answering(admin)
    val("--admin", admin.url, "--impu", "sip:a b@home.example", "--user", "alice", "--limit", "5")
    assert admin.asked == ["/bindings?impu=sip%3Aa+b%40home.example&user=alice&limit=5"]


def test_following_tells_what_happens(admin: Admin) -> None:
    """A line for each event, until the server goes; then exit 3."""
    answering(admin, ALICE)
    missed = 'event: missed\ndata: {"count": 2}\n\n'
    admin.answers["/events"] = 200, f":\n\n{missed}id: e-3\nevent: unbound\ndata: {json.dumps(UNBOUND)}\n\n"
    shown = val("--admin", admin.url, "--follow")
    assert "2 events were missed" in shown.output
    assert "unbound   sip:alice@home.example  deregistered" in shown.output
    assert (shown.exit_code, "has gone" in shown.stderr) == (3, True)


def test_following_in_json_gives_one_event_a_line(admin: Admin) -> None:
    """For programs."""
    answering(admin, ALICE)
    admin.answers["/events"] = 200, f"event: unbound\ndata: {json.dumps(UNBOUND)}\n\n"
    lines = val("--admin", admin.url, "--follow", "--json").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"bindings": [DATED], "more": False},
        UNBOUND | {"time": "2026-11-18T11:06:40Z"},
    ]


def test_a_pipe_gets_whole_lines(admin: Admin) -> None:
    """However long they are: a line that is wrapped is two to grep."""
    impu, client = f"sip:{'a' * 150}@home.example", f"urn:uuid:{'c' * 100}"
    answering(admin, {**ALICE, "impu": impu, "client_ids": [client]})
    shown = val("--admin", admin.url).output.splitlines()
    assert len(shown) == 2
    assert impu in shown[1]
    assert client in shown[1]


def test_a_fault_of_ours_is_not_blamed_on_the_server(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in showing it stays what it is."""
    answering(admin, ALICE)

    def broken(*_: object) -> Iterator[str]:
        raise LookupError("ours")

    monkeypatch.setattr("harness.commands.bindings.table", broken)
    assert isinstance(val("--admin", admin.url).exception, LookupError)


@pytest.mark.parametrize("event", ["[1]", '{"what": "bound"}', "{", '{"count": "x"}'])
def test_an_event_of_no_val_server_is_said(admin: Admin, event: str) -> None:
    """Exit 3, as for the bindings."""
    answering(admin)
    admin.answers["/events"] = 200, f"event: bound\ndata: {event}\n\n"
    shown = val("--admin", admin.url, "--follow")
    assert (shown.exit_code, "is no VAL server" in shown.stderr) == (3, True)


def test_without_a_server_it_says_what_to_do() -> None:
    """Exit 3."""
    shown = val("--admin", "http://127.0.0.1:1")
    assert shown.exit_code == 3
    assert "val server --config FILE" in shown.stderr


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "<html>"), (404, "<html>"), (404, "[]"), (200, "[]"), (200, "{}"), (200, '{"bindings": [1], "more": 0}')],
)
def test_what_is_no_val_server_is_said(admin: Admin, status: int, body: str) -> None:
    """Exit 3, whatever answers there."""
    admin.answers["/bindings"] = status, body
    shown = val("--admin", admin.url)
    assert (shown.exit_code, f"What answers at {admin.url} is no VAL server" in shown.stderr) == (3, True)


@pytest.mark.parametrize("address", ["127.0.0.1:8060", "file:///etc/passwd", ""])
def test_a_wrong_address_is_refused(address: str) -> None:
    """Exit 2, with an example of a right one."""
    shown = val("--admin", address)
    assert (shown.exit_code, "http://127.0.0.1:8060" in shown.stderr) == (2, True)


def test_what_the_server_refuses_is_said(admin: Admin) -> None:
    """In its own words, exit 2."""
    admin.answers["/bindings"] = 400, '{"error": "not an identity"}'
    shown = val("--admin", admin.url, "--impu", "nobody")
    assert (shown.exit_code, "not an identity" in shown.stderr) == (2, True)
