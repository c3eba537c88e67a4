import re

import pytest

from harness.load.errors import BadUsers
from harness.load.users import TEMPLATE, addressed, core_settings, generated, listed
from sipcore_stub.settings import CoreSettings
from valkit.settings import SettingsError, read

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
        ("", "users.csv has no user (expected a line of column names"),
        ("impi,pin\na,b", "users.csv:1: a file of users has no column 'pin' (expected some of impi"),
        ("impi,impi\na,b", "names a column twice"),
        ("impi,impu\na@x.example", "users.csv:2: has 1 cells (expected 2: impi,impu)"),
        ("impi,impu\na@x.example,alice", "users.csv:2: with this line the phone's settings do not hold: impu"),
        ("impi,impu\na@x,sip:a@x\na@x,sip:b@x", "(a@x is there twice)"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_line(table: str, says: str) -> None:
    """And with what was expected."""
    with pytest.raises(BadUsers) as raised:
        listed(PHONE, "phone.yaml", table, "users.csv")
    assert says in str(raised.value)


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


def test_a_core_is_written_that_knows_them() -> None:
    """Its own reader takes the file, with the keys of the phones."""
    users = generated(TEMPLATE, "", 20)
    core = read(CoreSettings, core_settings(users), "core.yaml")
    assert [each.impi for each in core.subscribers] == [each.settings.impi for each in users]
    assert [each.k for each in core.subscribers] == [each.settings.usim.k for each in users]
    assert [each.method for each in core.filter_criteria] == ["REGISTER", "PUBLISH"]


def test_a_core_that_is_written_has_a_connection_for_each_ue() -> None:
    """All of them from one address, as it is where they run on one machine."""
    core = read(CoreSettings, core_settings(generated(TEMPLATE, "", 900)), "core.yaml")
    assert (core.connections.most, core.connections.per_host) == (1800, 1800)


def test_a_core_that_its_reader_would_not_take_is_not_written() -> None:
    """The file would be too long."""
    with pytest.raises(BadUsers, match="too many for a settings file"):
        core_settings(generated(TEMPLATE, "", 1) * 10_000)
