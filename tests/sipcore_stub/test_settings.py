import pytest

from sipcore_stub.settings import CoreSettings
from tests.vectors.milenage import FULL
from valkit.net.bounds import DEFAULT_BOUNDS
from valkit.settings import SettingsError, read
from valkit.sip.hop import Hop

ALICE = f"""
domain: home.example
subscribers:
  - impi: alice@home.example
    k: {FULL[0].k}
    op: {FULL[0].op}
    sqn: 0000000004ff
    impus:
      - sip:%61lice@HOME.example;user=phone
      - {{impu: "tel:+1-555", barred: yes}}
"""


def settings(*lines: str) -> CoreSettings:
    """Read Alice's settings with further lines."""
    return read(CoreSettings, ALICE + "\n".join(lines), "core.yaml")


def faults(text: str) -> str:
    """Give what is said of wrong settings."""
    with pytest.raises(SettingsError) as error:
        read(CoreSettings, text, "core.yaml")
    return str(error.value)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("k: 46", "k: zz46", "core.yaml:5:8: subscribers[0].k: is not a key (expected 32 or 64 hexadecimal digits)"),
        ("sqn: 0000000004ff", "sqn: 04ff", "subscribers[0].sqn: cannot be read (expected something like 12 hex"),
        ("    op:", "    # op:", "exactly one of"),
        ("    op:", f"    opc: {FULL[0].opc}\n    op:", "exactly one of"),
        ("domain:", "domian:", "did you mean domain?"),
        ("sip:%61lice", "nobody", "something like sip:alice@home.example"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(before: str, after: str, fault: str) -> None:
    """A fault names file, line and path, what was expected, and never the key."""
    said = faults(ALICE.replace(before, after))
    assert fault in said
    assert "core.yaml:" in said
    assert FULL[0].k[4:] not in said


def test_addresses_have_defaults() -> None:
    """Loopback, each element its own address, UDP and TCP."""
    core = settings()
    assert core.pcscf.listen == (Hop("udp", "127.0.0.21", 5060), Hop("tcp", "127.0.0.21", 5060))
    assert len({each.listen[0].host for each in (core.pcscf, core.icscf, core.scscf)}) == 3


def test_the_registrars_rules() -> None:
    """Durations in seconds, qop as the challenge writes it."""
    rules = settings("expiry: {minimum: 2m, maximum: 1h}", "await_auth: 30s").rules("<sip:s;lr>")
    assert (rules.realm, rules.service_route, rules.qop) == ("home.example", "<sip:s;lr>", "auth,auth-int")
    assert (rules.policy.minimum, rules.policy.maximum, rules.policy.default) == (120, 3600, 3600)
    assert rules.await_auth == 30
    assert settings("qop: []").rules("<sip:s;lr>").qop is None


def test_the_trust_domain_is_the_core_and_who_is_added() -> None:
    """P- and I-CSCF by their addresses, and hosts the settings name."""
    assert settings("trusted_hosts: [192.0.2.7]").trusted == {"127.0.0.21", "127.0.0.22", "192.0.2.7"}
    with pytest.raises(SettingsError, match="an address and no name"):
        settings('trusted_hosts: ["*"]')


def test_services_and_where_they_are_hosted() -> None:
    """Distinct or wildcarded; an expression that is none is a fault of the file."""
    core = settings("service_identities: [{psi: 'sip:val-!.*!@home.example', server_name: 'sip:127.0.0.31'}]")
    assert core.service_identities[0].service().is_for("sip:val-1@home.example")
    for psi in ("sip:val-!(!@home.example", "sip:a!b@home.example", "mailto:val@home.example"):
        said = faults(ALICE + f"service_identities: [{{psi: '{psi}', server_name: 'sip:127.0.0.31'}}]")
        assert "service_identities[0].psi" in said


def test_a_further_header_is_one_line() -> None:
    """With a line break it could not be sent, which would be learned at the first registration."""
    said = faults(ALICE + 'third_party: {headers: {Event: "registration\\r\\nVia: x"}}\n')
    assert "third_party.headers.Event: cannot be read (expected something like registration, on one line)" in said


def test_connections_are_bounded_as_told() -> None:
    """In all and from one address; the other bounds stay as they are."""
    streams = settings("connections: {most: 5000, per_host: 4000}").connections.bounds().streams
    assert (streams.connections, streams.per_host) == (5000, 4000)
    assert settings("").connections.bounds() == DEFAULT_BOUNDS
