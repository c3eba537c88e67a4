"""`python -m seal.kms`: a process of its own, that can be killed."""

import re
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from ruamel.yaml import YAML

from tests.seal.kms.parts import ALICE, ISSUER, KEY, settings
from valkit.keymanagement.resources import KeyProv
from valkit.keymanagement.responses import KmsKeyProv, KmsResponse
from valkit.tokens import Grant, mint

TOKEN = mint(
    KEY,
    Grant(ISSUER, "val-server", ALICE, ("dispatch",), "j", 1.7e9, 1e9, scope="3gpp:seal:key_management_service"),
)


def written(folder: Path) -> Path:
    """Write a configuration with everything in a folder."""
    with (folder / "kms.yaml").open("w") as file:
        YAML(typ="safe").dump(settings(folder).model_dump(mode="json", exclude_unset=True), file)
    return folder / "kms.yaml"


def asked(url: str, folder: Path) -> KmsKeyProv:
    """Ask for alice's keys with what Python has itself."""
    context = ssl.create_default_context(cafile=str(folder / "ca" / "authority.pem"))
    request = Request(url + KeyProv().path, method="POST", headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(request, context=context, timeout=20) as answer:
        message = KmsResponse.parse(answer.read()).message
    assert isinstance(message, KmsKeyProv)
    return message


def test_the_same_keys_after_a_kill(tmp_path: Path) -> None:
    """It serves over verified HTTPS; killed and started again, it gives what it gave."""
    command = [sys.executable, "-m", "seal.kms", "--config", str(written(tmp_path))]
    seen = []
    for end in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout is not None
            ready = re.match(r"kms is ready: kms=(https://127\.0\.0\.5:\d+)", process.stdout.readline())
            assert ready is not None
            seen.append(asked(ready[1], tmp_path))
            process.send_signal(end)
            process.communicate(timeout=20)
    assert seen[0] == seen[1]


@pytest.mark.parametrize(("text", "code", "says"), [("{}", 2, "access"), (None, 3, "cannot be read")])
def test_a_start_that_fails_says_why(tmp_path: Path, text: str | None, code: int, says: str) -> None:
    """2 for what is written, 3 for what is around."""
    config = tmp_path / "kms.yaml"
    if text is not None:
        config.write_text(text)
    command = [sys.executable, "-m", "seal.kms", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, says in done.stderr, "Traceback" in done.stderr) == (code, True, False)
