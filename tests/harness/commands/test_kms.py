"""`val kms`: says where it listens, serves, ends well; what is wrong is told."""

import ssl
from pathlib import Path
from urllib.request import urlopen

from tests.harness.commands.serving_alone import program, refused
from tests.seal.kms.test_main import written
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.keymanagement.resources import ROOT


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """By verified HTTPS, and describes itself."""
    with program("kms", written(tmp_path)) as addresses:
        context = ssl.create_default_context(cafile=str(tmp_path / "ca" / "authority.pem"))
        with urlopen(f"{addresses['kms']}{ROOT}/openapi.json", context=context) as answer:
            assert answer.status == 200


def test_a_wrong_setting_is_2(tmp_path: Path) -> None:
    """With file, line and column."""
    config = tmp_path / "kms.yaml"
    config.write_text("periods: {length: 30}\n")
    code, said = refused("kms", config)
    assert (code, "kms.yaml:1:" in said, "with its unit" in said) == (BAD_INPUT, True, True)


def test_a_key_that_others_can_read_is_3(tmp_path: Path) -> None:
    """With a sentence that says what to do."""
    config = written(tmp_path)
    (tmp_path / "vault.key").write_text("ab" * 32)
    (tmp_path / "vault.key").chmod(0o644)
    code, said = refused("kms", config)
    assert (code, "chmod 600" in said, "Traceback" in said) == (BAD_ENVIRONMENT, True, False)
