import pytest
from twisted.internet.task import Clock

from tests.support import Awaited, element, result_of
from tests.support import Network as Wires
from tests.ue_sim.network import OPC, K, Network
from tests.ue_sim.test_engine_native import options, result
from tests.ue_sim.test_settings import MINIMAL, settings
from ue_sim.app import card, contact, sockets, start
from ue_sim.errors import NoCore
from ue_sim.procedures import sip_uri
from ue_sim.settings import UeSettings
from ue_sim.usim import NoCard, Usim
from valkit.aka.digest import AKA, Algorithm
from valkit.aka.milenage import Milenage
from valkit.aka.vectors import generate
from valkit.ids import SeededIds
from valkit.net.tracing import working_on
from valkit.settings import read
from valkit.sip.hop import Hop
from valkit.sip.session import NIL

PASSWORD = MINIMAL[: MINIMAL.index("  k:")] + "  algorithm: digest\n  password: opensesame\n"
UDP = Hop("udp", "192.0.2.11", 5060)
TLS = Hop("tls", "192.0.2.11", 5061)


def test_without_a_core_there_is_nothing_to_start() -> None:
    """Nobody said where the P-CSCF is."""
    with pytest.raises(NoCore, match="core: udp:"):
        result(start(object(), Clock(), settings(""), SeededIds(1)))


@pytest.mark.parametrize("op", ["opc", "op"])
def test_the_card_is_that_of_the_settings(op: str) -> None:
    """K with OPc, or with OP; what it has used up, it takes no more."""
    text = MINIMAL.replace("opc:", f"{op}:") + "  sqn: 40\n"
    told = read(UeSettings, text, "ue.yaml").usim
    network = Milenage(K, OPC) if op == "opc" else Milenage.from_op(K, OPC)
    usim = card(told)
    assert isinstance(usim, Usim)
    assert usim.sqn == 0x40
    said = [type(usim.challenge(bytes(16), generate(network, bytes(16), sqn, bytes(2)).autn)) for sqn in (0x40, 0x60)]
    assert [outcome.__name__ for outcome in said] == ["SyncFailure", "Success"]


def test_a_phone_answers_the_challenges_it_is_told_to() -> None:
    """Those of AKA with a card, those of Digest alone with a password; all of them if nothing is said."""
    carded = read(UeSettings, MINIMAL + "  answers: [AKAv1-MD5, SHA-256]\n", "ue.yaml").usim
    assert card(carded).algorithms == {Algorithm.AKAV1_MD5}
    assert card(settings().usim).algorithms == AKA
    without = read(UeSettings, PASSWORD, "ue.yaml").usim
    assert isinstance(card(without), NoCard)
    assert card(without).algorithms == set(Algorithm) - AKA


def test_a_card_has_its_own_window() -> None:
    """Bits of IND, Delta and L as the file says (TS 33.102 Annex C)."""
    more = "  sqn: 64\n  ind_bits: 0\n  delta: 10\n  age_limit: 5\n"
    usim = card(read(UeSettings, MINIMAL + more, "ue.yaml").usim)
    network = Milenage(K, OPC)
    offered = (0x6F, 0x6E, 0x6D)
    said = [type(usim.challenge(bytes(16), generate(network, bytes(16), sqn, bytes(2)).autn)) for sqn in offered]
    assert [outcome.__name__ for outcome in said] == ["SyncFailure", "Success", "SyncFailure"]


def test_the_contact_says_where_and_what_the_phone_is() -> None:
    """User of the IMPI at the phone's address, instance and feature tags (TS 24.229 5.1.1.2.1)."""
    told = settings(
        "instance: 'urn:uuid:1'\nfeature_tags: {+g.3gpp.mcptt: null, +g.3gpp.icsi-ref: 'urn%3Aurn-7%3Ax'}\n"
    )
    assert str(contact(told, Hop("tcp", "192.0.2.11", 5060))) == (
        '<sip:alice@192.0.2.11:5060;transport=tcp>;+sip.instance="<urn:uuid:1>"'
        ';+g.3gpp.mcptt;+g.3gpp.icsi-ref="urn%3Aurn-7%3Ax"'
    )


@pytest.mark.parametrize(
    ("more", "core", "expected"),
    [
        ("listen: udp:192.0.2.11:5060\n", UDP, [UDP, UDP._replace(transport="tcp")]),
        ("listen: tls:192.0.2.11:5061\n", TLS, [TLS]),
        ("tls: {authorities: operator.pem}\n", TLS, []),
        ("", Hop("tcp", "127.0.0.1", 5060), [Hop("tcp", "127.0.0.1", 0)]),
    ],
)
def test_a_phone_listens_where_it_is_told_or_faces_the_core(more: str, core: Hop, expected: list[Hop]) -> None:
    """With UDP it takes TCP too, which large requests come over (RFC 3261 18.2.1)."""
    assert sockets(settings(more), core) == expected


def test_a_phone_that_is_on_registers_and_is_reached() -> None:
    """Over sockets, in memory: it registers at its P-CSCF, answers OPTIONS at its Contact, and is gone when stopped."""
    wires, home = Wires(), Network()
    pcscf = element(wires, "192.0.2.21", lambda request, _: home.respond(request))
    told = settings("core: udp:192.0.2.21:5060\nlisten: udp:192.0.2.11:0\n")
    phone = result_of(start(wires, wires.clock, told, SeededIds(1), usim=card(told.usim)))
    registered = Awaited(phone.ue.register())
    wires.run(1)
    assert registered.result.ok
    reached = sip_uri(phone.addresses["sip"], "alice")
    assert f"<{reached}>" in (home.seen[-1].headers.get("Contact") or "")
    asked = Awaited(pcscf.request(options(reached), phone.addresses["sip"]))
    wires.run(1)
    assert asked.result.status == 200
    stopped = Awaited(phone.stop())
    wires.run(1)
    assert stopped.result is None
    assert wires.at("udp", phone.addresses["sip"][1:]) is None


@pytest.mark.parametrize("parent", ["", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"])
def test_what_a_phone_sends_is_of_the_trace_in_which_it_is_switched_on(parent: str) -> None:
    """Both REGISTERs, whatever is done later; in none it leaves the naming to its P-CSCF."""
    wires, home = Wires(), Network()
    element(wires, "192.0.2.21", lambda request, _: home.respond(request))
    told = settings("core: udp:192.0.2.21:5060\nlisten: udp:192.0.2.11:0\n")
    with working_on(parent):
        phone = result_of(start(wires, wires.clock, told, SeededIds(1), usim=card(told.usim)))
    registered = Awaited(phone.ue.register())
    wires.run(1)
    assert registered.result.ok
    said = f"{parent[3:35]};remote={NIL}" if parent else None
    assert [request.headers.get("Session-ID") for request in home.seen] == [said, said]
    stopped = Awaited(phone.stop())
    wires.run(1)
    assert stopped.result is None
