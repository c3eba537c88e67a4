import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor as the_reactor  # noqa: TID251  a lab needs the real one

from harness.errors import Unmet
from harness.lab.chance import Chance
from harness.lab.identity import App, BuiltInIdms, client_id
from harness.lab.lab import Lab
from harness.language.places import SHIPPED
from harness.plans.lab import read_lab
from tests.ue_sim.identity.saying import who
from ue_sim.identity.form import Answers
from ue_sim.identity.proof import NoProof, SecretInForm, SecretInHeader, SignedAssertion
from valkit.tokens import KeySet

reactor: Any = the_reactor


@asynccontextmanager
async def home() -> AsyncIterator[Lab]:
    """Give the usual lab, and end it."""
    lab = await Lab.start(read_lab(SHIPPED / "home.yaml")[0], reactor)
    try:
        yield lab
    finally:
        await lab.stop()


def server(lab: Lab) -> BuiltInIdms:
    """Give its identity server, to look into."""
    assert isinstance(lab.idms, BuiltInIdms)
    return lab.idms


async def test_only_the_honest_key_is_published() -> None:
    """The lab's key is among those of the server; the forger's is nobody's."""
    async with home() as lab:
        ring = server(lab).now.keys
        assert ring is not None
        published = {key.kid for key in KeySet.from_jwks(ring.jwks()).keys}
        assert lab.workshop.key.kid in published
        assert lab.workshop.stranger.kid not in published


async def test_a_folder_of_keys_that_the_lab_names_serves_one_run_after_the_other(tmp_path: Path) -> None:
    """The first puts its key there, and the next signs with it: who believes it goes on to do so."""
    plan = read_lab(SHIPPED / "home.yaml")[0]
    idms = plan.idms.model_copy(update={"settings": {"tokens": {"keys": str(tmp_path / "deep" / "keys")}}})
    kids = []
    for _ in range(2):
        lab = await Lab.start(plan.model_copy(update={"idms": idms}), reactor)
        try:
            kids.append((lab.workshop.key.kid, server(lab).now.keys))
        finally:
            await lab.stop()
    [(first, _), (second, ring)] = kids
    assert first == second
    assert ring is not None
    assert [key.kid for key in KeySet.from_jwks(ring.jwks()).keys] == [first]


async def test_each_phone_is_a_client_and_its_user_a_user() -> None:
    """What the lab's plan says of them stands in the server's store."""
    async with home() as lab:
        store = server(lab).now.store
        for name, ue in lab.plan.ues.items():
            user = await store.user(name)
            assert user is not None
            assert user.val_service_ids == tuple(ue.val_service_ids)
            assert await store.client(client_id(name)) is not None


async def test_a_phone_signs_in_over_tls() -> None:
    """The way of a phone leads to tokens of this issuer, which its wallet then holds."""
    async with home() as lab:
        ue = lab.plan.ues["alice"]
        tokens = await lab.identity_of("alice").sign_in(Answers("alice", ue.password))
        assert who(tokens).val_user_id == "alice"
        assert lab.ues["alice"].wallet.choose(True) == tokens.access_token


async def test_a_server_that_is_stopped_is_told() -> None:
    """Steps that need it fail with a sentence."""
    async with home() as lab:
        await lab.idms.stop()
        with pytest.raises(Unmet, match="does not run"):
            _ = server(lab).now


@pytest.mark.parametrize(
    ("method", "proof"),
    [
        ("none", NoProof),
        ("client_secret_basic", SecretInHeader),
        ("client_secret_post", SecretInForm),
        ("private_key_jwt", SignedAssertion),
    ],
)
def test_an_app_and_the_server_know_the_same_of_each_other(method: str, proof: type) -> None:
    """The server has the public half of a key only, and neither shows a secret."""
    app = App.of(method, Chance("app"), "alice")
    assert isinstance(app.proof, proof)
    assert app.entry.get("auth_method", "none") == method
    assert '"d"' not in json.dumps(app.entry)
    assert repr(app) == f"App(proof={app.proof!r})"


async def test_the_secret_of_the_val_server_is_its_owners_alone() -> None:
    """As every secret that is kept in a file."""
    async with home() as lab:
        assert lab.home.around.ground.secret_of_valserver.stat().st_mode & 0o777 == 0o600
