"""`val ue` as people call it: wrong input is told at once; a phone of its own process meets our core and server."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from threading import Thread
from time import sleep, time

import pytest
from rich.console import Console
from typer.testing import CliRunner

from harness.commands.ue import _doubted, app
from tests.ue_sim.identity.op import AUTHORITY
from tests.ue_sim.pjsua.presence import require_pjsua2
from tests.witness.foreign import run_val
from tests.witness.home import ALICE, PCSCF, PHONE, Home, phone_settings
from ue_sim.engine import Answer
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK
from valkit.net.ca import Authority
from valkit.sip.message import Response
from valkit.trace import Note

CORE = f"udp:{PCSCF}:5060"
NOBODY = f"tcp:{PHONE}:9"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give the files of a home network."""
    return Home(tmp_path)


def phone(home: Home, **more: object) -> str:
    """Write the phone's file."""
    return str(home.write("ue.yaml", phone_settings() | more))


def token(home: Home) -> str:
    """Write a token that the server believes."""
    return str(home.write("alice.jwt", home.token() + "\n"))


@pytest.mark.parametrize(
    ("more", "options", "code", "sentence"),
    [
        ({}, ["--core", "192.0.2.1"], BAD_INPUT, "expected something like udp:192.0.2.1:5060"),
        ({"impu": "alice"}, ["--core", CORE], BAD_INPUT, "expected something like sip:alice@home.example"),
        ({}, ["--core", CORE, "--token", "absent.jwt"], BAD_ENVIRONMENT, "absent.jwt cannot be read"),
        ({}, ["--core", CORE, "--token", "-"], BAD_INPUT, "- holds 0 words (expected one access token, or"),
    ],
)
def test_wrong_input_is_told_before_anything_is_sent(
    home: Home, more: dict[str, object], options: list[str], code: int, sentence: str
) -> None:
    """Each fault has its exit code and a sentence that says what was expected."""
    done = CliRunner().invoke(app, ["register", "--config", phone(home, **more), *options])
    assert (done.exit_code, sentence in " ".join(done.output.split())) == (code, True), done.output


def test_a_missing_file_is_the_environment(tmp_path: Path) -> None:
    """Exit 3, with the file's name."""
    done = CliRunner().invoke(app, ["deregister", "--config", str(tmp_path / "ue.yaml")])
    assert (done.exit_code, "ue.yaml cannot be read" in done.output) == (BAD_ENVIRONMENT, True)


def test_a_phone_needs_a_core(home: Home) -> None:
    """Exit 2, and what was expected."""
    code, said = run_val("ue", "register", "--config", phone(home))
    assert (code, "nobody said where the core is" in said) == (BAD_INPUT, True), said


def test_where_nothing_answers_it_says_so(home: Home) -> None:
    """A refused connection counts as 503, and the exit code is that of the environment."""
    code, said = run_val("ue", "register", "--config", phone(home, listen=f"tcp:{PHONE}:0"), "--core", NOBODY)
    assert code == BAD_ENVIRONMENT
    assert "503 Service Unavailable (nothing was received)" in said
    assert f"Nothing answers at {NOBODY}." in said


