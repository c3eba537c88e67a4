"""`val init` as its user calls it."""

from pathlib import Path

from tests.witness.foreign import run_val
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, OK


def test_what_is_written_plays_as_it_stands(tmp_path: Path) -> None:
    """With nothing to be mended first."""
    mine = tmp_path / "mine"
    code, said = run_val("init", str(mine))
    assert (code, said.rstrip().endswith(f"Now: val run {mine}")) == (OK, True)
    code, said = run_val("run", str(mine))
    assert code == OK, said
    assert "3 passed" in said


def test_what_to_type_next_can_be_pasted(tmp_path: Path) -> None:
    """A shell would take a name with a space for two."""
    code, said = run_val("init", str(tmp_path / "my own"))
    assert (code, said.rstrip().endswith(f"Now: val run '{tmp_path / 'my own'}'")) == (OK, True)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """Not even one file of several."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "strict.yaml").write_text("mine")
    code, said = run_val("init", str(mine))
    assert code == BAD_INPUT
    assert f"{mine / 'strict.yaml'} is there already; nothing was written." in said
    assert [file.name for file in mine.iterdir()] == ["strict.yaml"]


def test_for_a_server_of_ones_own_there_is_a_key_and_what_to_tell_it(tmp_path: Path) -> None:
    """The private key is its owner's alone."""
    code, said = run_val("init", str(tmp_path / "mine"), "--valserver", "udp:127.0.0.1:5070")
    assert code == OK
    assert f"issuer https://idms.home.example, public keys in {tmp_path / 'mine' / 'jwks.json'}" in said
    assert "which S-CSCF to trust      127.0.0.23, of this machine" in said
    assert (tmp_path / "mine" / "key.pem").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_is_told(tmp_path: Path) -> None:
    """An address that is none, or where no core of a lab reaches anybody; a folder that is a file or has no name."""
    for address in (
        "udp:127.0.0.1:0",
        "udp:0.0.0.0:5060",
        "udp:224.0.0.1:5060",
        "udp:[::1]:5060",
        "tls:127.0.0.1:5061",
    ):
        code, said = run_val("init", str(tmp_path / "mine"), "--valserver", address)
        assert code == BAD_INPUT
        assert f"{address} " in said
    assert run_val("init", str(tmp_path / "a\nb"))[0] == BAD_INPUT
    assert not list(tmp_path.iterdir())
    code, said = run_val("init", str(tmp_path / "mine"), "--valserver", "server.example:5060")
    assert code == BAD_INPUT
    assert "server.example:5060 is no address (expected such as udp:192.0.2.31:5060" in said
    (tmp_path / "file").write_text("")
    code, said = run_val("init", str(tmp_path / "file"))
    assert code == BAD_ENVIRONMENT
    assert "cannot be written: " in said
