"""`val lab up`: what it prints is run as it stands, by a shell."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from harness.commands.lab import app
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, INTERRUPTED

SECONDS = 120
BIN = Path(sys.executable).parent
SHELL = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "COLUMNS": "200", "TERM": "dumb"}


class Up:
    """A lab that is up, as a user sees it."""

    def __init__(self, process: subprocess.Popen[str], last: str) -> None:
        self._process = process
        self.said = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.said += line
            if line.startswith("  val ") and last in line:
                break

    @property
    def commands(self) -> list[str]:
        """What it says is to be tried."""
        tried = self.said.partition("To try")[2]
        return [line.strip() for line in tried.splitlines()[1:] if line.startswith("  ") and not line.startswith("  #")]

    def end(self) -> int:
        """Press Ctrl-C; gives the exit code."""
        self._process.send_signal(signal.SIGINT)
        rest, _ = self._process.communicate(timeout=SECONDS)
        self.said += rest
        return self._process.returncode


@contextmanager
def up(folder: Path, lab: str, last: str, *options: str) -> Iterator[Up]:
    """Put a lab up, with its files in a folder that stays; the last command that it prints has these words."""
    command = [sys.executable, "-m", "harness", "lab", "up", "--lab", lab, "--folder", str(folder / "lab")]
    command += options
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env=SHELL
    ) as process:
        try:
            yield Up(process, last)
        finally:
            process.kill()


def tried(lab: Up, folder: Path) -> str:
    """Run each command that it prints, by a shell; gives what they said."""
    told = ""
    for command in lab.commands:
        if shutil.which(command.split()[0], path=SHELL["PATH"]) is None:  # curl or SIPp, which not every machine has
            continue
        done = subprocess.run(
            command, shell=True, check=False, capture_output=True, text=True, env=SHELL, timeout=SECONDS, cwd=folder
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        told += done.stdout
    return told


def test_all_that_is_printed_works_as_it_stands(tmp_path: Path) -> None:
    """From the log-in to the binding at the partner, and back; then Ctrl-C ends it in good order."""
    with up(tmp_path, "migration", "partner list") as lab:
        assert len(lab.commands) >= 15
        told = tried(lab, tmp_path)
        lost = f"val ue visit https://127.0.1.9:1 --log-in {tmp_path}/lab/alice.json"
        done = subprocess.run(lost, shell=True, check=False, capture_output=True, text=True, env=SHELL, timeout=SECONDS)
        assert lab.end() == 0
    assert "admitted as visitor-7 (guest-alice)" in told
    served = re.findall(r"(Nobody is bound|sip:alice@\w+\.example +\S+ +\S+)(?: +REG|\.)", told)
    assert [" ".join(each.split()) for each in served] == [
        "sip:alice@home.example alice dispatch",
        "sip:alice@partner.example visitor-7 rescue",
        "Nobody is bound",
    ]
    assert told.count("migrate, sip:migration@") == 2
    assert (done.returncode, "No security token from home" in done.stderr, "invalid_target" in done.stderr) == (
        FAILED,
        True,
        True,
    )
    assert "partner.valserver: bound: visitor-7 in rescue" in lab.said
    assert "valserver: alice of home.example is at partner.example" in lab.said
    assert (tmp_path / "lab" / "partner" / "valserver.yaml").exists()
    assert (tmp_path / "lab").stat().st_mode & 0o077 == 0
    assert (tmp_path / "lab" / "ue-alice.yaml").stat().st_mode & 0o077 == 0


def test_the_other_seal_servers_are_provisioned_and_asked(tmp_path: Path) -> None:
    """The group, its key and the phone's own keys come of one file."""
    with up(tmp_path, "seal", "user list") as lab:
        told = tried(lab, tmp_path)
        assert lab.end() == 0
    assert "kms   created   key of sip:team@home.example" in told
    assert "sip:team@home.example (Team)" in told
    assert "ProvisionedKey" in (tmp_path / "lab" / "team-for-her.xml").read_text()
    assert (tmp_path / "lab" / "alice-keys.json").exists()


def test_ctrl_c_before_it_is_up_ends_it_as_well(tmp_path: Path) -> None:
    """What was up already is down again, and no folder of its own stays."""
    command = [sys.executable, "-m", "harness", "lab", "up", "--lab", "seal"]
    env = {**SHELL, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env) as process:
        while process.poll() is None and not list(tmp_path.glob("val-lab-*/idms.sqlite")):
            sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=SECONDS)
    assert (process.returncode, said) == (INTERRUPTED, "Interrupted before it was up.\n")
    assert not list(tmp_path.glob("val-lab-*"))


@pytest.fixture
def two_domains(tmp_path: Path) -> Iterator[Up]:
    """Put the lab with two domains up, with metrics."""
    with up(tmp_path, "two-domains", "partner list", "--metrics") as lab:
        yield lab


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


def test_who_is_not_admitted_to_the_partner_is_told_what_to_do(two_domains: Up, tmp_path: Path) -> None:
    """An issuer written otherwise, an app that is no client there, a scope that guests may not have."""
    visit = next(command for command in two_domains.commands if command.startswith("val ue visit"))

    def visiting(command: str) -> str:
        done = subprocess.run(
            command, shell=True, check=False, capture_output=True, text=True, env=SHELL, timeout=SECONDS, cwd=tmp_path
        )
        assert done.returncode == FAILED, done
        return done.stderr

    subprocess.run(two_domains.commands[0], shell=True, check=True, env=SHELL, timeout=SECONDS, cwd=tmp_path)
    issuer = visit.split()[3]
    assert f"Or without the / at its end: {issuer}." in visiting(visit.replace(issuer, f"{issuer}/"))
    assert "client add stranger --redirect" in visiting(f"{visit} --client-id stranger")
    assert "--guest-scope SCOPE" in visiting(f"{visit} --scope 3gpp:seal:key_management_service")


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
