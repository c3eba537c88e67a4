"""One trace ID across programs: what a user or a phone begins is found under it in the log of each that took part."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.lab.wire import Wire
from harness.language.places import staged
from harness.run.play import play
from tests.harness.commands.documented import config, phone, put, token
from tests.harness.commands.test_monitoring import lines, logging
from valkit.documents import UserProfile, profile_selector
from valkit.documents import profile as documents
from valkit.net.tracing import trace
from valkit.trace import Note

reactor: Any = the_reactor
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
MIGRATION = Path(__file__).parents[2] / "scenarios" / "migration" / "whole.yaml"
PROXY = """\
port: 0
tls: {{authority: "{folder}/ca", names: [localhost]}}
servers: [{{hosts: ["{host}"], to: "{url}"}}]
log_format: json
"""


def test_what_a_phone_asks_is_one_trace_in_proxy_and_server(tmp_path: Path) -> None:
    """That of TRACEPARENT, if its user says one; else one of its own, which the logs have too."""
    with logging("cms", config(tmp_path, "cms", log_format="json"), tmp_path / "cms.log") as at:
        told = {"folder": tmp_path, "host": at["cms"].removeprefix("https://"), "url": at["cms"]}
        (tmp_path / "proxy.yaml").write_text(PROXY.format(**told))
        profile = bytes(UserProfile(1, "day"))
        put(tmp_path / "cms.token", at["admin"], profile_selector("ptt", "alice"), profile, documents.MEDIA_TYPE)
        with logging("proxy", tmp_path / "proxy.yaml", tmp_path / "proxy.log") as proxy:
            file = phone(tmp_path, proxy["proxy"], configuration=at["cms"])
            asking = [sys.executable, "-m", "harness", "ue", "profile", "--config", file]
            asking += ["--token", token(tmp_path, "alice")]
            for parent in (f"00-{TRACE}-00f067aa0ba902b7-01", ""):
                subprocess.run(asking, check=True, capture_output=True, env={**os.environ, "TRACEPARENT": parent})
    passed_on, given = (
        [line["trace"] for line in lines(tmp_path / log) if line["event"] == what]
        for log, what in (("proxy.log", "request passed on"), ("cms.log", "document given"))
    )
    assert len(given) == 2
    assert given[0] == TRACE != given[1]
    assert list(dict.fromkeys(passed_on)) == given


async def test_a_migration_is_one_trace_in_both_domains(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the phone's MESSAGE by SIP to the servers and gateways of both domains, and back."""
    found: list[tuple[str, str, str]] = []
    heard = Wire.note

    def note(self: Wire, said: Note) -> None:
        found.append((said.who, said.what, trace()))
        heard(self, said)

    monkeypatch.setattr(Wire, "note", note)
    scenario, plan, _ = next(iter(staged(MIGRATION, str(MIGRATION), None)))
    (await play(scenario, plan, reactor)).judge()
    ids = {(who, what): id_ for who, what, id_ in found if "migrat" in what}
    authorized = ids["partner.valserver", "migration authorized"]
    assert len(authorized) == 32
    assert {who for who, _ in ids} >= {"valserver", "partner.valserver"}
    assert set(ids.values()) == {authorized}
