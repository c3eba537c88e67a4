import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import register
from tests.valkit.test_hep import chunks
from valkit.net.monitoring.errors import UnusableMonitoring
from valkit.net.monitoring.hep import Exporter, exporter
from valkit.net.monitoring.settings import HepSettings, MonitoredSip
from valkit.settings import SettingsError, read
from valkit.sip import Hop
from valkit.sip.session import session_of

UE, PCSCF, ICSCF = (Hop("udp", f"192.0.2.{number}", 5060) for number in (1, 2, 3))
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImp0aSI6ImoxIn0.c2lnbmF0dXJl"
REQUEST = register(Authorization=f'Digest username="alice", response="{"0" * 32}"').adding("X", f"Bearer {TOKEN}")


@pytest.fixture
def collector() -> Iterator[socket.socket]:
    """Give a socket where HOMER would be."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as there:
        there.bind(("127.0.0.1", 0))
        there.settimeout(10)
        yield there


def exporting(collector: socket.socket, **more: object) -> Exporter:
    """Export to it."""
    to = Hop("udp", *collector.getsockname())
    return exporter(HepSettings.model_validate({"to": str(to), **more}), lambda: 1_700_000_000.0)


def test_a_message_arrives_masked_and_as_long_as_it_was(collector: socket.socket) -> None:
    """With the session it is of; token and digest response are not in it."""
    tap = exporting(collector)
    assert tap.received(REQUEST, UE, PCSCF)
    found = chunks(collector.recv(65_535))
    assert len(found[15]) == len(bytes(REQUEST))
    assert TOKEN.encode() not in found[15]
    assert b"0" * 32 not in found[15]
    assert found[17].decode() == session_of(REQUEST)
    assert (int.from_bytes(found[12]), tap.lost) == (2_001, 0)
    assert 14 not in found
    tap.close()


def test_what_elements_of_one_program_say_to_each_other_is_exported_once(collector: socket.socket) -> None:
    """Where it is sent; what comes from elsewhere where it arrives."""
    tap = exporting(collector)
    assert tap.sending(REQUEST, PCSCF, ICSCF) == 1
    assert tap.received(REQUEST, PCSCF, ICSCF)
    assert tap.received(REQUEST.with_header("Call-ID", "2"), UE, PCSCF)
    calls = [session_of(REQUEST), session_of(REQUEST.with_header("Call-ID", "2"))]
    assert [chunks(collector.recv(65_535))[17].decode() for _ in calls] == calls
    tap.close()


def test_a_response_is_of_the_session_of_its_request(collector: socket.socket) -> None:
    """Though nobody put it into the response: HOMER shows both together."""
    tap, told = exporting(collector), "ab30317f1a784dc48ff824d0d3715d86"
    tap.received(REQUEST.adding("Session-ID", told), UE, PCSCF)
    tap.sending(REQUEST.answer(200), PCSCF, UE)
    assert [chunks(collector.recv(65_535))[17].decode() for _ in range(2)] == [told, told]
    tap.close()


def test_unmasked_and_with_a_password_where_the_settings_insist(collector: socket.socket, tmp_path: Path) -> None:
    """The file's line is the password."""
    (tmp_path / "password").write_text("secret\n")
    tap = exporting(collector, mask=False, id=7, password_file=str(tmp_path / "password"))
    tap.sending(REQUEST, UE, PCSCF)
    found = chunks(collector.recv(65_535))
    assert (found[15], found[14], int.from_bytes(found[12])) == (bytes(REQUEST), b"secret", 7)
    tap.close()


def test_what_cannot_be_exported_is_lost_and_keeps_nobody(collector: socket.socket) -> None:
    """Too large for a datagram, or a socket that takes nothing: the message goes its way all the same."""
    tap = exporting(collector)
    assert tap.sending(REQUEST.with_body(b"x" * 65_500, "text/plain"), UE, PCSCF) == 1
    tap.close()
    assert tap.sending(REQUEST, UE, PCSCF) == 1
    assert tap.lost == 2


def test_settings_that_cannot_be_are_told(tmp_path: Path) -> None:
    """TCP would wait; a password that is not there is named with its setting."""
    with pytest.raises(SettingsError, match=r"s.yaml:1:11: hep.to: is by tcp \(expected udp: export never waits\)"):
        read(MonitoredSip, "hep: {to: 'tcp:127.0.0.1:9060'}", "s.yaml")
    hep = HepSettings(to=Hop("udp", "127.0.0.1", 9_060), password_file=tmp_path / "none")
    with pytest.raises(UnusableMonitoring, match=r"hep.password_file .*none cannot be read"):
        exporter(hep, lambda: 0.0)