def test_where_nobody_listens_by_udp_it_is_known_and_not_waited_for(home: Home) -> None:
    """The machine there says so (ICMP); without it, 32 s would pass (timer F)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind((PCSCF, 0))
        nobody = f"udp:{PCSCF}:{there.getsockname()[1]}"
    code, said = run_val("ue", "register", "--config", phone(home), "--core", nobody)
    assert (code, f"Nobody listens at {nobody} (connection refused)." in said) == (BAD_ENVIRONMENT, True), said
    assert "nothing was received" not in said


def test_a_token_whose_time_is_over_is_told_before_anything_is_sent(home: Home) -> None:
    """By its own exp, which nobody has verified; it is sent all the same."""
    jwt = str(home.write("alice.jwt", home.token(now=time() - 7500)))
    config = phone(home, listen=f"tcp:{PHONE}:0")
    _, said = run_val("ue", "register", "--config", config, "--core", NOBODY, "--token", jwt)
    assert said.index("The token ended 2 h") < said.index(f"Nothing answers at {NOBODY}."), said


def test_nothing_is_published_without_the_token_that_was_meant(home: Home) -> None:
    """A saved log-in that has ended and cannot be renewed: exit 3, and nothing is sent."""
    identity = {"issuer": "https://127.0.0.1:9", "client_id": "app"}
    identity["authority"] = str(home.write("ca.pem", AUTHORITY.pem.decode()))
    who = {"subject": "1", "val_user_id": "alice", "val_service_ids": ["dispatch"]}
    times = {"received_at": time() - 400, "expires_at": time() - 100}
    tokens = {"access_token": "a.b.c", "refresh_token": "r", "scope": "openid", **times}
    saved = home.write("alice.json", {**tokens, "who": who, "identity": identity})
    config = phone(home, listen=f"tcp:{PHONE}:0")
    code, said = run_val("ue", "publish", "--config", config, "--core", NOBODY, "--token", str(saved))
    assert (code, "is not renewed" in said) == (BAD_ENVIRONMENT, True), said
    assert "Without its token nothing is sent." in said
    assert "Nothing answers" not in said


def test_an_address_that_is_not_ours_is_told(home: Home) -> None:
    """The phone gets no socket there."""
    code, said = run_val("ue", "register", "--config", phone(home, listen="udp:192.0.2.99:0"), "--core", CORE)
    assert code == BAD_ENVIRONMENT
    assert "The phone gets no socket" in said


def test_a_phone_registers_publishes_and_leaves(home: Home) -> None:
    """Three calls by hand against `val core` and `val server`; what is bound after each is what should be."""
    config, jwt = phone(home, core=CORE), token(home)
    with home.server(), home.core():
        registered = run_val("ue", "register", "--config", config, "--token", jwt)
        bound = home.bindings(1)
        published = run_val("ue", "publish", "--config", config, "--token", jwt, "--core", CORE.replace("udp", "tcp"))
        left = run_val("ue", "deregister", "--config", config)
        home.bindings(0)
    assert (registered[0], published[0], left[0]) == (OK, OK, OK), published
    assert "challenged: autn verified" in registered[1]
    assert f"register {ALICE}: 200 OK for 600000 s" in registered[1]
    assert f"speaks as {ALICE}" in registered[1]
    assert "The 200 is the core's." in registered[1], "which has not looked at the token"
    assert (bound[0]["impu"], bound[0]["val_user_id"]) == (ALICE, "alice")
    assert f"publish to {ALICE}: 200 OK for" in published[1]
    assert f"deregister {ALICE} everywhere: 200 OK" in left[1]


def test_a_wrong_card_is_refused(home: Home) -> None:
    """The phone finds the MAC wrong and says so, the core answers 403, the exit code is 1."""
    card = phone_settings()["usim"] | {"opc": "00" * 16}
    with home.core():
        code, said = run_val("ue", "register", "--config", phone(home, core=CORE, usim=card))
    assert code == FAILED
    assert "challenged: autn refused (mac)" in said
    assert f"register {ALICE}: 403 Forbidden" in said


def test_a_phone_says_that_it_waits_and_what_the_core_warns_of(home: Home) -> None:
    """After two seconds the terminal is not left alone; a refusal has its Warning beside it."""
    with rude_core("504 Server Time-out", 'Warning: 399 home.example "the VAL server is silent"', after=2.5) as core:
        code, said = run_val("ue", "register", "--config", phone(home, listen=f"udp:{PHONE}:0"), "--core", core)
    assert code == FAILED
    waited, answered = said.index("Waiting for an answer ..."), said.index("504 Server Time-out")
    assert waited < answered
    assert '399 home.example "the VAL server is silent"' in said[answered:]


def cardless(home: Home, password: str) -> str:
    """Write the file of a phone that has a password in place of a card."""
    identity = {"impi": "dora@home.example", "impu": "sip:dora@home.example"}
    return phone(home, core=CORE, usim={"algorithm": "digest", "password": password}, **identity)


def test_a_phone_without_a_card_says_what_it_did(home: Home) -> None:
    """It answers the challenge with its password; what it asks too little for it asks for once more."""
    with home.core():
        code, said = run_val("ue", "register", "--config", cardless(home, "Circle-of-Life"), "--expires", "5")
    assert code == OK, said
    assert "challenged: answered with the password" in said
    assert "register sip:dora@home.example: 200 OK for 60 s" in said
    assert "asked for 5 s first; the core takes 60 s at least (423)" in said


def test_a_wrong_password_is_told_on_both_sides(home: Home) -> None:
    """The phone says where to look, the core that the response is wrong; neither speaks of a card."""
    with home.core():
        code, said = run_val("ue", "register", "--config", cardless(home, "opensesame"))
    assert code == FAILED
    assert "register sip:dora@home.example: 403 Forbidden" in said
    assert "Perhaps the core knows another password: compare usim.password with the core's file." in said
    log = (home.folder / "core.log").read_text()
    assert "the response is wrong" in log
    assert "RES" not in log


@contextmanager
def rude_core(status: str, *headers: str, after: float = 0.0) -> Iterator[str]:
    """Run a core that answers the first request like this, so many seconds later; gives its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as at:
        at.bind((PHONE, 0))

        def answer() -> None:
            data, peer = at.recvfrom(65_535)
            sleep(after)
            asked = data.decode().split("\r\n")
            echo = [line for line in asked if line.startswith(("Via:", "From:", "To:", "Call-ID:", "CSeq:"))]
            at.sendto("\r\n".join([f"SIP/2.0 {status}", *echo, *headers, "", ""]).encode(), peer)

        answering = Thread(target=answer)
        answering.start()
        yield f"udp:{PHONE}:{at.getsockname()[1]}"
        answering.join()


