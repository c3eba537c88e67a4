from pathlib import Path
from textwrap import indent

import pytest

from sipcore_stub.hss.hss import Identity
from sipcore_stub.settings import CoreSettings
from tests.sipcore_stub.hss.test_user_data import USER_DATA
from tests.sipcore_stub.test_settings import ALICE, faults, settings
from tests.vectors.milenage import FULL, RESYNCS
from valkit.aka.milenage import Milenage
from valkit.aka.password import Password
from valkit.settings import read

RAND = bytes.fromhex(FULL[0].rand)


def _with_user_data(written: str) -> str:
    return ALICE[: ALICE.index("    impus:")] + f"    user_data: {written}\n"


def test_a_subscriber_becomes_what_the_hss_keeps() -> None:
    """OP makes the same functions as OPc, identities are canonical, SQN is a number."""
    (given,) = settings().subscribers
    alice = given.subscriber(())
    known = Milenage(bytes.fromhex(FULL[0].k), bytes.fromhex(FULL[0].opc))
    assert isinstance(alice.functions, Milenage)
    assert alice.functions.f5_star(RAND) == known.f5_star(RAND)
    assert (alice.amf, alice.sqn) == (b"\x80\x00", 0x4FF)
    assert alice.identities == (Identity("sip:alice@home.example"), Identity("tel:+1555", barred=True))


def test_opc_is_taken_as_it_is() -> None:
    """A key that YAML would read as a number is one still."""
    key = RESYNCS[1].k
    (given,) = read(CoreSettings, ALICE.replace(f"op: {FULL[0].op}", f"opc: {key}"), "core.yaml").subscribers
    known = Milenage(bytes.fromhex(FULL[0].k), bytes.fromhex(key))
    functions = given.subscriber(()).functions
    assert isinstance(functions, Milenage)
    assert functions.f5_star(RAND) == known.f5_star(RAND)


def test_a_subscriber_may_have_a_password() -> None:
    """In place of K and OPc; then the core has to have a challenge without AKA."""
    text = ALICE.replace(f"k: {FULL[0].k}", "algorithm: digest").replace(f"op: {FULL[0].op}", "password: opensesame")
    (given,) = read(CoreSettings, text, "core.yaml").subscribers
    assert given.subscriber(()).functions == Password(b"opensesame")
    assert "opensesame" not in repr(given)
    said = faults(text + "challenges: [AKAv1-MD5]")
    assert "has no challenge for alice@home.example, whose algorithm is digest" in said
    assert "has no challenge for alice@home.example" in faults(ALICE + "challenges: [SHA-256]")


def test_keys_are_not_shown() -> None:
    """Neither K nor OP is in what a log would print."""
    shown = repr(settings())
    assert "alice@home.example" in shown
    for key in (FULL[0].k, FULL[0].op):
        assert key not in shown
        assert repr(bytes.fromhex(key)) not in shown


@pytest.mark.parametrize(("own", "number"), [("", 1), ("    filter_criteria: []\n", 0)])
def test_a_subscriber_has_the_cores_criteria_or_its_own(own: str, number: int) -> None:
    """None of its own, even if that is an empty list, means none."""
    core = settings("filter_criteria: [{method: REGISTER, server_name: 'sip:127.0.0.31'}]")
    (given,) = read(CoreSettings, ALICE + own, "core.yaml").subscribers
    assert len(given.subscriber(tuple(each.criterion() for each in core.filter_criteria)).criteria) == number


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


def test_user_data_in_place_of_identities_and_criteria(tmp_path: Path) -> None:
    """The XML of an HSS, as it stands in the settings or in a file of its own, tells what impus and criteria would."""
    file = tmp_path / "alice.xml"
    file.write_text(USER_DATA, "utf-8")
    inline = "|\n" + indent(USER_DATA, " " * 6)
    for written in (inline, str(file)):
        given = read(CoreSettings, _with_user_data(written), "core.yaml").subscribers[0]
        alice = given.subscriber(())
        assert [identity.impu for identity in alice.identities] == ["sip:alice@home.example", "sip:duty@home.example"]
        assert [criterion.priority for criterion in alice.criteria] == [0, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("    user_data: /nowhere.xml\n", "user_data: cannot be read: /nowhere.xml: No such file or directory"),
        ("    user_data: nowhere.xml\n", f"nowhere.xml (in the working directory: {Path.cwd()}/nowhere.xml): No such"),
        ("    user_data: <a/>\n", "user_data: line 1: a is not IMSSubscription"),
        ("", "has no identity (expected impus, or user_data)"),
    ],
)
def test_what_is_wrong_with_user_data_is_said_at_its_key(text: str, said: str) -> None:
    """Whether the file is missing or what it holds is wrong."""
    assert said in faults(ALICE[: ALICE.index("    impus:")] + text)


def test_a_fault_in_a_file_of_user_data_names_the_file(tmp_path: Path) -> None:
    """And the line in it."""
    file = tmp_path / "alice.xml"
    file.write_text(USER_DATA.replace("<Group>0</Group>", "", 1), "utf-8")
    assert f"{file}: line 14: SPT has no Group" in faults(_with_user_data(str(file)))


def test_user_data_is_of_the_subscriber_and_says_all_of_it() -> None:
    """Another's IMPI is a fault, and so are identities told twice."""
    written = "|\n" + indent(USER_DATA, " " * 6)
    assert "user_data of alice@home.example" in faults(_with_user_data(written).replace("impi: alice", "impi: bob"))
    assert "expected the one or the others" in faults(_with_user_data(written) + "    impus: ['sip:x@home.example']\n")


def test_an_impi_has_several_implicit_sets() -> None:
    """Each set is a subscriber of its own with the same card, and no identity stands in two of them."""
    text = f"{ALICE}    more_sets: [['sip:alice.night@home.example', {{impu: 'tel:+15550001', barred: yes}}]]\n"
    (given,) = read(CoreSettings, text, "core.yaml").subscribers
    first, second = given.sets(())
    assert (first.impi, first.functions) == (second.impi, second.functions)
    assert [identity.barred for identity in second.identities] == [False, True]
    twice = ALICE + "    more_sets: [['sip:alice@home.example']]\n"
    assert "the IMPU sip:alice@home.example stands here twice" in faults(twice)
