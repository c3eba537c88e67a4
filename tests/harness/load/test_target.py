"""Whether there is somebody to be loaded, asked over a real socket."""

from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  sockets need the real one

from harness.errors import EnvironmentFault
from harness.load.target import is_there
from ue_sim.settings import UeSettings
from valkit.ids import SeededIds
from valkit.net.sip import SipEndpoint
from valkit.settings import read
from valkit.sip.hop import Hop
from valkit.sip.message import Request

reactor: Any = the_reactor


def phone(core: Hop) -> UeSettings:
    """Give a phone of this core."""
    keys = "k: 465b5ce8b199b49faa5f0a2ee238a6bc, opc: cd63cb71954a9f4e48a5994e37a02baf"
    text = f"impi: a@home.example\nimpu: sip:a@home.example\nusim: {{{keys}}}\ncore: '{core}'\n"
    return read(UeSettings, text, "ue.yaml")


async def test_a_core_is_asked_by_the_transport_of_its_phones() -> None:
    """Once, and with whatever answer."""
    asked: list[str] = []

    def refuse(request: Request, source: Hop) -> Any:
        asked.append(f"{request.method} over {source.transport}")
        return request.answer(403)

    core = SipEndpoint(reactor, reactor, SeededIds(1), refuse)
    [hop] = await core.listen([Hop("tcp", "127.0.0.1", 0)])
    await is_there(reactor, phone(hop), "options")
    await core.close()
    assert asked == ["OPTIONS over tcp"]


async def test_where_nobody_is_the_load_does_not_begin() -> None:
    """It is told at once, and with the option that asks nothing."""
    with pytest.raises(EnvironmentFault, match=r"The core does not answer OPTIONS at tcp:127\.0\.0\.1:9 .*--probe no"):
        await is_there(reactor, phone(Hop("tcp", "127.0.0.1", 9)), "options")
    await is_there(reactor, phone(Hop("tcp", "127.0.0.1", 9)), "no")
