from pathlib import Path

import pytest
from twisted.internet.task import Clock

from valkit.net.monitoring.errors import UnusableMonitoring
from valkit.net.monitoring.settings import HepSettings, MonitoredSip
from valkit.net.monitoring.watching import Watch
from valkit.sip.hop import Hop


def test_what_stops_a_program_from_being_watched_says_the_file(tmp_path: Path) -> None:
    """A password that cannot be read stops the start: nothing is copied without it."""
    settings = MonitoredSip(hep=HepSettings(to=Hop.parse("udp:127.0.0.1:9060"), password_file=tmp_path / "none"))
    with pytest.raises(UnusableMonitoring, match="none"):
        Watch.of(settings, [], Clock())
