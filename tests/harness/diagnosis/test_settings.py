"""Each fault is one changed line in the examples that fit together."""

from pathlib import Path

import pytest

from harness.consulting.consulted import Case
from harness.consulting.files import content_of
from harness.diagnosis import findings_in

EXAMPLES = Path(__file__).parents[3] / "examples"


def names(folder: Path, *files: str, **changed: tuple[str, str]) -> list[str]:
    """Name what is found wrong with three examples, one of them with something changed."""
    case = Case(0.0)
    for name in files or ("core", "ue", "valserver"):
        text = (EXAMPLES / f"{name}.yaml").read_text()
        old, new = changed.get(name.replace("-", "_"), ("", ""))
        assert old in text
        file = folder / f"{name}.yaml"
        file.write_text(text.replace(old, new, 1) if old else text)
        case.add(name, content_of(file))
    return [finding.name for finding in findings_in(case.facts())]


def test_the_examples_fit_together(tmp_path: Path) -> None:
    """Phone, core and server."""
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("ue", "impi: alice@", "impi: bob@", ["unknown-subscriber"]),
        ("ue", "impu: sip:alice@", "impu: sip:bob@", ["unknown-subscriber"]),
        ("core", "domain: home.example", "domain: other.example", ["other-domain"]),
        (
            "core",
            'REGISTER, server_name: "sip:127.0.0.1:5070"',
            'REGISTER, server_name: "sip:127.0.0.9:5070"',
            ["server-not-there"],
        ),
        ("valserver", "#trusted_peers: [127.0.0.0/8", "trusted_peers: [192.0.2.0/24", ["core-not-trusted"]),
        ("valserver", "# carriers: [val-info, bearer]", "carriers: [mcptt-info]", ["other-carrier"]),
        ("ue", "  opc: cd63", "  op: cd63", ["op-as-opc"]),
        ("core", "    opc: cd63", "    op: cd63", ["opc-as-op"]),
        ("ue", "  k: 465b", "  k: 465c", ["keys-differ"]),
        ("ue", "  opc: cd63", "  opc: cd64", ["keys-differ"]),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, name: str, old: str, new: str, found: list[str]) -> None:
    """The keys are tried: the core's first challenge is given to the phone's card."""
    assert names(tmp_path, **{name: (old, new)}) == found


WITH_LOG_IN = ("idms", "ue-idms", "valserver-idms")


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("idms", "", "", []),
        ("valserver_idms", "issuer: https://127.0.0.3:8443 ", "issuer: https://127.0.0.3:8443/", ["idms-issuer"]),
        ("ue_idms", "issuer: https://127.0.0.3:8443 ", "issuer: https://127.0.0.9:8443 ", ["idms-issuer"]),
        ("idms", "#token: {host: 127.0.0.3, port: 8443}", "issuer: https://idms.home.example", ["idms-issuer"]),
        ("idms", "#tokens:\n#  audience: val-server", "tokens:\n  audience: other", ["idms-tokens"]),
        ("valserver_idms", "tokens:\n", "profile: mcptt\ntokens:\n", ["idms-tokens", "other-carrier"]),
    ],
)
def test_an_identity_server_fits_or_is_named(tmp_path: Path, name: str, old: str, new: str, found: list[str]) -> None:
    """With the phone whose user logs in there, and the VAL server that believes it."""
    assert sorted(names(tmp_path, *WITH_LOG_IN, **{name: (old, new)})) == found
