from harness.evidence import Evidence, Seen, Spot
from harness.replaying.arrivals import Place, arrivals, nobody_told, server_in
from tests.harness.replaying.heard import ALICE, BOB, CORE, SERVER, TOKEN, evidence, published, told
from valkit.redaction import masked
from valkit.sip import Hop, Request, parse

UE = Hop("udp", "192.0.2.1", 5060)
AT_SERVER = Place(SERVER.host, SERVER.port)


def test_the_server_is_whom_the_core_tells_of_registrations() -> None:
    """Of several the one that is told most often."""
    assert server_in(evidence((told(), None), (told(BOB), None))) == AT_SERVER


def test_without_any_it_is_where_a_publish_ends() -> None:
    """A host that passes it on is none."""
    request = published(1)
    passed_on = request.adding("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKue")
    seen = (Seen(Spot("frame 1", 0.0, UE, CORE), request), Seen(Spot("frame 2", 0.0, CORE, SERVER), passed_on))
    assert server_in(Evidence(seen)) == AT_SERVER
    assert server_in(Evidence()) is None


def test_core_and_server_may_have_one_host() -> None:
    """Then what phones send to the core is not for the server."""
    core = CORE._replace(host=SERVER.host)
    seen = (Seen(Spot("frame 1", 0.0, UE, core), published(1)), Seen(Spot("frame 2", 0.0, core, SERVER), told()))
    assert server_in(Evidence(seen)) == AT_SERVER
    assert [each.seen.spot.place for each in arrivals(Evidence(seen), AT_SERVER)] == ["frame 2"]
    passed_on = published(1).adding("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKue")
    seen = (seen[0], Seen(Spot("frame 2", 0.0, core, SERVER), passed_on))
    assert server_in(Evidence(seen)) == AT_SERVER


def test_a_register_of_sipp_makes_no_server_of_the_core() -> None:
    """Its From has its own address, its To the core's: one user."""
    own = told(From="<sip:alice@192.0.2.1:5061>;tag=s", To="<sip:alice@192.0.2.3:5060>")
    assert server_in(Evidence((Seen(Spot("frame 1", 0.0, UE, CORE), own),))) is None


def test_why_nobody_is_told_of_anything_is_said() -> None:
    """No registration succeeded; or one did, and the core told nobody."""
    own = told(From=f"<{ALICE}>;tag=a")
    nothing = "no third-party REGISTER and no PUBLISH is in it"
    assert nobody_told(evidence((own, own.answer(403)))) == f"no registration in it succeeded, and {nothing}"
    assert nobody_told(evidence((own, own.answer(200)))) == nothing
    assert nobody_told(Evidence()) == nothing


def test_what_arrives_has_its_answer() -> None:
    """One that nobody answered has none; what goes elsewhere is not looked at."""
    found = evidence((told(), told().answer(200)), (published(1), published(1).answer(403)), (told(BOB), None))
    elsewhere = Seen(Spot("frame 9", 0.0, UE, CORE), told(cseq=7))
    assert [
        (each.request.method, None if each.said is None else each.said.status)
        for each in arrivals(Evidence((*found.messages, elsewhere)), AT_SERVER)
    ] == [("REGISTER", 200), ("PUBLISH", 403), ("REGISTER", None)]


def test_a_request_that_comes_again_is_the_same() -> None:
    """Its transaction is answered once."""
    assert (
        len(list(arrivals(evidence((told(), None), (told(), told().answer(200)), (told(cseq=2), None)), AT_SERVER)))
        == 2
    )


def test_a_port_tells_two_servers_of_one_host_apart() -> None:
    """If it is named."""
    heard = evidence((told(), None))
    assert list(arrivals(heard, Place(SERVER.host, 5_071))) == []
    assert len(list(arrivals(heard, Place(SERVER.host, 5_070)))) == 1
    assert (str(Place(SERVER.host)), str(Place("h", 1))) == ("192.0.2.9", "h:1")


def test_a_hidden_token_is_known_to_be_hidden() -> None:
    """As our own captures have it."""
    hidden = parse(masked(bytes(told(ALICE, 1, TOKEN))))
    assert isinstance(hidden, Request)
    (plain, masked_one) = arrivals(evidence((told(BOB), None), (hidden, None)), AT_SERVER)
    assert (plain.is_hidden, masked_one.is_hidden) == (False, True)
