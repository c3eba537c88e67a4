import pytest

from sipcore_stub.hss import Identity
from sipcore_stub.ifc import DefaultHandling, RegistrationType, SessionCase, Situation
from sipcore_stub.settings import CoreSettings
from tests.sipcore_stub.parts import Phone, publish
from tests.vectors.milenage import FULL, RESYNCS
from valkit.aka.milenage import Milenage
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
RAND = bytes.fromhex(FULL[0].rand)


def settings(*lines: str) -> CoreSettings:
    """Read Alice's settings with further lines."""
    return read(CoreSettings, ALICE + "\n".join(lines), "core.yaml")


def faults(text: str) -> str:
    """Give what is said of wrong settings."""
    with pytest.raises(SettingsError) as error:
        read(CoreSettings, text, "core.yaml")
    return str(error.value)


def test_a_subscriber_becomes_what_the_hss_keeps() -> None:
    """OP makes the same functions as OPc, identities are canonical, SQN is a number."""
    (given,) = settings().subscribers
    alice = given.subscriber(())
    known = Milenage(bytes.fromhex(FULL[0].k), bytes.fromhex(FULL[0].opc))
    assert alice.functions.f5_star(RAND) == known.f5_star(RAND)
    assert (alice.amf, alice.sqn) == (b"\x80\x00", 0x4FF)
    assert alice.identities == (Identity("sip:alice@home.example"), Identity("tel:+1555", barred=True))


def test_opc_is_taken_as_it_is() -> None:
    """A key that YAML would read as a number is one still."""
    key = RESYNCS[1].k
    (given,) = read(CoreSettings, ALICE.replace(f"op: {FULL[0].op}", f"opc: {key}"), "core.yaml").subscribers
    known = Milenage(bytes.fromhex(FULL[0].k), bytes.fromhex(key))
    assert given.subscriber(()).functions.f5_star(RAND) == known.f5_star(RAND)


def test_keys_are_not_shown() -> None:
    """Neither K nor OP is in what a log would print."""
    shown = repr(settings())
    assert "alice@home.example" in shown
    for key in (FULL[0].k, FULL[0].op):
        assert key not in shown
        assert repr(bytes.fromhex(key)) not in shown


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("k: 46", "k: zz46", "core.yaml:5:8: subscribers[0].k: cannot be read (expected something like 32 hex"),
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


def test_a_server_needs_an_address() -> None:
    """Names are not looked up."""
    said = faults(ALICE + "filter_criteria: [{method: REGISTER, server_name: 'sip:val.example'}]")
    assert "an address and no name" in said


def test_the_short_form_of_a_criterion() -> None:
    """A method, an event and a server; what happens when it fails."""
    (given,) = settings(
        "filter_criteria:",
        "  - method: PUBLISH",
        "    event: poc-settings",
        "    server_name: sip:127.0.0.31:5070;transport=tcp",
        "    default_handling: SESSION_TERMINATED",
    ).filter_criteria
    criterion = given.criterion()
    assert criterion.default_handling is DefaultHandling.SESSION_TERMINATED
    assert criterion.trigger.matches(Situation(publish(), SessionCase.ORIGINATING))
    assert criterion.trigger.matches(Situation(publish(Event="poc-settings;id=1")))
    assert not criterion.trigger.matches(Situation(publish(Event="poc-settings-2")))
    assert not criterion.trigger.matches(Situation(publish(Event=None)))


def test_registrations_of_some_kinds() -> None:
    """A server may hear of the beginning and the end only."""
    (given,) = settings(
        "filter_criteria:",
        "  - {method: REGISTER, registrations: [initial, gone], server_name: 'sip:127.0.0.31'}",
    ).filter_criteria
    trigger = given.criterion().trigger
    heard = [kind for kind in RegistrationType if trigger.matches(Situation(Phone().register(), registration=kind))]
    assert heard == [RegistrationType.INITIAL, RegistrationType.GONE]


def test_the_ues_register_is_included_unless_the_settings_say_no() -> None:
    """The token travels in it."""
    (given,) = settings("filter_criteria: [{method: REGISTER, server_name: 'sip:127.0.0.31'}]").filter_criteria
    assert given.criterion().include_register_request
    assert not given.criterion().include_register_response


@pytest.mark.parametrize(("own", "number"), [("", 1), ("    filter_criteria: []\n", 0)])
def test_a_subscriber_has_the_cores_criteria_or_its_own(own: str, number: int) -> None:
    """None of its own, even if that is an empty list, means none."""
    core = settings("filter_criteria: [{method: REGISTER, server_name: 'sip:127.0.0.31'}]")
    (given,) = read(CoreSettings, ALICE + own, "core.yaml").subscribers
    assert len(given.subscriber(core.filter_criteria).criteria) == number


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


@pytest.mark.parametrize(
    ("impi", "impu", "said"),
    [
        ("alice@home.example", "sip:bob@home.example", "the IMPI alice@home.example stands here twice"),
        ("bob@home.example", "sip:alice@HOME.example", "the IMPU sip:alice@home.example stands here twice"),
        ("bob@home.example", "tel:+1555", "under alice@home.example and bob@home.example"),
    ],
)
def test_an_identity_has_one_subscriber(impi: str, impu: str, said: str) -> None:
    """The same IMPI twice, or an IMPU under two, is refused with its place."""
    two = f"{ALICE}  - {{impi: {impi}, k: {FULL[0].k!r}, op: {FULL[0].op!r}, impus: ['{impu}']}}\n"
    told = faults(two)
    assert "core.yaml:4:3: subscribers" in told
    assert said in told
