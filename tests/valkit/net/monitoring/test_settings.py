import pytest

from valkit.net.monitoring.settings import Monitored, MonitoredSip
from valkit.settings import SettingsError, read
from valkit.sip.hop import Hop


def test_nothing_is_watched_unless_told() -> None:
    """No metrics, no copies; the log is for people."""
    told = read(MonitoredSip, "{}", "s.yaml")
    assert (told.metrics, told.hep, told.log_format) == (None, None, "text")


def test_copies_of_messages_mask_their_secrets_unless_told_otherwise() -> None:
    """To a collector that needs no more than its address."""
    hep = read(MonitoredSip, "hep: {to: 'udp:192.0.2.1:9060'}", "s.yaml").hep
    assert hep is not None
    assert (hep.to, hep.mask, hep.password_file) == (Hop("udp", "192.0.2.1", 9060), True, None)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("hep: {to: 'tcp:192.0.2.1:9060'}", "hep.to.*expected udp"),
        ("log_format: xml", "log_format"),
        ("metrics: {port: 65536}", "metrics.port"),
    ],
)
def test_what_cannot_be_is_told_with_the_setting(written: str, said: str) -> None:
    """And the file."""
    with pytest.raises(SettingsError, match=said):
        read(MonitoredSip, written, "s.yaml")


def test_a_program_without_sip_has_no_messages_to_copy() -> None:
    """The setting is unknown there."""
    with pytest.raises(SettingsError, match="hep"):
        read(Monitored, "hep: {to: 'udp:192.0.2.1:9060'}", "s.yaml")
