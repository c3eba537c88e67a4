"""`val kms`: says where it listens, serves, ends well; what is wrong is told."""

import socket
import ssl
from pathlib import Path
from urllib.request import urlopen

from ruamel.yaml import YAML

from tests.harness.commands.serving_alone import program, refused
from tests.seal.kms.parts import settings
from tests.seal.kms.test_main import written
from tests.ue_sim.keys.kms import PARTNER
from tests.witness.foreign import run_val
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.keymanagement.markup import document
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


def test_the_operators_say(tmp_path: Path) -> None:
    """Disabled, revoked, shown, taken back: at a server that runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    requester = {"name": "operator", "token_file": str(tmp_path / "operator.token"), "operator": True}
    config = tmp_path / "kms.yaml"
    with config.open("w") as file:
        told = settings(tmp_path).model_dump(mode="json", exclude_unset=True)
        YAML(typ="safe").dump(told | {"admin": {"port": port, "requesters": [requester]}}, file)

    def val(*words: str) -> tuple[int, str]:
        return run_val("kms", "--config", str(config), *words)

    with program("kms", config):
        assert val("disable", "video") == (
            0,
            "VAL services disabled: video\nidentities revoked: none\ncertificates of: none\n",
        )
        assert (
            val("revoke", "sip:alice@home.example")[1].splitlines()[1] == "identities revoked: sip:alice@home.example"
        )
        assert val("state", "--json") == (
            0,
            '{"disabled": ["video"], "revoked": ["sip:alice@home.example"], "external": []}\n',
        )
        assert val("enable", "video")[0] == 0
        assert val("restore", "sip:alice@home.example")[0] == 0
        assert val("state")[1].splitlines()[:2] == ["VAL services disabled: none", "identities revoked: none"]
        for undone in (("restore", "sip:bob@home.example"), ("enable", "fax"), ("distrust", "kms.nowhere.example")):
            code, said = val(*undone)
            assert (code, "Nothing has changed by that" in said) == (0, True), said
        own, theirs = tmp_path / "own.xml", tmp_path / "theirs.xml"
        own.write_text(val("certificate")[1])
        code, said = val("trust", str(own))
        assert (code, "own certificate is nobody else's" in said) == (1, True)
        theirs.write_bytes(document(PARTNER.certificate.element()))
        assert val("trust", str(theirs))[1].endswith("certificates of: kms.partner.example\n")
        assert val("distrust", "kms.partner.example")[1].endswith("certificates of: none\n")
        assert val("trust", str(tmp_path / "none.xml"))[0] == BAD_ENVIRONMENT
        code, said = val("revoke", "a b")
        assert (code, "The key management server refuses: " in said) == (1, True)


def test_it_needs_a_file() -> None:
    """2, with a sentence."""
    assert run_val("kms", "state") == (BAD_INPUT, "val kms needs --config FILE\n")
