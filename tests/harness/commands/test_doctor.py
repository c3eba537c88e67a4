"""`val doctor` as its user calls it."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.harness.diagnosis.ailing import NONCE, SET
from tests.harness.diagnosis.test_criteria import PROFILE
from tests.harness.evidence.wires import pcap, request, tcp, udp
from tests.witness.foreign import PATIENCE, VAL, run_val
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK
from valkit.tokens import SigningKey, jwks

EXAMPLES = Path(__file__).parents[3] / "examples"
SETTINGS = [str(EXAMPLES / f"{name}.yaml") for name in ("core", "ue", "valserver")]


def test_what_is_healthy_is_said_to_be() -> None:
    """Three settings files that fit together; what could not be looked at is told."""
    code, said = run_val("doctor", *SETTINGS)
    assert code == OK
    assert said.startswith("Nothing is wrong, as far as can be seen.")
    assert "jwks.json cannot be read" in said


def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path) -> None:
    """With keys from a file and from standard input, of which nothing is shown."""
    (tmp_path / "op.txt").write_text(SET.opc)
    code, said = run_val("doctor", "--k", "-", "--op", f"@{tmp_path / 'op.txt'}", "--nonce", NONCE, typed=f"{SET.k}\n")
    assert code == FAILED
    assert said.startswith(
        "1. Whoever made this challenge used as OPc what the keys given call OP.\n   where: --nonce\n"
    )
    assert SET.k not in said
    assert SET.opc not in said


def test_in_json(tmp_path: Path) -> None:
    """For programs."""
    capture = tmp_path / "trace"
    capture.write_bytes(pcap([udp(request(1, b"x" * 2_000)[:1_400])]))
    code, said = run_val("doctor", str(capture), "--json")
    assert code == FAILED
    (found,) = json.loads(said)["findings"]
    assert (found["name"], found["evidence"]) == ("truncated-message", ["frame 1"])


def test_a_capture_of_nothing_but_tls_is_not_as_good_as_none(tmp_path: Path) -> None:
    """What is in it, and how it can be read."""
    (tmp_path / "trace").write_bytes(pcap([tcp(b"\x16\x03\x01\x00\x05hello", 1)]))
    code, said = run_val("doctor", str(tmp_path / "trace"))
    assert code == BAD_INPUT
    assert said.startswith("There is no SIP in what was given, so there is nothing to look at.")
    assert "1 connections are encrypted (TLS): with their keys, which SSLKEYLOGFILE=keys has our" in said


def test_the_captures_in_a_folder_are_looked_at(tmp_path: Path) -> None:
    """And nothing else there; where something is wrong its file is told."""
    (tmp_path / "a.pcap").write_bytes(pcap([udp(request(1))]))
    (tmp_path / "b.pcap").write_bytes(pcap([udp(request(1, b"x" * 2_000)[:1_400])]))
    (tmp_path / "notes.txt").write_text("nothing of SIP")
    code, said = run_val("doctor", str(tmp_path))
    assert code == FAILED
    assert "where: frame 1 of " in said
    assert "b.pcap" in said


def test_a_capture_may_come_from_a_pipe() -> None:
    """Of whatever size: it is not kept."""
    noise = bytes(65_000)
    frames = [*(udp(noise) for _ in range(1_100)), udp(request(1, b"x" * 2_000)[:1_400])]
    done = subprocess.run([*VAL, "doctor", "-"], input=pcap(frames), capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == FAILED, done.stderr
    assert b"where: frame 1101\n" in done.stdout


def test_a_token_is_explained(tmp_path: Path) -> None:
    """With the keys and what is asked of it."""
    key, keys = tmp_path / "key.pem", tmp_path / "jwks.json"
    key.write_text(SigningKey.generate().pem())
    keys.write_text(jwks(SigningKey.from_text(key.read_text())))
    _, token = run_val("token", "mint", "--key", str(key), "--user", "alice", "--service", "dispatch")
    (tmp_path / "token").write_text(token)
    told = ("--token", str(tmp_path / "token"), "--jwks", str(keys))
    assert run_val("doctor", *told)[0] == OK
    code, said = run_val("doctor", *told, "--audience", "other")
    assert code == FAILED
    assert "Its audience is 'val-server', expected 'other'." in said
    assert token.strip() not in said


def test_filter_criteria_are_explained(tmp_path: Path) -> None:
    """Given by option, or as any other file."""
    file = tmp_path / "alice.xml"
    file.write_text(PROFILE.replace("<IncludeRegisterRequest/>", ""))
    for told in (["--ifc", str(file)], [str(file)]):
        code, said = run_val("doctor", *told)
        assert code == FAILED
        assert "no token travels" in said


@pytest.mark.parametrize(
    ("told", "code", "why"),
    [
        ([], BAD_INPUT, "There is nothing to look at"),
        (["/no/such/file"], BAD_ENVIRONMENT, "/no/such/file cannot be read: No such file or directory."),
        ([str(EXAMPLES)], BAD_INPUT, "examples has no capture in it (of "),
        (["--token", str(EXAMPLES)], BAD_ENVIRONMENT, "cannot be read: Is a directory."),
        (["--ifc", "/dev/zero"], BAD_INPUT, "/dev/zero is too long"),
        (["--token", "/dev/zero"], BAD_INPUT, "/dev/zero is too long"),
        (["--jwks", "/dev/zero", "--token", str(EXAMPLES / "ue.yaml")], BAD_INPUT, "/dev/zero is too long"),
        (["/dev/null"], BAD_INPUT, "/dev/null has no SIP message in it"),
        (["--k", "12", "--opc", SET.opc, "--nonce", NONCE], BAD_INPUT, "--k has 2 hexadecimal digits (expected 32"),
        (["--k", "@/no/such/file", "--opc", SET.opc], BAD_ENVIRONMENT, "/no/such/file cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused(told: list[str], code: int, why: str) -> None:
    """Input is told from environment."""
    got, said = run_val("doctor", *told)
    assert got == code
    assert why in said.replace("\n", " ")


def test_what_is_recognized_can_be_listed() -> None:
    """As lines, and as the page of the documentation."""
    code, said = run_val("doctor", "--list")
    assert code == OK
    assert "op-as-opc" in said
    _, page = run_val("doctor", "--list", "--markdown")
    assert page == (EXAMPLES.parent / "docs" / "doctor.md").read_text()
