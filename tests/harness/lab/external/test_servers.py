"""Parts that are not ours, as far as that goes without them; tests/witness/test_external_parts.py has them there."""

from typing import Any

import pytest

from harness.errors import NotApplicable, NotObservable
from harness.lab.external.servers import OutsideCore, OutsideValServer
from harness.plans.elsewhere import ExternalCore, ExternalValServer
from valkit.sip.hop import Hop

AROUND: Any = None


async def test_what_a_val_server_binds_is_not_guessed() -> None:
    """Without an admin site nobody knows."""
    server = OutsideValServer(ExternalValServer.model_validate({"address": "udp:192.0.2.31:5060"}), AROUND)
    assert server.address == Hop("udp", "192.0.2.31", 5060)
    with pytest.raises(NotObservable, match="the lab gives no `admin` of it"):
        await server.bindings()


async def test_nobody_reaches_into_what_is_not_ours() -> None:
    """Neither its HSS nor its registrations; and it is not killed."""
    core = OutsideCore(ExternalCore.model_validate({"pcscf": "udp:192.0.2.21:5060", "tls_port": 5061}), AROUND)
    assert (set(core.addresses.values()), core.tls_port) == ({Hop("udp", "192.0.2.21", 5060)}, 5061)
    with pytest.raises(NotObservable, match="the registration flag of alice"):
        core.flag("alice")
    with pytest.raises(NotApplicable, match="cannot reach into it"):
        _ = core.inside
    server = OutsideValServer(ExternalValServer.model_validate({"address": "udp:192.0.2.31:5060"}), AROUND)
    for each in (core, server):
        with pytest.raises(NotApplicable, match="does not kill it"):
            await each.kill()
        await each.stop()
