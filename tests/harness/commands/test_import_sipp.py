"""`val import-sipp` as its user calls it."""

from pathlib import Path

from tests.witness.foreign import SIPP_FILES, run_val
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED, OK

WHOLE, PART = SIPP_FILES / "whole_life.xml", SIPP_FILES / "publish.xml"


def test_a_scenario_is_written_to_standard_output() -> None:
    """All of it could be converted."""
    code, said = run_val("import-sipp", str(WHOLE))
    assert code == OK
    assert said.startswith("# Made from whole_life.xml")
    assert "  - ue.register: {ue: sipp, token: yes}\n" in said


def test_several_are_written_into_a_folder_and_what_was_lost_is_listed(tmp_path: Path) -> None:
    """With file and line; `val check` finds nothing wrong with them."""
    code, said = run_val("import-sipp", str(WHOLE), str(PART), "--out", str(tmp_path / "mine"))
    assert code == FAILED
    assert f"{PART}:5: not converted: P-Asserted-Identity: the lab's core asserts it" in said
    assert sorted(file.name for file in (tmp_path / "mine").iterdir()) == ["publish.yaml", "whole_life.yaml"]
    assert run_val("check", str(tmp_path / "mine"))[0] == OK
    code, said = run_val("import-sipp", str(WHOLE), "--out", str(tmp_path / "mine"))
    assert code == BAD_INPUT
    assert "--force writes over it" in said
    assert run_val("import-sipp", str(WHOLE), "--out", str(tmp_path / "mine"), "--force")[0] == OK


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Another XML; no file; a scenario of nothing that we have."""
    (tmp_path / "other.xml").write_text("<other/>")
    (tmp_path / "mute.xml").write_text("<scenario><send>REGISTER sip:a SIP/2.0\nTo: &lt;sip:b@a></send></scenario>")
    (tmp_path / "calls.xml").write_text("<scenario><send>INVITE sip:a SIP/2.0</send></scenario>")
    code, said = run_val("import-sipp", str(tmp_path / "other.xml"))
    assert (code, f"{tmp_path / 'other.xml'}:1: is no SIPp scenario: its root is other" in said) == (BAD_INPUT, True)
    assert run_val("import-sipp", str(tmp_path / "none.xml"))[0] == BAD_ENVIRONMENT
    code, said = run_val("import-sipp", str(tmp_path / "calls.xml"))
    assert (code, "nothing of it could be converted" in said) == (FAILED, True)
    code, said = run_val("import-sipp", str(tmp_path / "mute.xml"))
    assert (code, "it awaits nothing, so no scenario was made" in said) == (FAILED, True)
    many = "<send>REGISTER sip:a SIP/2.0\nTo: &lt;sip:b@a></send><recv response='200'/>" * 16_000
    (tmp_path / "long.xml").write_text(f"<scenario>{many}</scenario>")
    code, said = run_val("import-sipp", str(tmp_path / "long.xml"))
    assert (code, "becomes a scenario of more than 1000000 characters" in said) == (BAD_INPUT, True)
