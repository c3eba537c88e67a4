"""A domain with an HTTP proxy: what is heard on both sides of it."""

from typing import Any

from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from ue_sim.identity.form import Answers
from valkit.trace import Http

reactor: Any = the_reactor


async def test_both_hops_are_heard_and_no_secret_is() -> None:
    """The phone's request to the proxy, the proxy's to the server, and both answers on their way back."""
    lab = await Lab.start(read_lab(SHIPPED / "proxy.yaml")[0], reactor)
    try:
        alice = lab.plan.ues["alice"]
        await lab.identity_of("alice").sign_in(Answers("alice", alice.password))
        said = [each for each in lab.wire.trace.events if isinstance(each, Http)]
    finally:
        await lab.stop()
    token = [(each.source, each.target, each.status) for each in said if each.path == "/token"]
    assert sorted(token, key=str) == [
        ("alice", "proxy", None),
        ("idms", "proxy", 200),
        ("proxy", "alice", 200),
        ("proxy", "idms", None),
    ]
    (sent,) = [each for each in said if (each.source, each.path) == ("proxy", "/token") and each.status is None]
    assert (sent.fields["grant_type"], sent.fields["code"]) == ("authorization_code", "(hidden)")
    assert sent.ends[1].host == "127.0.0.3"
    assert alice.password not in repr(said)
    assert "proxy" in lab.programs
