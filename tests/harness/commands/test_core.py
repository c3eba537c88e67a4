from pathlib import Path

import pytest

from tests.harness.commands.serving_alone import program, refused
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT
from valkit.sip import Hop

CONFIG = """\
domain: home.example
subscribers: []
pcscf: {{listen: ["{pcscf}"]}}
icscf: {{listen: ["udp:127.0.0.22:0"]}}
scscf: {{listen: ["udp:127.0.0.23:0"]}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Give the settings of a core at free ports."""
    (tmp_path / "c.yaml").write_text(CONFIG.format(pcscf="udp:127.0.0.21:0"))
    return tmp_path / "c.yaml"


def test_a_core_says_where_it_listens_and_ends_well(config: Path) -> None:
    """Each CSCF by its name."""
    with program("core", config) as addresses:
        assert {name: Hop.parse(at).host for name, at in addresses.items()} == {
            "pcscf": "127.0.0.21",
            "icscf": "127.0.0.22",
            "scscf": "127.0.0.23",
        }


def test_a_port_in_use_is_3(config: Path) -> None:
    """With a sentence that says what to do."""
    with program("core", config) as addresses:
        config.write_text(CONFIG.format(pcscf=addresses["pcscf"]))
        code, said = refused("core", config)
    assert code == BAD_ENVIRONMENT
    assert "Choose another address" in said
    assert "Traceback" not in said


def test_a_wrong_setting_is_2(config: Path) -> None:
    """With file, line and column."""
    config.write_text("domain: home.example\nsubscribers: {}\n")
    code, said = refused("core", config)
    assert code == BAD_INPUT
    assert "c.yaml:2:14: subscribers: is a mapping (expected a list)" in said
