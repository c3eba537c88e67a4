"""`val lab up`: what it prints is run as it stands, by a shell."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from harness.commands.lab import app
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED

SECONDS = 120
BIN = Path(sys.executable).parent


class Up:
    """A lab that is up, as a user sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.said = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.said += line
            if line.startswith("  val idms") and "partner list" in line:
                break

    @property
    def commands(self) -> list[str]:
        """What it says is to be tried."""
        tried = self.said.partition("To try")[2]
        return [line.strip() for line in tried.splitlines()[1:] if not line.startswith("  #")]

    def end(self) -> int:
        """Press Ctrl-C; gives the exit code."""
        self._process.send_signal(signal.SIGINT)
        rest, _ = self._process.communicate(timeout=SECONDS)
        self.said += rest
        return self._process.returncode


@pytest.fixture
def two_domains(tmp_path: Path) -> Iterator[Up]:
    """Put the lab with two domains up, with its files in a folder that stays."""
    command = [sys.executable, "-m", "harness", "lab", "up", "--lab", "two-domains", "--folder", str(tmp_path / "lab")]
    command.append("--metrics")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path) as up:
        try:
            yield Up(up)
        finally:
            up.kill()


def test_all_that_is_printed_works_as_it_stands(two_domains: Up, tmp_path: Path) -> None:
    """From the log-in to the binding at the partner; then Ctrl-C ends it in good order."""
    shell = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "COLUMNS": "200", "TERM": "dumb"}
    told = ""
    assert len(two_domains.commands) >= 10
    for command in two_domains.commands:
        if shutil.which(command.split()[0], path=shell["PATH"]) is None:  # curl or SIPp, which not every machine has
            continue
        done = subprocess.run(
            command, shell=True, check=False, capture_output=True, text=True, env=shell, timeout=SECONDS, cwd=tmp_path
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        told += done.stdout
    assert "admitted as visitor-7 (guest-alice)" in told
    assert re.search(r"sip:alice@home\.example +alice +dispatch +REGISTER", told)
    assert re.search(r"sip:alice@partner\.example +visitor-7 +rescue +REGISTER", told)
    lost = f"val ue visit https://127.0.1.9:1 --log-in {tmp_path}/lab/alice.json"
    done = subprocess.run(lost, shell=True, check=False, capture_output=True, text=True, env=shell, timeout=SECONDS)
    assert (done.returncode, "No security token from home" in done.stderr, "invalid_target" in done.stderr) == (
        FAILED,
        True,
        True,
    )
    assert two_domains.end() == 0
    assert "partner.valserver: bound: visitor-7 in rescue" in two_domains.said
    assert (tmp_path / "lab" / "partner" / "valserver.yaml").exists()
    assert (tmp_path / "lab").stat().st_mode & 0o077 == 0


def test_who_there_is_and_where_everything_is_stands_above(two_domains: Up) -> None:
    """Addresses of both domains, users with their passwords, guests without; metrics where they are wished for."""
    assert re.search(r"P-CSCF +udp:127\.0\.0\.21:\d+", two_domains.said)
    assert re.search(r"P-CSCF +udp:127\.0\.1\.21:\d+", two_domains.said)
    assert re.search(r"alice +correct horse battery staple +alice +dispatch +sip:alice@home\.example", two_domains.said)
    assert re.search(r"alice +\(a guest\) +visitor-7 +rescue +sip:alice@partner\.example", two_domains.said)
    for program in ("VAL server", "Partner S-IdMS"):
        where = re.search(rf"{program} +(http://127\.0\.0\.1:\d+/metrics)", two_domains.said)
        assert where
        with urlopen(where[1]) as answer:
            assert b"# HELP val_" in answer.read()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--lab", "two-domain"], "There is no lab two-domain (did you mean two-domains?)"),
        (["--lab", "broken.yaml"], "broken.yaml:1"),
        (["--folder", "there"], "there is there already"),
        (["--tls-keys", "there"], "there: Is a directory"),
    ],
)
def test_what_cannot_be_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    """In a sentence, with the exit code for wrong input."""
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    Path("broken.yaml").write_text("domain: [home.example]\n")
    result = CliRunner().invoke(app, ["up", *arguments])
    assert result.exit_code == (BAD_ENVIRONMENT if "--tls-keys" in arguments else BAD_INPUT)
    assert sentence in result.output


def test_a_lab_with_parts_of_ones_own_is_not_brought_up(tmp_path: Path) -> None:
    """They are started by whoever has them."""
    lab = tmp_path / "ours.yaml"
    lab.write_text(
        "domain: home.example\nvalserver: {external: {address: 'udp:192.0.2.31:5060'}}\n"
        f"ues: {{alice: {{impi: a@home.example, impus: ['sip:a@home.example'], k: '{'0' * 32}', op: '{'0' * 32}'}}}}\n"
    )
    result = CliRunner().invoke(app, ["up", "--lab", str(lab)])
    assert result.exit_code == BAD_INPUT
    assert "has parts that are not ours, which val does not start" in " ".join(result.output.split())
