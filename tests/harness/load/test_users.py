import re

import pytest

from harness.load.errors import BadUsers
from harness.load.users import TEMPLATE, addressed, called, crowded, generated, listed
from valkit.settings import SettingsError

PHONE = "impi: u{n:4}@x.example\nimpu: sip:u{n:4}@x.example\nusim: {k: '{k}', op: cdc202d5123e20f62b6d676ac72cb318}\n"


def test_a_template_is_filled_with_numbers_and_keys() -> None:
    """The same each time, and for each user others."""
    one, two = generated(PHONE, "phone.yaml", 2, 7)
    assert (one.settings.impi, two.settings.impu) == ("u0007@x.example", "sip:u0008@x.example")
    assert one.settings.usim.k != two.settings.usim.k
    assert one == generated(PHONE, "phone.yaml", 1, 7)[0]


def test_the_token_speaks_for_the_name_of_the_impi() -> None:
    """Unless the table says otherwise."""
    assert generated(TEMPLATE, "", 1)[0].name == "user1"
    assert listed(TEMPLATE, "", "impi,impu,user\na@h.example,sip:a@h.example,alice", "u.csv")[0].name == "alice"


def test_no_key_and_no_token_is_shown() -> None:
    """In a traceback, or anywhere."""
    (user,) = listed(TEMPLATE, "", "token,login,login_password\nsecret-token,alice,secret-word", "u.csv")
    assert "secret" not in repr(user)
    assert "usim" not in repr(user)


def test_a_template_without_a_number_is_refused() -> None:
    """All users would be one."""
    with pytest.raises(BadUsers, match=r"phone.yaml: say \{n\} in impi and impu"):
        generated("impi: a@x.example\nimpu: sip:a@x.example\nusim: {k: '{k}', opc: '{opc}'}", "phone.yaml", 2)


def test_a_fault_of_the_template_has_its_line() -> None:
    """As in any settings file."""
    with pytest.raises(SettingsError, match=r"phone.yaml:2:\d+: impu"):
        generated("impi: u{n}@x.example\nimpu: u{n}\nusim: {k: '{k}', opc: '{opc}'}", "phone.yaml", 2)


def test_a_table_goes_before_the_template() -> None:
    """Its keys take the place of the template's; comments and blank lines are passed over."""
    table = """impi, impu, k, op
# the first
bob@x.example, sip:bob@x.example, 00112233445566778899aabbccddeeff, 000102030405060708090a0b0c0d0e0f

eve@x.example, sip:eve@x.example, , """
    bob, eve = listed(PHONE, "phone.yaml", table, "users.csv")
    assert bob.settings.usim.k == bytes.fromhex("00112233445566778899aabbccddeeff")
    assert (eve.settings.impi, eve.settings.usim.op is not None) == ("eve@x.example", True)


@pytest.mark.parametrize("usim", ["abc", "[1]", "null"])
def test_a_template_whose_card_is_none_is_told_with_the_line(usim: str) -> None:
    """A column adds to it, and there is nothing to add to."""
    with pytest.raises(BadUsers, match=r"users.csv:2: with this line the phone's settings do not hold: usim "):
        listed(f"{{impi: a@x, impu: 'sip:a@x', usim: {usim}}}", "p.yaml", "sqn\n000000000020", "users.csv")


