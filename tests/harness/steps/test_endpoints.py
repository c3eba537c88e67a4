import pytest

from harness.errors import Unmet
from harness.stage import Stage
from harness.steps.endpoints import Ask, GiveBack, ask, revoke_token
from harness.steps.sign_in import Refresh, SignIn, refresh_token, sign_in
from tests.harness.lab.test_identity import home
from valkit.trace import Http


def answers(stage: Stage) -> list[tuple[str, int | None]]:
    """Give the answers that came, by path and status."""
    return [(event.path, event.status) for event in stage.lab.wire.trace.events if isinstance(event, Http)]


async def test_tokens_are_given_back() -> None:
    """The server takes no refresh token of that log-in any more; the phone renews nothing, and holds its token."""
    async with home() as lab:
        stage = Stage(lab)
        await sign_in(stage, SignIn.model_validate({"ue": "alice", "as": "first"}))
        await revoke_token(stage, GiveBack(ue="alice"))
        assert answers(stage)[-1] == ("/revoke", 200)
        assert lab.identity_of("alice").keeper.tokens is None
        assert lab.ues["alice"].wallet.choose(True) is not None
        await refresh_token(stage, Refresh.model_validate({"ue": "alice", "of": "first", "refused": "invalid_grant"}))
        await revoke_token(stage, GiveBack(ue="alice", of="first"))
        with pytest.raises(Unmet, match="alice has none"):
            await revoke_token(stage, GiveBack(ue="alice"))


async def test_either_site_can_be_asked_for_anything() -> None:
    """What it answers is heard, a refusal as well; where nobody answers, that is told."""
    async with home() as lab:
        stage = Stage(lab)
        await ask(stage, Ask(ue="alice", site="token", path="/jwks"))
        await ask(stage, Ask(ue="alice", site="authorization", path="/jwks"))
        await ask(stage, Ask(ue="alice", site="token", path="/token", method="POST", form={"grant_type": "password"}))
        assert [each for each in answers(stage) if each[1]] == [("/jwks", 200), ("/jwks", 404), ("/token", 401)]
        await lab.idms.stop()
        with pytest.raises(Unmet, match="an answer to GET /jwks"):
            await ask(stage, Ask(ue="alice", site="token", path="/jwks"))
