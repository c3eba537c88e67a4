"""`val replay` as its user calls it."""

import json
from pathlib import Path
from time import time

import pytest
from attrs import evolve

from harness.seen.capture import save
from tests.harness.evidence.wires import RAW, block, interface, pcap, request, section, udp, wired
from tests.harness.replaying.heard import CORE, SERVER, told
from tests.valkit.tokens.support import EC, GRANT, NOW, POLICY, STRANGER
from tests.witness.foreign import run_val
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK
from valkit.sip import Request
from valkit.tokens import jwks, mint
from valkit.trace import Message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with keys, settings, and two captures: of a server that is right, and of one that believes all."""
    (tmp_path / "jwks.json").write_text(jwks(EC))
    (tmp_path / "valserver.yaml").write_text(
        f"tokens: {{issuer: {POLICY.issuer}, keys: {tmp_path / 'jwks.json'}}}\ntrusted_peers: [192.0.2.0/24]\n"
    )
    right, forged = told(), told("sip:bob@home.example", token=mint(STRANGER, GRANT))
    (tmp_path / "right.pcapng").write_bytes(wired(exchange(right, 200)))
    (tmp_path / "wrong.pcapng").write_bytes(wired([*exchange(right, 200), *exchange(forged, 200)]))
    (tmp_path / "other.pcap").write_bytes(pcap([udp(request())]))
    return tmp_path


def exchange(request_: Request, status: int) -> list[Message]:
    """Have a request sent and answered."""
    return [Message(NOW, CORE, SERVER, request_), Message(NOW + 0.01, SERVER, CORE, request_.answer(status))]


def test_a_server_that_is_right(folder: Path) -> None:
    """Its settings say by what it is judged."""
    code, said = run_val("replay", str(folder / "right.pcapng"), "--config", str(folder / "valserver.yaml"), "--events")
    assert code == OK
    assert "due 200, was 200  bound alice dispatch video (token)" in said
    assert said.endswith("of 1 that could be judged all were answered rightly.\n")


def test_a_capture_may_say_any_time(folder: Path) -> None:
    """Beyond the last year of the calendar, too: what is bound then is shown all the same."""
    late = NOW + 1e12
    request_ = told(token=mint(EC, evolve(GRANT, issued_at=late)))
    exchanged = [Message(late, CORE, SERVER, request_), Message(late, SERVER, CORE, request_.answer(200))]
    (folder / "late.pcapng").write_bytes(wired(exchanged))
    asked = ("replay", str(folder / "late.pcapng"), "--config", str(folder / "valserver.yaml"), "--events")
    code, said = run_val(*asked)
    assert code == OK, said
    assert "beyond the calendar" in said
    code, said = run_val(*asked, "--json")
    assert (code, [each["ends_time"] for each in json.loads(said)["bindings"]]) == (OK, [None])


def test_a_capture_without_times_is_judged_as_of_now(folder: Path) -> None:
    """A token that holds now is held for good."""
    request_ = told(token=mint(EC, evolve(GRANT, issued_at=time() - 1)))
    packets = [udp(bytes(request_), CORE[1:], SERVER[1:]), udp(bytes(request_.answer(200)), SERVER[1:], CORE[1:])]
    blocks = [block("<", 3, len(each).to_bytes(4, "little") + each) for each in packets]
    (folder / "timeless.pcapng").write_bytes(section("<") + interface("<", RAW) + b"".join(blocks))
    code, said = run_val("replay", str(folder / "timeless.pcapng"), "--config", str(folder / "valserver.yaml"))
    assert code == OK, said
    assert "due 200, was 200  bound alice" in said


def test_a_server_that_believes_anything(folder: Path) -> None:
    """Keys and issuer by options; what it did wrong is named."""
    told = ("--jwks", str(folder / "jwks.json"), "--issuer", POLICY.issuer)
    code, said = run_val("replay", str(folder / "wrong.pcapng"), *told)
    assert code == FAILED
    assert "a 200 where a 403 was due" in said
    code, said = run_val("replay", str(folder / "wrong.pcapng"), *told, "--json", "--server", "192.0.2.9:5070")
    assert code == FAILED
    assert [each["agrees"] for each in json.loads(said)["decisions"]] == [True, False]


def test_what_has_its_tokens_hidden_cannot_be_judged(folder: Path) -> None:
    """As captures of `val run` have; that is no success."""
    save(exchange(told(), 200), folder / "hidden.pcapng")
    code, said = run_val("replay", str(folder / "hidden.pcapng"), "--config", str(folder / "valserver.yaml"))
    assert code == BAD_INPUT
    assert "none of them could be judged. In 1 the token is hidden" in said


def test_several_captures_are_judged_each_by_itself(folder: Path) -> None:
    """By their names, or by the folder that they are in; one in which nobody tells a server is said to be that."""
    told = ("--config", str(folder / "valserver.yaml"))
    for files in (sorted(map(str, folder.glob("*.pcap*"))), [str(folder)]):
        code, said = run_val("replay", *files, *told)
        assert code == FAILED
        assert [line for line in said.splitlines() if line.startswith("==")] == [
            f"== {folder / name}" for name in ("other.pcap", "right.pcapng", "wrong.pcapng")
        ]
        assert "Nobody tells a VAL server of anything here: no third-party REGISTER" in said
        assert said.count("a 200 where a 403 was due") == 1
    code, said = run_val("replay", str(folder), *told, "--json")
    assert code == FAILED
    assert [(Path(each["file"]).name, len(each["decisions"])) for each in json.loads(said)] == [
        ("other.pcap", 0),
        ("right.pcapng", 1),
        ("wrong.pcapng", 2),
    ]


@pytest.mark.parametrize(
    ("told", "code", "why"),
    [
        (["right.pcapng"], BAD_INPUT, "not known whose tokens hold"),
        (["right.pcapng", "--jwks", "none.json", "--issuer", "i"], BAD_ENVIRONMENT, "none.json gives no keys"),
        (["none.pcap", "--config", "valserver.yaml"], BAD_ENVIRONMENT, "none.pcap cannot be read"),
        (["right.pcapng", "--config", "none.yaml"], BAD_ENVIRONMENT, "none.yaml cannot be read"),
        (["valserver.yaml", "--config", "valserver.yaml"], BAD_INPUT, "it is no capture"),
        (["other.pcap", "--config", "valserver.yaml"], BAD_INPUT, "name it with --server HOST"),
        (["other.pcap", "--config", "valserver.yaml"], BAD_INPUT, "other.pcap: no third-party REGISTER and no PUBLISH"),
        (["other.pcap", "--config", "valserver.yaml"], BAD_INPUT, "What went wrong says: val doctor /"),
        (["right.pcapng", "--config", "/dev/./zero"], BAD_INPUT, "zero is too long"),
        (["right.pcapng", "--config", "valserver.yaml", "--server", "h:x"], BAD_INPUT, "expected HOST or HOST:PORT"),
    ],
)
def test_what_cannot_be_judged_is_refused(folder: Path, told: list[str], code: int, why: str) -> None:
    """Input is told from environment."""
    paths = [str(folder / word) if "." in word else word for word in told]  # a path from the root stays what it is
    got, said = run_val("replay", *paths)
    assert got == code, said
    assert why in said.replace("\n", " ")
