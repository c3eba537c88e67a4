import json
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.harness.commands.serving_alone import program, refused
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.sip import Hop
from valkit.tokens import SigningKey, jwks

CONFIG = """\
tokens: {{issuer: "https://idms.home.example", keys: {folder}/jwks.json}}
listen: ["{listen}"]
bindings: {{store: memory}}
admin: {{port: 0}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Give the settings of a server at a free port."""
    (tmp_path / "jwks.json").write_text(jwks(SigningKey.generate()))
    (tmp_path / "s.yaml").write_text(CONFIG.format(folder=tmp_path, listen="udp:127.0.0.1:0"))
    return tmp_path / "s.yaml"


def test_a_server_says_where_it_listens_and_ends_well(config: Path) -> None:
    """One line; its admin site answers; SIGTERM ends it with 0."""
    with program("server", config) as addresses:
        assert Hop.parse(addresses["sip"]).host == "127.0.0.1"
        with urlopen(addresses["admin"] + "/bindings") as answer:
            assert json.load(answer)["bindings"] == []


def test_a_port_in_use_is_3(config: Path) -> None:
    """With a sentence that says what to do."""
    with program("server", config) as addresses:
        config.write_text(CONFIG.format(folder=config.parent, listen=addresses["sip"]))
        code, said = refused("server", config)
    assert code == BAD_ENVIRONMENT
    assert "choose other addresses" in said
    assert "Traceback" not in said


def test_a_wrong_setting_is_2(config: Path) -> None:
    """With file, line and column."""
    config.write_text("listne: []\n")
    code, said = refused("server", config)
    assert code == BAD_INPUT
    assert "s.yaml:1:1: listne: is not known (did you mean listen?)" in said


def test_a_missing_key_file_is_3(config: Path) -> None:
    """It is named."""
    (config.parent / "jwks.json").unlink()
    code, said = refused("server", config)
    assert code == BAD_ENVIRONMENT
    assert "jwks.json" in said


def test_metrics_are_shown_where_the_settings_say(config: Path) -> None:
    """The ready line tells where; who is bound and what became of tokens is there from the beginning."""
    config.write_text(config.read_text() + "metrics: {port: 0}\n")
    with program("server", config) as addresses, urlopen(addresses["metrics"]) as answer:
        page = answer.read().decode()
    assert "val_bindings 0.0\n" in page
    assert "val_tokens_verified_total 0.0\n" in page
    assert 'val_sip_transactions{element="valserver"} 0.0\n' in page
