import json
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport

from harness.load.orders import Brief, Order
from harness.load.profile import Profile
from harness.load.serving import Lines, obey
from harness.load.users import TEMPLATE, generated


def lines() -> tuple[Lines, StringTransport]:
    """Join them to a transport."""
    made, transport = Lines(), StringTransport()
    made.makeConnection(transport)  # type: ignore[no-untyped-call]
    return made, transport


def said(transport: StringTransport) -> list[dict[str, Any]]:
    """Give what was written."""
    return [json.loads(line) for line in transport.value().splitlines()]


def test_a_line_is_whole_however_it_comes() -> None:
    """In pieces, or several at once; None when no more will come."""
    made, _ = lines()
    first = Deferred.fromCoroutine(made.next())
    for piece in (b"on", b"e\ntwo\nth"):
        made.dataReceived(piece)
    assert first.result == "one"
    assert Deferred.fromCoroutine(made.next()).result == "two"
    last = Deferred.fromCoroutine(made.next())
    made.connectionLost()
    assert last.result is None


def test_who_is_told_nothing_ends() -> None:
    """Without a word."""
    made, transport = lines()
    made.connectionLost()
    assert Deferred.fromCoroutine(obey(Clock(), made)).called
    assert said(transport) == []


def test_what_cannot_be_is_told_as_a_sentence() -> None:
    """Such as phones that nobody told where the core is."""
    made, transport = lines()
    order = Order((Brief(generated(TEMPLATE, "", 1)[0].phone),), Profile.parse("1/s 1s"), ("register",), 1, 1.0)
    made.dataReceived(order.line().encode() + b"\n")
    assert Deferred.fromCoroutine(obey(Clock(), made)).called
    (told,) = said(transport)
    assert "nobody said where the core is" in told["fault"]
