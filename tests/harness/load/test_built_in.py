from typing import Any

from twisted.internet import reactor as the_reactor  # noqa: TID251  child processes need the real one

from harness.load.built_in import AUDIENCE, ISSUER, BuiltIn
from harness.load.tokens import Issuing, minted
from harness.load.users import TEMPLATE, generated
from ue_sim.app import start
from ue_sim.settings import UeSettings
from valkit.ids import SystemIds
from valkit.tokens import SigningKey

reactor: Any = the_reactor


async def test_a_user_registers_and_publishes_at_what_is_built_in() -> None:
    """The core knows its key, and the VAL server believes its token: without one it would answer 404."""
    key = SigningKey.generate("ES256")
    users = generated(TEMPLATE, "", 2)
    issuing = Issuing(key, ISSUER, AUDIENCE, ("dispatch",), 60)
    built = await BuiltIn.start(reactor, users, issuing)
    try:
        (_, user) = minted(users, issuing, reactor.seconds(), SystemIds())
        settings = UeSettings.model_validate({**user.phone, "core": built.core})
        phone = await start(reactor, reactor, settings, SystemIds())
        try:
            assert (await phone.ue.register()).ok
            assert (await phone.ue.publish()).status == 404
            phone.ue.wallet.put(user.token or "")
            assert (await phone.ue.publish()).ok
        finally:
            await phone.stop()
    finally:
        await built.stop()
