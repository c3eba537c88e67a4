from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from harness.errors import Unmet
from harness.steps.messaging import InstantMessage, message
from tests.harness.scenes import request
from tests.harness.staging import Phone, stage
from ue_sim.engine import BY_THE_BOOK, Body


def told(**said: Any) -> InstantMessage:
    """Tell Alice's phone to send something."""
    return InstantMessage.model_validate({"ue": "alice"} | said)


@pytest.mark.parametrize("to", ["sip:bob@home.example", "tel:+15551234"])
async def test_a_text_goes_to_a_uri(to: str) -> None:
    """As plain text, if nothing else is said; the answer is kept for `expect.answer`."""
    phone = Phone(request().answer(404))
    scene = stage(phone=phone)
    await message(scene, told(to=to, body="Grüße"))
    body = Body("text/plain", "Grüße".encode())
    assert phone.calls == [("message", {"to": to, "body": body, "conduct": BY_THE_BOOK})]
    assert scene.answered is not None
    assert scene.answered.answer.status == 404


async def test_a_phone_stands_for_the_identity_that_it_uses() -> None:
    """Which need not be its first."""
    phone = Phone(request().answer(200))
    scene = stage(phone=phone)
    lab: Any = scene.lab
    lab.ues["bob"] = SimpleNamespace(impu="sip:bob.duty@home.example")
    await message(scene, told(to="bob"))
    assert phone.calls[0][1]["to"] == "sip:bob.duty@home.example"


async def test_whoever_is_nobody_is_told() -> None:
    """With those who are somebody."""
    with pytest.raises(Unmet, match=r"somebody to send to \(a URI or one of: alice, bob"):
        await message(stage(phone=Phone(request().answer(200))), told(to="bbo"))


async def test_octets_that_are_no_text_are_sent_as_they_are() -> None:
    """An SMS over IP (TS 24.341)."""
    phone = Phone(request().answer(200))
    await message(stage(phone=phone), told(to="sip:b@h", type="application/vnd.3gpp.sms", octets="00 ff"))
    assert phone.calls[0][1]["body"] == Body("application/vnd.3gpp.sms", b"\x00\xff")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"octets": "0"}, "is not hexadecimal"),
        ({"type": "text"}, "is no content type"),
        ({"body": "a", "octets": "00"}, "has both body and octets"),
    ],
)
def test_what_cannot_be_sent_is_told_before(said: dict[str, str], why: str) -> None:
    """When the scenario is read."""
    with pytest.raises(ValidationError, match=why):
        told(to="sip:b@h", **said)
