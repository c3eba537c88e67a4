"""What one MESSAGE looks like."""

from tests.ue_sim.network import IMPU
from ue_sim.engine import Body, Instant
from ue_sim.messaging import request
from valkit.ids import SeededIds

WANTED = Instant(IMPU, "sip:migration@partner.example", Body("text/plain", b"hello", (("Authorization", "Bearer t"),)))


def test_it_goes_over_the_route_in_the_name_of_the_speaker() -> None:
    """RFC 3428 4, TS 24.229 5.1.2A.1.1: no Contact, a preferred identity, and what goes beside the body."""
    made = request(WANTED, IMPU, ("<sip:pcscf;lr>", "<sip:scscf;lr>"), SeededIds(1))
    assert (made.method, made.uri, made.body) == ("MESSAGE", WANTED.uri, b"hello")
    assert made.headers.all("Route") == ("<sip:pcscf;lr>", "<sip:scscf;lr>")
    assert made.headers.get("P-Preferred-Identity") == f"<{IMPU}>"
    assert made.headers.get("Authorization") == "Bearer t"
    assert "Contact" not in made.headers
    assert made.cseq.method == "MESSAGE"
