"""tshark, which is not ours, reads what phone, core and VAL server send: it finds every message, and nothing wrong.

The programs run whole, on a network in memory; every message they send goes into a pcap.
"""

from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

import sipcore_stub.app
import ue_sim.app
import valserver.app
from sipcore_stub.settings import CoreSettings
from tests.support import Awaited, Network, result_of
from tests.witness.dissection import Packet, Seen, dissect, write
from tests.witness.foreign import tool
from tests.witness.home import ICSCF, PCSCF, PHONE, SCSCF, SERVER, Home, core_settings, phone_settings, server_settings
from ue_sim.engine import Answer
from ue_sim.settings import UeSettings
from ue_sim.ue import UE
from valkit.ids import SeededIds
from valkit.net.service import Running
from valkit.sip.hop import Hop
from valkit.sip.message import Message, Request
from valkit.tokens import jwks
from valserver.settings import ServerSettings

NOW = 1_700_000_000.0


@define
class Capture:
    """A tap that keeps all."""

    packets: list[Packet] = field(factory=list)
    messages: list[Message] = field(factory=list)

    def sending(self, message: Message, source: Hop, target: Hop) -> int:
        """Keep the message and let it go."""
        self.packets.append(Packet(source, target, bytes(message)))
        self.messages.append(message)
        return 1

    def received(self, message: Message, source: Hop, target: Hop) -> bool:
        """Let it come."""
        return True


@define
class House:
    """Phone, core and server on a network in memory."""

    network: Network
    capture: Capture
    ue: UE
    _running: list[Running]

    def does(self, coroutine: Any) -> Answer:
        """Let the phone do something, and a second pass."""
        done = Awaited(coroutine)
        for _ in range(20):
            self.network.run(0.05)
        answer = done.result
        assert isinstance(answer, Answer), answer
        return answer

    def close(self) -> None:
        """Switch everything off."""
        for program in self._running:
            stopped = Awaited(program.stop())
            self.network.run()
            assert stopped.result is None


def house(folder: Path, carrier: str, core_more: dict[str, Any] = {}, phone_more: dict[str, Any] = {}) -> House:  # noqa: B006 - only read
    """Switch everything on, core and phone with these further settings."""
    home, network, tap, ids = Home(folder), Network(), Capture(), SeededIds(1)
    network.run(NOW)
    clock = network.clock
    keys = home.write("jwks.json", jwks(home.key))
    told = server_settings(keys, folder) | {"bindings": {"store": "memory"}}
    server = result_of(valserver.app.start(network, clock, ServerSettings.model_validate(told), ids, tap=tap))
    told = core_settings() | core_more
    core = result_of(sipcore_stub.app.start(network, clock, CoreSettings.model_validate(told), ids, tap=tap))
    told = phone_settings() | {"core": f"udp:{PCSCF}:5060", "carrier": carrier} | phone_more
    phone = result_of(ue_sim.app.start(network, clock, UeSettings.model_validate(told), ids, tap=tap))
    phone.ue.wallet.put(home.token(now=NOW))
    return House(network, tap, phone.ue, [phone, core, server])


@pytest.mark.parametrize("carrier", ["val-info", "mcptt-info"])
def test_tshark_finds_nothing_wrong_with_what_our_programs_send(tmp_path: Path, carrier: str) -> None:
    """Register, publish, refresh, log off, de-register: every message is seen as what it is, without a complaint."""
    tool("tshark")
    at_home = house(tmp_path, carrier)
    ue = at_home.ue
    assert at_home.does(ue.register(token=True)).ok
    for verb in (ue.publish, ue.refresh, ue.log_off, ue.reregister, ue.deregister):
        assert at_home.does(verb()).ok
    at_home.close()
    write(at_home.capture.packets, tmp_path / "all.pcap")
    found = dissect(tmp_path / "all.pcap")
    assert [each.complaint for each in found] == [""] * len(found)
    assert [each.seen for each in found] == [seen(message) for message in at_home.capture.messages]
    assert hosts(at_home.capture.packets) == {PHONE, PCSCF, ICSCF, SCSCF, SERVER}


def test_tshark_knows_what_watchers_and_agreements_send(tmp_path: Path) -> None:
    """SUBSCRIBE and NOTIFY of the reg event package and the headers of RFC 3329 are well-formed to it too."""
    tool("tshark")
    core = {"security": {"agreement": "require"}, "reg_event": {"pcscf": "yes"}}
    at_home = house(tmp_path, "val-info", core, {"security": {"mechanisms": ["ipsec-3gpp", "tls"]}})
    ue = at_home.ue
    for verb in (ue.register, ue.subscribe, ue.reregister):
        assert at_home.does(verb()).ok
    at_home.network.run(6)
    assert at_home.does(ue.deregister()).ok
    at_home.close()
    write(at_home.capture.packets, tmp_path / "watched.pcap")
    found = dissect(tmp_path / "watched.pcap")
    assert [each.complaint for each in found] == [""] * len(found)
    assert {"SUBSCRIBE", "NOTIFY", "REGISTER", "401", "200"} == {each.seen.start for each in found}


def test_tshark_does_complain(tmp_path: Path) -> None:
    """What it finds wrong arrives here: a slip in a name, a body that is no XML, a length that is no number."""
    tool("tshark")
    good = Request.create(
        "OPTIONS",
        "sip:a@192.0.2.1",
        [
            ("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"),
            ("From", "<sip:a@home.example>;tag=1"),
            ("To", "<sip:b@home.example>"),
            ("Call-ID", "c1"),
            ("CSeq", "1 OPTIONS"),
        ],
    )
    slip = good.adding("P-Asserted-Identify", "<sip:alice@home.example>")
    xml = good.with_body(b"<val-info><<", "application/vnd.val.val-info+xml")
    length = good.with_header("Content-Length", "none")
    ends = Hop("udp", "192.0.2.1", 5060), Hop("udp", "192.0.2.2", 5060)
    write([Packet(*ends, bytes(message)) for message in (good, slip, xml, length)], tmp_path / "slips.pcap")
    found = dissect(tmp_path / "slips.pcap")
    assert [bool(each.complaint) for each in found] == [False, True, True, True]
    assert {each.seen for each in found} == {seen(good)}


def seen(message: Message) -> Seen:
    """Give what we ourselves read in a message."""
    start = message.method if isinstance(message, Request) else message.start_line.split()[1]
    return Seen(start, message.call_id, message.cseq.number, message.from_.uri, message.to.uri)


def hosts(packets: list[Packet]) -> set[str]:
    """Give all who sent something."""
    return {packet.source.host for packet in packets}