def test_a_password_takes_the_place_of_a_card() -> None:
    """With SIP Digest in place of AKA."""
    (dora,) = listed(PHONE, "p.yaml", "impi,impu,password\nd@x.example,sip:d@x.example,word", "users.csv")
    assert (dora.settings.usim.algorithm, dora.settings.usim.k) == ("digest", None)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("", "users.csv:1:1: has no line of column names (expected a line of column names"),
        ("impi,pin\na,b", "users.csv:1:1: names a column 'pin' that is not known (expected some of impi"),
        ("impi,impu\na@x.example", "users.csv:2:1: has 1 cells (expected 2: impi,impu)"),
        ("impi,impu\na@x.example,alice", "users.csv:2: with this line the phone's settings do not hold: impu"),
        ("impi,impu\na@x,sip:a@x\na@x,sip:b@x", "users.csv:3: a@x stands on line 2 already (expected each once)"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_line(table: str, says: str) -> None:
    """And with what was expected."""
    with pytest.raises((BadUsers, SettingsError)) as raised:
        listed(PHONE, "phone.yaml", table, "users.csv")
    assert says in str(raised.value)


@pytest.mark.parametrize(("count", "says"), [(0, "expected 1 to 100000"), (3, "users.csv has 2 (expected that at")])
def test_so_many_users_as_are_wanted_have_to_be_in_the_table(count: int, says: str) -> None:
    """Fewer are the first ones."""
    table = "impi,impu\na@x,sip:a@x\nb@x,sip:b@x"
    assert [each.settings.impi for each in listed(PHONE, "phone.yaml", table, "users.csv", 1)] == ["a@x"]
    with pytest.raises(BadUsers, match=re.escape(says)):
        listed(PHONE, "phone.yaml", table, "users.csv", count)


def test_a_key_of_the_table_ends_what_the_template_had_for_another() -> None:
    """The operator's OP is that of all; an OPc is one card's, and a K without its own is told."""
    table = f"impi,impu,k\na@x,sip:a@x,{'ab' * 16}"
    (user,) = listed(PHONE, "phone.yaml", table, "users.csv")
    assert (user.settings.usim.k, user.settings.usim.op is not None) == (b"\xab" * 16, True)
    with pytest.raises(BadUsers, match=r"users.csv:2: .* has to have either op or opc"):
        listed(TEMPLATE, "", table, "users.csv")


def test_a_table_has_cards_with_tuak_as_well() -> None:
    """With what the operator chose of it."""
    table = f"impi,impu,algorithm,k,topc,tuak.res\na@x,sip:a@x,tuak,{'ab' * 16},{'cd' * 32},128"
    (user,) = listed(TEMPLATE, "", table, "users.csv")
    assert (user.settings.usim.algorithm, user.settings.usim.tuak.res) == ("tuak", 128)


def test_very_many_on_loopback_get_addresses_of_their_own() -> None:
    """At one address there are not enough ports."""
    many = called(generated(TEMPLATE, "", 1), "udp:127.0.0.21:5060") * 10_001
    assert crowded(many) == "127.128.0.0/9"
    assert crowded(many[:10_000]) is None
    assert crowded(called(many[:1], "udp:192.0.2.1:5060") * 10_001) is None


@pytest.mark.parametrize("count", [0, 100_001])
def test_the_number_of_users_is_bounded(count: int) -> None:
    """It says how many there may be."""
    with pytest.raises(BadUsers, match="expected 1 to 100000"):
        generated(TEMPLATE, "", count)


def test_each_phone_gets_an_address_of_its_own() -> None:
    """At any free port, by the transport that it has anyhow."""
    users = generated(TEMPLATE + "core: tcp:192.0.2.1:5060\n", "", 3)
    assert [str(each.settings.listen) for each in addressed(users, "127.1.0.0/24")] == [
        "tcp:127.1.0.1:0", "tcp:127.1.0.2:0", "tcp:127.1.0.3:0",
    ]  # fmt: skip
    (one,) = addressed(generated(TEMPLATE + "listen: 'udp:127.0.0.11:5080'\n", "", 1), "2001:db8::/64")
    assert str(one.settings.listen) == "udp:[2001:db8::1]:0"


@pytest.mark.parametrize(
    ("network", "says"),
    [
        ("127.1.0.1/16", "is no network (expected something like 127.1.0.0/16)"),
        ("127.1.0.0/30", "has 2 addresses, and there are 3 users"),
    ],
)
def test_a_network_that_does_not_do_is_told(network: str, says: str) -> None:
    """Before anything is sent."""
    with pytest.raises(BadUsers, match=re.escape(says)):
        addressed(generated(TEMPLATE, "", 3), network)
