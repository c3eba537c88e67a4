"""`val proxy`, as a user starts it: the example in front of the identity server of its own example."""

import ssl
from pathlib import Path
from urllib.request import Request, urlopen

from typer.testing import CliRunner

from harness.console.command_line import build
from tests.harness.commands.serving_alone import program, refused
from valkit.exits import BAD_INPUT

IDMS = """\
authorization: {{host: 127.0.0.2, port: 0}}
token: {{port: 0}}
tls: {{authority: "{folder}/ca"}}
tokens: {{keys: "{folder}/keys"}}
store: memory
"""
PROXY = """\
port: 0
tls: {{authority: "{folder}/ca", names: [localhost]}}
servers: [{{hosts: [idms.home.example], to: "{idms}"}}]
"""


def test_what_a_user_asks_comes_from_behind(tmp_path: Path) -> None:
    """One tunnel to the proxy, the identity server's keys through it."""
    (tmp_path / "idms.yaml").write_text(IDMS.format(folder=tmp_path))
    with program("idms", tmp_path / "idms.yaml") as idms:
        (tmp_path / "proxy.yaml").write_text(PROXY.format(folder=tmp_path, idms=idms["token"]))
        with program("proxy", tmp_path / "proxy.yaml") as proxy:
            asked = Request(f"{proxy['proxy']}/jwks", headers={"Host": "idms.home.example"})
            trusting = ssl.create_default_context(cafile=str(tmp_path / "ca" / "authority.pem"))
            trusting.set_alpn_protocols(["h2", "http/1.1"])  # as curl and browsers do
            with urlopen(asked, context=trusting) as answer:
                assert b'"keys"' in answer.read()
                assert answer.headers["Via"] == "1.1 proxy.home.example"


def test_a_fault_in_the_file_is_told(tmp_path: Path) -> None:
    """With its place."""
    (tmp_path / "proxy.yaml").write_text("servers:\n  - {hosts: [a], to: http://a}\n")
    code, said = refused("proxy", tmp_path / "proxy.yaml")
    assert (code, "proxy.yaml:2" in said) == (BAD_INPUT, True)


def test_its_help_has_an_example() -> None:
    """To copy."""
    done = CliRunner().invoke(build("proxy"), ["proxy", "--help"])
    assert (done.exit_code, "val proxy --config" in done.output) == (0, True)
