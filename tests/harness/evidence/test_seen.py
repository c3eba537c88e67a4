from harness.evidence.seen import Evidence, Seen, Spot
from tests.harness.evidence.wires import request
from valkit.sip import Hop, parse


def test_a_spot_is_told_by_its_place() -> None:
    """When and between whom stand beside it."""
    spot = Spot("frame 12", 1.0, Hop("udp", "192.0.2.1", 5060))
    assert str(spot) == "frame 12"


def test_no_message_is_in_a_repr() -> None:
    """There may be a token in it."""
    seen = Seen(Spot("frame 1"), parse(request(1, b"secret")))
    assert "secret" not in repr(Evidence((seen,)))
