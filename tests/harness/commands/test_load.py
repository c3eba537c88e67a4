"""`val load` as people call it: wrong input is told at once; a small load of real processes comes to its end."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from harness.console.command_line import build
from sipcore_stub.settings import CoreSettings
from tests.witness.foreign import program, run_val
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, INTERRUPTED, OK
from valkit.net.serving import settings_from

SCHEMA = Path(__file__).parents[3] / "docs" / "load.schema.json"
NOBODY = ("--core", "udp:127.0.0.1:9", "--users", "2", "--do", "register")
UNASKED = (*NOBODY, "--probe", "no")


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--profile", "10/s 30s, rump"], BAD_INPUT, "`rump` at character 11 (expected such as"),
        (["--profile", "10/s 30s", "--rate", "1/s"], BAD_INPUT, "which of them?"),
        (["--rate", "fast"], BAD_INPUT, "--rate fast is no rate (expected a number and what it is per, such as 5/s"),
        (["--rate", "5"], BAD_INPUT, "0.5/s; 5/s?)"),
        (["--rate", "5/s", "--for", "10"], BAD_INPUT, "--for 10 is not a duration (expected one with its unit"),
        (["--patience", "0s"], BAD_INPUT, "expected more, such as 10s"),
        (["--fail-over", "1"], BAD_INPUT, "could be 1 % or all (expected such as 1%, 0.01 or 100%)"),
        (["--json", "load.json", "--html", "load.json"], BAD_INPUT, "are one file (expected two)"),
        (["--json", "/"], BAD_ENVIRONMENT, "/ cannot be written: it is a folder"),
        (["--do", "dance"], BAD_INPUT, "no UE does 'dance'"),
        (["--fail-over", "much"], BAD_INPUT, "expected such as 1%"),
        (["--p99-over", "200"], BAD_INPUT, "expected one with its unit"),
        (["--patience", "5"], BAD_INPUT, "--patience 5 is not a duration"),
        (["--processes", "4", "--in-flight", "1"], BAD_INPUT, "--processes 4 are more than --in-flight 1"),
        (["--profile", f"{'9' * 400}/s 1s"], BAD_INPUT, "more than anybody sends"),
        (["--users", "0"], BAD_INPUT, "greater than or equal to 1"),
        (["--core", "192.0.2.1"], BAD_INPUT, "expected something like udp:192.0.2.1:5060"),
        (["--addresses", "here"], BAD_INPUT, "expected something like 127.1.0.0/16"),
        (["--config", "absent.yaml"], BAD_ENVIRONMENT, "absent.yaml cannot be read"),
        (["--csv", "absent.csv"], BAD_ENVIRONMENT, "absent.csv cannot be read"),
        (["--key", "absent.pem"], BAD_ENVIRONMENT, "absent.pem cannot be read"),
        (["--json", "absent/load.json"], BAD_ENVIRONMENT, "absent/load.json cannot be written"),
    ],
)
def test_wrong_input_is_told_before_anything_is_sent(options: list[str], code: int, sentence: str) -> None:
    """Each fault has its exit code and a sentence that says what was expected."""
    done = CliRunner().invoke(build("load"), ["load", *options])
    assert (done.exit_code, sentence in " ".join(done.output.split())) == (code, True), done.output


def test_it_prints_the_schema_of_its_result() -> None:
    """As it is published."""
    done = CliRunner().invoke(build("load"), ["load", "--schema"])
    assert (done.exit_code, done.output) == (OK, SCHEMA.read_text())


def test_what_is_built_in_is_loaded_where_nothing_is_named(tmp_path: Path) -> None:
    """Every journey succeeds; JSON and page say what was counted."""
    files = ["--json", str(tmp_path / "load.json"), "--html", str(tmp_path / "load.html")]
    code, said = run_val("load", "--users", "4", "--rate", "4/s", "--for", "1500ms", "--processes", "2", *files)
    assert code == OK, said
    told = json.loads((tmp_path / "load.json").read_text())
    assert list(Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(told)) == []
    assert (told["journeys"]["succeeded"], told["journeys"]["failed"]) == (6, 0)
    assert {name: step["succeeded"] for name, step in told["steps"].items()} == {
        "register": 6,
        "publish": 6,
        "deregister": 6,
    }
    assert "<polyline" in (tmp_path / "load.html").read_text()
    assert "6 journeys in" in said


def test_a_core_by_itself_is_loaded_with_the_users_that_were_written_for_it(tmp_path: Path) -> None:
    """`--write-core-settings` and the load agree about keys."""
    core, net = tmp_path / "core.yaml", f"127.{64 + os.getpid() % 64}.{os.getpid() // 64 % 256}"
    code, said = run_val("load", "--users", "3", "--write-core-settings", str(core))
    assert (code, core.stat().st_mode & 0o777) == (OK, 0o600), said
    assert len(settings_from(CoreSettings, core).everyone) == 3
    assert (tmp_path / "core.subscribers.csv").stat().st_mode & 0o777 == 0o600
    places = {
        name: {"listen": [f"udp:{net}.{last}:5060"]} for name, last in (("pcscf", 21), ("icscf", 22), ("scscf", 23))
    }
    core.write_text(core.read_text() + "\n".join(f"{name}: {json.dumps(told)}" for name, told in places.items()))
    with program(["core", "--config", str(core)], "core is ready", tmp_path / "core.log"):
        target = ["--core", f"udp:{net}.21:5060", "--users", "3", "--rate", "6/s", "--for", "1s"]
        code, said = run_val("load", *target, "--do", "register,reregister,deregister")
    assert (code, "6 succeeded" in said) == (OK, True), said


def test_tokens_are_those_that_the_options_want_also_where_it_is_built_in(tmp_path: Path) -> None:
    """The VAL server believes that issuer, and no report is touched by a load that cannot be."""
    key, report = tmp_path / "key.pem", tmp_path / "load.json"
    minting = ("token", "mint", "--new-key", "--key", str(key), "--user", "alice", "--service", "video")
    assert run_val(*minting)[0] == OK
    report.write_text("the last one")
    assert run_val("load", "--json", str(report), "--key", str(tmp_path / "other.pem"))[0] == BAD_ENVIRONMENT
    assert report.read_text() == "the last one"
    options = ("--key", str(key), "--issuer", "https://idms.other.example", "--audience", "else", "--service", "video")
    code, said = run_val("load", *options, "--users", "2", "--rate", "2/s", "--for", "1s", "--json", str(report))
    assert (code, json.loads(report.read_text())["steps"]["publish"]["succeeded"]) == (OK, 2), said


def test_each_ue_may_have_an_address_of_its_own() -> None:
    """The core takes them all; an address that this machine has not is told before anything is sent."""
    few = ("--users", "3", "--rate", "3/s", "--for", "1s")
    code, said = run_val("load", *few, "--addresses", "127.77.0.0/29")
    assert (code, "3 succeeded" in said) == (OK, True), said
    code, said = run_val("load", *few, "--addresses", "192.0.2.0/29")
    assert (code, "0 of 3 UEs of a process have sockets" in said) == (BAD_ENVIRONMENT, True), said


def test_a_core_that_is_not_there_is_told_before_the_load_begins() -> None:
    """With what was asked."""
    code, said = run_val("load", *NOBODY)
    assert (code, "does not answer OPTIONS at udp:127.0.0.1:9 (nobody listens there" in said) == (BAD_ENVIRONMENT, True)


def test_a_load_in_which_nobody_answers_fails_with_the_cause() -> None:
    """Exit 1, with how often and why."""
    code, said = run_val("load", *UNASKED, "--rate", "2/s", "--for", "1s", "--patience", "200ms")
    assert code == FAILED, said
    assert "2 x register: no answer in 0.2 s" in said
    assert "Too much: no journey succeeded" in said


def test_a_full_disk_keeps_nobody_from_the_figures(tmp_path: Path) -> None:
    """One report cannot be written: the other one is, the terminal has all, and the exit code says so."""
    page = tmp_path / "load.html"
    few = ("--rate", "2/s", "--for", "1s", "--patience", "200ms", "--fail-over", "100%")
    code, said = run_val("load", *UNASKED, *few, "--json", "/dev/full", "--html", str(page))
    assert (code, "2 failed" in said) == (BAD_ENVIRONMENT, True), said
    assert "/dev/full cannot be written: No space left on device" in said
    assert "2 of 2 journeys failed" in page.read_text()


def test_ctrl_c_ends_it_with_the_summary() -> None:
    """Exit 130; what was under way is given up."""
    command = [sys.executable, "-m", "harness", "load", *UNASKED, "--rate", "2/s", "--for", "1h", "--patience", "1h"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert "under way" in child.stdout.readline()
        child.send_signal(signal.SIGINT)
        said, complained = child.communicate(timeout=60)
    assert child.returncode == INTERRUPTED, complained
    assert "2 given up" in said
