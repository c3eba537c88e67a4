"""A phone that is a command, with a wire that the test writes on."""

import sys
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a command is a process

from harness.lab.external.phone import CommandEngine
from harness.lab.wire import Wire
from harness.plans.elsewhere import ExternalUe
from tests.harness.scenes import CAST
from ue_sim import conduct
from ue_sim.engine import Body, Publication
from ue_sim.errors import Incapable, UeError
from valkit.sip.hop import Hop
from valkit.sip.message import Request
from valkit.trace import Message

reactor: Any = the_reactor
CORE = Hop("udp", "127.0.0.21", 5060)
HOST = "127.0.0.99"
IMPU = "sip:sipp@home.example"
SENDS = f"{sys.executable} -c \"import sys; open('said', 'w').write(' '.join(sys.argv[1:]))\" "


@pytest.fixture
def wire() -> Wire:
    """Give a wire on which nothing has happened."""
    return Wire(CAST, frozenset(), lambda: 1000.0)


def phone(wire: Wire, folder: Path, **told: str) -> CommandEngine:
    """Give a phone with these commands."""
    plan = ExternalUe.model_validate({"host": HOST, "within": "10s", **told})
    return CommandEngine(plan, reactor, wire, "sipp@home.example", CORE, folder)


def answered(wire: Wire, status: int, method: str = "REGISTER", at: str = HOST) -> None:
    """Let the core answer somebody."""
    who = [("From", f"<{IMPU}>;tag=1"), ("To", f"<{IMPU}>"), ("Call-ID", "c"), ("CSeq", f"1 {method}")]
    request = Request.create(method, IMPU, [("Via", f"SIP/2.0/UDP {at}:5060;branch=z9hG4bK1"), *who])
    response = request.answer(status, headers=[("Expires", "600")])
    wire.trace.message(Message(0.0, CORE, Hop("udp", at, 5060), response))


async def test_a_command_is_filled_in_and_the_core_says_what_came_of_it(wire: Wire, tmp_path: Path) -> None:
    """Where the core is, who registers and for how long; the last answer counts."""

    def see(_: object) -> None:
        return None

    wire.trace.watch(see)
    engine = phone(wire, tmp_path, register=SENDS + "{core} {transport} {impu} {expires} {type}")
    reactor.callLater(0, answered, wire, 401)
    reactor.callLater(0, answered, wire, 200)
    reactor.callLater(0, answered, wire, 403, at="127.0.0.98")
    answer = await engine.register(IMPU, 900, Body("text/plain", b"token"))
    assert (answer.status, answer.expires) == (200, 600)
    assert (tmp_path / "said").read_text() == f"127.0.0.21:5060 udp {IMPU} 900 text/plain"
    granted = engine.registered(IMPU)
    assert granted is not None
    assert granted.until == 1600
    assert [file.name for file in (tmp_path).iterdir()] == ["said"]  # noqa: ASYNC240  a folder of the test


async def test_a_command_finds_the_files_beside_whoever_called(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in the lab's folder, where it may leave what it likes."""
    (tmp_path / "called").mkdir()
    (tmp_path / "lab").mkdir()
    (tmp_path / "called" / "mine.txt").write_text("mine")
    monkeypatch.chdir(tmp_path / "called")
    engine = phone(wire, tmp_path / "lab", register="cp {here}/mine.txt .")
    with pytest.raises(UeError, match="the core has answered no REGISTER"):
        await engine.register("sip:alice@home.example", 60, None)
    assert (tmp_path / "lab" / "mine.txt").read_text() == "mine"


async def test_what_a_request_carries_is_in_a_file_while_the_command_runs(wire: Wire, tmp_path: Path) -> None:
    """A token is never on the command line."""
    reads = f"{sys.executable} -c \"import sys; open('said', 'wb').write(open(sys.argv[1], 'rb').read())\" "
    engine = phone(wire, tmp_path, publish=reads + "{body}")
    reactor.callLater(0, answered, wire, 200, "PUBLISH")
    wanted = Publication(IMPU, "sip:val@home.example", "poc-settings", 60, body=Body("text/plain", b"a token"))
    assert (await engine.publish(wanted)).status == 200
    assert (tmp_path / "said").read_bytes() == b"a token"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"{sys.executable} -c \"print('no route'); raise SystemExit(3)\"", "did not do it: .*exit code 3.* no route"),
        ("sipp {nothing}", "cannot be filled in: 'nothing'"),
        (f"{sys.executable} -c pass", "the core has answered no REGISTER of 127.0.0.99"),
    ],
)
async def test_a_command_that_does_not_do_it_is_told(wire: Wire, tmp_path: Path, command: str, says: str) -> None:
    """With what it said last."""
    with pytest.raises(UeError, match=says):
        await phone(wire, tmp_path, register=command).register(IMPU, 600, None)


async def test_a_command_may_not_take_for_ever(wire: Wire, tmp_path: Path) -> None:
    """It is killed."""
    slow = phone(wire, tmp_path, register=f'{sys.executable} -c "import time; time.sleep(60)"', within="200ms")
    with pytest.raises(UeError, match="did not end within 0 s"):
        await slow.register(IMPU, 600, None)


async def test_without_a_command_somebody_is_waited_for(wire: Wire, tmp_path: Path) -> None:
    """Until the core has answered, and not with a challenge; or until it is too long."""
    engine = phone(wire, tmp_path)
    reactor.callLater(0.01, answered, wire, 401)
    reactor.callLater(0.02, answered, wire, 200)
    assert (await engine.register(IMPU, 600, None)).status == 200
    with pytest.raises(UeError, match=r"nobody has sent a PUBLISH from 127\.0\.0\.99"):
        await phone(wire, tmp_path, within="100ms").publish(Publication(IMPU, IMPU, "poc-settings", 60))


async def test_it_cannot_be_made_to_misbehave(wire: Wire, tmp_path: Path) -> None:
    """Nor to do what no command is for."""
    engine = phone(wire, tmp_path, register="sipp {core}")
    for asked in (
        engine.register(IMPU, 600, None, conduct.wrong_res()),
        engine.deregister(IMPU, everywhere=True),
        engine.subscribe(IMPU, 600),
        engine.resend(Request.create("MESSAGE", IMPU, [])),
    ):
        with pytest.raises(Incapable):
            await asked
