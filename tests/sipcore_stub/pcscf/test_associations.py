from attrs import evolve

from sipcore_stub.pcscf.associations import Association, Associations
from tests.sipcore_stub.parts import IMPI, UE, Phone, publish
from valkit.sip.hop import Hop
from valkit.sip.uri import parse_uri

ALICE = Association(IMPI, until=100.0)
REGISTERED = evolve(ALICE, registered=True)
REGISTER = Phone().register()


def kept(association: Association = ALICE, source: Hop = UE) -> Associations:
    """Give a memory with one UE."""
    associations = Associations()
    associations.keep(REGISTER, source, association, now=0.0)
    return associations


def test_a_ue_is_known_by_where_it_came_from() -> None:
    """Behind a NAT that is not what its Via says."""
    nat = Hop("udp", "198.51.100.1", 40001)
    associations = kept(source=nat)
    assert associations.known(publish(Via="SIP/2.0/UDP 10.0.0.1:5555;branch=z9hG4bK1"), nat, 1.0) == ALICE


def test_a_ue_that_changes_to_tcp_is_known_by_where_it_listens() -> None:
    """Its connection has another port; its Via names the one it registered with."""
    assert kept().known(publish(), Hop("tcp", UE.host, 49152), 1.0) == ALICE


def test_a_port_in_a_via_makes_nobody_over_udp() -> None:
    """A datagram from another port of the UE's host is somebody else's, whatever port its Via names."""
    assert kept().known(publish(), Hop("udp", UE.host, 49152), 1.0) is None


def test_a_ue_that_names_its_connections_port_is_known_by_its_host() -> None:
    """As PJSIP does: what stands in the Via is the port of the connection; over UDP the port has to be the UE's."""
    request = publish(Via="SIP/2.0/TCP 127.0.0.11:49152;branch=z9hG4bK1")
    assert kept().known(request, Hop("tcp", UE.host, 49152), 1.0) == ALICE
    assert kept().known(request, Hop("udp", UE.host, 49152), 1.0) is None
    register = Phone().register(Via="SIP/2.0/TCP 127.0.0.11:49152;branch=z9hG4bK1")
    assert kept().known(register, Hop("tcp", UE.host, 49152), 1.0) is None


def test_one_of_several_ues_of_a_host_is_not_known_by_it() -> None:
    """Nobody could say which it is; nor is anybody known by a host that was left."""
    associations = kept()
    request, source = publish(Via="SIP/2.0/TCP 127.0.0.11:49152;branch=z9hG4bK1"), Hop("tcp", UE.host, 49152)
    associations.keep(REGISTER, UE._replace(port=40000), Association("bob@home.example", 50.0), 0.0)
    assert associations.known(request, source, 1.0) is None
    left = kept()
    left.drop(REGISTER, UE, 1.0)
    assert left.known(request, source, 1.0) is None


def test_a_ue_that_registered_over_a_connection_may_go_on_in_datagrams() -> None:
    """They come from where its Contact says that it listens, since its REGISTER came from that host."""
    associations, connection = Associations(), Hop("tcp", UE.host, 49152)
    register = Phone().register(
        Via="SIP/2.0/TCP 127.0.0.11:49152;branch=z9hG4bK1", Contact="<sip:a@127.0.0.11:5070>, <sip:a@127.0.0.12:5071>"
    )
    associations.keep(register, connection, REGISTERED, now=0.0)
    assert associations.known(publish(), Hop("udp", UE.host, 5070), 1.0) == REGISTERED
    assert associations.known(publish(), Hop("udp", "127.0.0.12", 5071), 1.0) is None


def test_who_has_only_been_challenged_takes_no_registered_ues_place() -> None:
    """A stranger at a UE's host names its port as a contact, or in a Via: what is granted later from there, it has."""
    associations, connection = kept(REGISTERED), Hop("tcp", UE.host, 49152)
    stranger = Association("bob@home.example", until=50.0)
    for via in ("127.0.0.11:49152", "127.0.0.11:5060"):
        register = Phone().register(Via=f"SIP/2.0/TCP {via};branch=z9hG4bK1", Contact="<sip:bob@127.0.0.11:5060>")
        associations.keep(register, connection, stranger, 1.0)
        assert associations.known(publish(), UE, 2.0) == REGISTERED
        associations.keep(register, connection, evolve(stranger, registered=True), 2.0)
        assert associations.known(publish(), UE, 3.0) != REGISTERED
        associations.keep(REGISTER, UE, REGISTERED, 3.0)


def test_another_host_is_another_ue() -> None:
    """A Via alone makes nobody a registered user: the address it came from has to be the UE's."""
    assert kept().known(publish(), Hop("udp", "127.0.0.12", 5060), 1.0) is None


def test_an_association_ends() -> None:
    """At its end it is as if it had never been."""
    assert kept().known(publish(), UE, 99.9) == ALICE
    assert kept().known(publish(), UE, 100.0) is None


def test_a_dropped_ue_is_unknown() -> None:
    """De-registration forgets all places."""
    associations = kept()
    associations.drop(REGISTER, UE, 1.0)
    assert associations.known(publish(), UE, 1.0) is None
    assert len(associations) == 0


def test_what_has_ended_does_not_pile_up() -> None:
    """UEs that come once are forgotten as others come, however many stay for long."""
    associations = Associations()
    for number in range(1000):
        until = 600_000.0 if number < 20 else number + 10.0
        source = Hop("udp", "192.0.2.1", 10_000 + number)
        register = Phone().register(Via=f"SIP/2.0/UDP 192.0.2.1:{source.port};branch=z9hG4bK{number}")
        associations.keep(register, source, Association(IMPI, until), now=float(number))
    assert 20 <= len(associations) < 60


def test_a_registered_ue_is_reached_at_its_address() -> None:
    """Not one that is only challenged, nor at another address, nor after its end."""
    assert not kept().reach(UE, 1.0)
    associations = kept(evolve(ALICE, registered=True))
    assert associations.reach(UE, 1.0)
    assert not associations.reach(UE, 132.0)
    assert not associations.reach(Hop("udp", UE.host, 49152), 1.0)


def test_a_contact_that_the_network_has_ended_is_forgotten() -> None:
    """By its address; what is no SIP URI means nobody."""
    associations = kept(evolve(ALICE, registered=True))
    associations.forget(parse_uri("tel:+15550001"), 1.0)
    assert associations.known(publish(), UE, 1.0) is not None
    associations.forget(parse_uri("sip:alice@127.0.0.11:5060"), 1.0)
    assert associations.known(publish(), UE, 1.0) is None


def test_a_ue_that_has_gone_is_still_told_so() -> None:
    """The network's last NOTIFY reaches it; a moment later nothing does. Who was only challenged was never reached."""
    associations = kept(evolve(ALICE, registered=True))
    associations.drop(REGISTER, UE, 1.0)
    assert associations.reach(UE, 32.9)
    assert not associations.reach(UE, 33.0)
    challenged = kept()
    challenged.drop(REGISTER, UE, 1.0)
    assert not challenged.reach(UE, 1.0)