@pytest.mark.parametrize(
    ("contact", "code"), [("Supported: path", 1), ("Contact: <sip:alice@192.0.2.9>;expires=60", 0)]
)
def test_a_200_without_challenge_and_contact_is_no_registration(home: Home, contact: str, code: int) -> None:
    """Anybody can say 200; a registrar says what is registered."""
    with rude_core("200 OK", contact) as core:
        left, said = run_val("ue", "register", "--config", phone(home, listen=f"udp:{PHONE}:0"), "--core", core)
    assert (left, "nothing is registered" in said) == (code, bool(code)), said


def test_a_core_that_does_not_know_the_key_is_not_believed() -> None:
    """It accepts whatever comes, and its own proof is wrong; a core without one may not compute it."""
    said = Console(record=True, file=StringIO(), soft_wrap=True)
    answer = Answer(Response.create(200, headers=[("Contact", "<sip:a@b>")]), expires=60)
    assert _doubted(answer, [Note(0.0, "ue", "rspauth wrong", {})], said) == 1
    assert "whose key it does not know" in said.export_text()
    assert _doubted(answer, [Note(0.0, "ue", "autn accepted", {})], said) == 0


@pytest.mark.parametrize(
    ("status", "header"),
    [
        ("403 No \x1b[2J[bold]", 'Warning: 399 home "\x1b]0;title\x07 [red]"'),
        ("200 OK", "P-Associated-URI: <sip:al[bold]ice\x1b[2J@home.example>"),
    ],
)
def test_nothing_that_a_core_says_does_anything_to_the_terminal(home: Home, status: str, header: str) -> None:
    """Escape sequences are written out, brackets are brackets."""
    with rude_core(status, header) as core:
        _, said = run_val("ue", "register", "--config", phone(home, listen=f"udp:{PHONE}:0"), "--core", core)
    assert "\x1b" not in said
    assert (r"\x1b[2J" in said, "[bold]" in said) == (True, True), said


def test_a_phone_may_have_another_sip_stack(home: Home) -> None:
    """`--engine pjsua2`: the same commands, the same outcomes, against `val core` and `val server`."""
    require_pjsua2()
    config, jwt = phone(home, core=CORE), token(home)
    with home.server(), home.core():
        registered = run_val("ue", "register", "--config", config, "--token", jwt, "--engine", "pjsua2")
        home.bindings(1)
        left = run_val("ue", "deregister", "--config", config, "--engine", "pjsua2")
        home.bindings(0)
    assert (registered[0], left[0]) == (OK, OK), registered
    assert "challenged: autn verified" in registered[1]


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_somebody_who_answers_otherwise_than_expected_is_not_nobody(home: Home, transport: str) -> None:
    """A port that speaks TLS takes no plain SIP, and its certificate may be of an authority that nobody trusts here."""
    context = SSLContext(PROTOCOL_TLS_SERVER)
    shown = Authority.create().server("127.0.0.1")
    assert shown.certificate is not None
    assert shown.key is not None
    chain = home.write("shown.pem", (shown.certificate + shown.key).decode())
    context.load_cert_chain(chain)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError), context.wrap_socket(listening.accept()[0], server_side=True):
            pass

    server = Thread(target=serve)
    server.start()
    core = f"{transport}:127.0.0.1:{listening.getsockname()[1]}"
    trusted = {"authorities": str(home.write("trusted.pem", AUTHORITY.pem.decode()))}
    config = phone(home, listen=f"{transport}:{PHONE}:0", tls=trusted)
    code, said = run_val("ue", "register", "--config", config, "--core", core)
    server.join()
    listening.close()
    assert (code, "Nothing answers" in said) == (BAD_ENVIRONMENT, False), said
    expected = "of no authority that is trusted here" if transport == "tls" else "TLS"
    assert expected in said


@pytest.mark.parametrize(
    ("to", "expected"),
    [("sip:migration@partner.example", "--user alice@home.example, or --back"), ("migration@partner.example", "sip:")],
)
def test_whoever_migrates_says_to_where_and_from_where_or_that_it_is_back(home: Home, to: str, expected: str) -> None:
    """Before the phone is switched on."""
    done = CliRunner().invoke(app, ["migrate", "--config", phone(home), "--core", CORE, "--to", to])
    assert (done.exit_code, expected in done.output) == (BAD_INPUT, True), done.output


def test_a_migration_that_reaches_nobody_says_so(home: Home) -> None:
    """As every call does."""
    config = phone(home, listen=f"tcp:{PHONE}:0")
    to = ("--to", "sip:migration@partner.example", "--user", "alice@home.example", "--token", token(home))
    code, said = run_val("ue", "migrate", "--config", config, "--core", NOBODY, *to)
    assert (code, f"Nothing answers at {NOBODY}." in said) == (BAD_ENVIRONMENT, True), said
