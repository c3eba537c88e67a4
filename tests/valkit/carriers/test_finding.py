"""valkit.carriers.finding: the token of a message, and no doubt which it is."""

import pytest

from tests.valkit.carriers.support import (
    CLIENT,
    INFO,
    MCPTT,
    OTHER,
    SERVICE_INFO,
    SETTINGS,
    TOKEN,
    enclosing,
    mixed,
    register,
)
from valkit.carriers import (
    BEARER,
    VAL_INFO,
    Carried,
    CarrierCause,
    CarrierError,
    Statement,
    find_tokens,
    statements_in,
    tokens_in,
    val_info,
)
from valkit.sip.message import Request


def cause_of(message: Request) -> CarrierCause:
    """Say why no token is taken from this message."""
    with pytest.raises(CarrierError) as caught:
        find_tokens(message)
    return caught.value.cause


@pytest.mark.parametrize("body", [INFO, MCPTT])
def test_a_third_party_register(body: tuple[str, bytes]) -> None:
    """The UE's REGISTER is enclosed; its multipart body has the token (figure 5.X.3.2.2-1, step 9)."""
    carried = find_tokens(enclosing(register(mixed(body, SETTINGS)), SERVICE_INFO))
    assert carried is not None
    assert (carried.token, carried.client_id) == (TOKEN, CLIENT)


def test_a_publish() -> None:
    """The token is beside the settings (figure 5.X.3.2.3-1)."""
    assert find_tokens(register(mixed(INFO, SETTINGS), method="PUBLISH")) == Carried(TOKEN, CLIENT, "val-info")


def test_no_token_is_no_fault() -> None:
    """The registration goes on; the token may come by PUBLISH."""
    assert find_tokens(register(None)) is None
    assert find_tokens(enclosing(register(SETTINGS))) is None
    assert (
        find_tokens(register(("application/vnd.val.val-info+xml", b'<val-info xmlns="urn:val:ns:val-info:1.0"/>')))
        is None
    )


def test_the_same_token_twice_is_one() -> None:
    """A core may send it in its own body too."""
    carried = find_tokens(enclosing(register(INFO), INFO, MCPTT))
    assert carried is not None
    assert carried.token == TOKEN


@pytest.mark.parametrize(
    "message",
    [
        register(mixed(INFO, val_info(OTHER, CLIENT))),
        register(mixed(val_info(OTHER, CLIENT), INFO)),
        register(mixed(INFO, val_info(TOKEN, "urn:uuid:other"))),
        enclosing(register(INFO), val_info(OTHER, CLIENT)),
    ],
)
def test_security_two_tokens_in_one_message(message: Request) -> None:
    """Neither is believed, so that no two readers can believe different ones."""
    assert cause_of(message) is CarrierCause.TWO_TOKENS


def test_security_bad_part_beside_a_good_one() -> None:
    """A doubt in one part is a doubt about the message."""
    bad = ("application/vnd.val.val-info+xml", b"<val-info")
    assert cause_of(register(mixed(INFO, bad))) is CarrierCause.NOT_XML
    assert cause_of(register(mixed(INFO, ("message/sip", b"?")))) is CarrierCause.UNREADABLE


def test_several_tokens_can_be_asked_for() -> None:
    """Several services on one UE send one part each (TS 24.379 7.1)."""
    assert [carried.token for carried in tokens_in(register(mixed(INFO, val_info(OTHER))))] == [TOKEN, OTHER]


def test_statements_are_read_without_a_token() -> None:
    """Who the settings are about, and from which client; a header says neither."""
    own = register(mixed(VAL_INFO.write(None, CLIENT, "alice"), SETTINGS), method="PUBLISH").adding(
        *BEARER.write(TOKEN)
    )
    assert statements_in(own) == [Statement("alice", CLIENT, "val-info")]
    assert find_tokens(own) == Carried(TOKEN, None, "bearer")


def test_carriers_are_a_setting() -> None:
    """A user's own document is one row; what is not asked for is not found."""
    own = {VAL_INFO.media_type: VAL_INFO}
    assert find_tokens(register(MCPTT), own) is None
    assert find_tokens(register(INFO), own) is not None
