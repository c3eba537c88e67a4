"""Signing in as a whole: at the small provider, and at our own identity server."""

from tests.seal.idms.conftest import idms
from tests.seal.idms.parts import PASSWORD, Home
from tests.ue_sim.identity.op import reactor
from tests.ue_sim.identity.phone import ALICE, phone
from tests.ue_sim.identity.saying import APP, who
from ue_sim.identity.form import Answers
from ue_sim.identity.signing_in import Identity
from ue_sim.wallet import Wallet
from valkit.ids import SystemIds
from valkit.net.tls import Tls
from valkit.tokens import TokenPolicy, Verifier

__all__ = ["idms"]


async def test_the_token_is_in_the_wallet() -> None:
    """At hand for the next REGISTER or PUBLISH."""
    one = await phone()
    tokens = await one.identity.sign_in(ALICE)
    assert one.wallet.choose(True) == tokens.access_token
    assert one.identity.keeper.tokens is tokens
    await one.close()


async def test_signing_in_again_takes_the_place_of_the_first() -> None:
    """One token, one timer."""
    one = await phone()
    first = await one.identity.sign_in(ALICE)
    second = await one.identity.sign_in(ALICE)
    assert one.wallet.choose(True) == second.access_token != first.access_token
    assert len(one.clock.getDelayedCalls()) == 1
    await one.close()


async def test_our_identity_server_lets_the_phone_in(idms: Home) -> None:
    """The access token holds at a VAL server, and a refresh gives another that holds as well."""
    issuer = str(idms.running.addresses["token"])
    identity = Identity.build(
        reactor,
        idms.clock,
        SystemIds(),
        tls=Tls(idms.running.authorities),
        issuer=issuer,
        registration=APP,
        wallet=Wallet(),
    )
    first = await identity.sign_in(Answers("alice", PASSWORD))
    second = await identity.keeper.renew()
    assert who(first).val_service_ids == ("dispatch", "telemetry")
    keys = await identity.client.keys()
    verifier = Verifier(TokenPolicy(issuer, "val-server"), keys)
    for tokens in (first, second):
        access = verifier.verify(tokens.access_token, idms.clock.seconds())
        assert (access.val_user_id, access.val_service_ids) == (who(first).val_user_id, who(first).val_service_ids)
    identity.stop()
