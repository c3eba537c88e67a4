import pytest

from harness.forgery.documents import DAMAGES
from ue_sim.bodies import token_body
from ue_sim.settings import Carrier
from valkit.carriers import CarrierError, find_tokens
from valkit.sip.message import Request
from valkit.tokens import Grant, SigningKey, mint

TOKEN = mint(SigningKey.generate(), Grant("https://i", "val-server", "alice", ("dispatch",), "t1", 1.8e9))


@pytest.mark.parametrize("carrier", ["val-info", "mcptt-info", "mcvideo-info", "mcdata-info"])
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_document_is_refused_for_its_own_cause(kind: str, carrier: str) -> None:
    """In each kind of document; what the damage began with would have been taken."""
    whole = token_body(Carrier(carrier), TOKEN, "phone")
    damaged = DAMAGES[kind].change(whole)
    honest, broken = (
        Request.create("PUBLISH", "sip:alice@home.example", [], body.content, body.content_type)
        for body in (whole, damaged)
    )
    carried = find_tokens(honest)
    assert carried is not None
    assert carried.token == TOKEN
    with pytest.raises(CarrierError) as refused:
        find_tokens(broken)
    assert refused.value.cause is DAMAGES[kind].cause
