from pathlib import Path

from harness.consulting.consulted import Case
from harness.consulting.files import content_of
from harness.consulting.given import Authentication, Demands
from harness.diagnosis import findings_in
from tests.harness.diagnosis.ailing import IMPI, SET
from tests.harness.diagnosis.test_extraction import WHOLE
from tests.harness.diagnosis.test_settings import EXAMPLES
from tests.harness.replaying.heard import evidence as heard
from tests.harness.replaying.heard import told
from tests.harness.scenes import TOKEN
from tests.valkit.tokens.support import EC, GRANT, NOW, STRANGER
from valkit.tokens import jwks, mint


def test_a_healthy_capture_with_everything_known_has_no_finding() -> None:
    """Keys from parameters; nobody judges the token, whose time is told by the capture."""
    case = Case(NOW, Authentication({"k": SET.k, "opc": SET.opc}))
    case.add("trace", WHOLE)
    assert [found.name for found in findings_in(case.facts())] == ["clock-skew"]  # the capture is of 1970


def test_keys_in_settings_are_those_of_their_subscriber(tmp_path: Path) -> None:
    """A wrong one is found by what it made."""
    file = tmp_path / "core.yaml"
    file.write_text((EXAMPLES / "core.yaml").read_text())
    case = Case(NOW)
    case.add("core.yaml", content_of(file))
    assert set(case.knowledge().cards) == {IMPI, "sipp@home.example"}
    assert case.knowledge().trusts is None


def test_a_phone_with_another_opc_than_its_core_is_told_once_and_what_was_on_the_wire(tmp_path: Path) -> None:
    """Both files and a capture: that they differ, and which of the two fits."""
    file = tmp_path / "ue-bad.yaml"
    file.write_text((EXAMPLES / "ue.yaml").read_text().replace("opc: cd63", "opc: 0d63"))
    case = Case(NOW)
    case.add("ue-bad.yaml", content_of(file))
    case.add("core.yaml", content_of(EXAMPLES / "core.yaml"))
    case.add("trace", WHOLE)
    told = [found.sentence for found in findings_in(case.facts()) if found.name != "clock-skew"]
    assert told == [
        "For alice@home.example the keys in ue-bad.yaml and the keys in core.yaml differ: they are not the same OPc.",
        (
            "The challenge that was seen was made with the keys in core.yaml, and not with the keys in ue-bad.yaml. "
            "The phone's response comes from them as well, so both sides have these."
        ),
    ]


def test_a_servers_settings_say_whom_it_trusts_and_what_it_looks_into(tmp_path: Path) -> None:
    """And whose tokens it believes, with the keys of its file if that can be read."""
    (tmp_path / "jwks.json").write_text(jwks(EC))
    file = tmp_path / "valserver.yaml"
    file.write_text(
        f"tokens: {{issuer: {GRANT.issuer}, keys: {tmp_path / 'jwks.json'}}}\n"
        "carriers: [val-info]\ntrusted_peers: [192.0.2.0/24]\n"
    )
    case = Case(NOW)
    case.add("valserver.yaml", content_of(file))
    known = case.knowledge()
    assert known.looked == {"val-info"}
    assert known.trusts is not None
    assert known.trusts("192.0.2.9")
    assert not known.trusts("198.51.100.1")
    case.add("token", mint(STRANGER, GRANT))
    assert [found.name for found in findings_in(case.facts())] == ["token-kid"]


def test_keys_that_cannot_be_had_are_told(tmp_path: Path) -> None:
    """Then claims are looked at, and no signature."""
    case = Case(NOW)
    file = tmp_path / "valserver.yaml"
    file.write_text(f"tokens: {{issuer: {GRANT.issuer}, keys: {tmp_path / 'none.json'}}}\n")
    case.add("valserver.yaml", content_of(file))
    case.add("token", mint(STRANGER, GRANT))
    assert not findings_in(case.facts())
    assert "no signature is looked at" in case.remarks[0]


def test_with_the_keys_alone_tokens_of_a_capture_have_their_own_issuer(tmp_path: Path) -> None:
    """Each of them: none is held against an issuer that nobody named."""
    (tmp_path / "jwks.json").write_text(jwks(EC))
    for key, found in ((EC, []), (STRANGER, ["token-kid"])):
        case = Case(NOW, demands=Demands(tmp_path / "jwks.json"))
        case.add("trace", heard((told(token=mint(key, GRANT)), None)))
        assert [each.name for each in findings_in(case.facts())] == found


def test_keys_on_the_command_line_stand_for_those_at_a_url(tmp_path: Path) -> None:
    """All else is asked as the settings have it."""
    (tmp_path / "jwks.json").write_text(jwks(EC))
    file = tmp_path / "valserver.yaml"
    (tmp_path / "ca.pem").write_text("")
    there = f"jwks_url: https://other.example/jwks, authorities: {tmp_path / 'ca.pem'}"
    file.write_text(f"tokens: {{issuer: https://other.example, {there}}}\n")
    case = Case(NOW, demands=Demands(tmp_path / "jwks.json"))
    case.add("valserver.yaml", content_of(file))
    case.add("token", mint(EC, GRANT))
    assert [each.name for each in findings_in(case.facts())] == ["token-issuer"]
    assert case.remarks == []


def test_what_is_asked_on_the_command_line_comes_before_settings() -> None:
    """It is what somebody wants to know."""
    case = Case(NOW, demands=Demands(issuer="https://other.example"))
    case.add("valserver.yaml", content_of(EXAMPLES / "valserver.yaml"))
    case.add("token", TOKEN)
    assert "token-issuer" in [found.name for found in findings_in(case.facts())]
