from typing import Any

import pytest
import treq
from twisted.internet import reactor as the_reactor  # noqa: TID251 - the one that pytest-twisted runs
from twisted.internet.task import Clock
from twisted.web.http_headers import Headers

from valkit.net.monitoring.settings import MetricsSettings, Monitored
from valkit.net.monitoring.watching import Watch
from valkit.net.service import Running
from valkit.settings import SettingsError, read
from valkit.tallies import Tally
from valkit.trace import Note

reactor: Any = the_reactor

LOG_INS = Tally("val_log_ins", "Log-ins", ["logged in"])


async def stop() -> None:
    """Stop nothing."""


def test_nobody_watches_unless_the_settings_say_so() -> None:
    """No tap, no observer: what is not there costs nothing, and whoever heard the notes anyway hears them as before."""
    watch = Watch.of(Monitored(), [LOG_INS], Clock())
    heard: list[Note] = []
    assert (watch.observe, watch.tap) == (None, None)
    assert watch.also(heard.append) == heard.append


def test_metrics_are_for_this_machine_unless_the_settings_insist() -> None:
    """As for the operator's address; the fault names the setting."""
    with pytest.raises(SettingsError, match=r"metrics.host 192.0.2.1 can be reached .* metrics.allow_remote to yes"):
        read(Monitored, "metrics: {host: 192.0.2.1}", "s.yaml")
    settings = read(Monitored, "metrics: {host: 192.0.2.1, allow_remote: yes}", "s.yaml")
    assert settings.metrics is not None


async def test_prometheus_reads_the_page() -> None:
    """Text of version 0.0.4, from a socket; not by a name that is no address of this machine, and nothing else."""
    watch = Watch.of(Monitored(metrics=MetricsSettings(port=0)), [LOG_INS], reactor)
    heard: list[Note] = []
    watch.also(heard.append)(Note(0.0, "idms", "logged in", {"user": "alice"}))
    url = (await watch.open(reactor, Running({}, stop)))["metrics"]
    answer = await treq.get(url, persistent=False)
    assert answer.headers.getRawHeaders("Content-Type") == ["text/plain; version=0.0.4; charset=utf-8"]
    assert "val_log_ins_total 1.0\n" in await answer.text()
    assert len(heard) == 1
    led = await treq.get(url, headers=Headers({"Host": ["rebound.example"]}), persistent=False)
    assert (led.code, (await treq.get(url.replace("/metrics", "/"), persistent=False)).code) == (421, 404)
    await watch.close()
