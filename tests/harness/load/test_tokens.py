from pathlib import Path

import pytest

from harness.clients.signing_in import NotHad
from harness.load.tokens import Issuing, logged_in, minted
from harness.load.users import TEMPLATE, User, generated, listed
from tests.ue_sim.identity.op import AUTHORITY, Op, reactor
from valkit.ids import SystemIds
from valkit.tokens import KeySet, SigningKey, TokenPolicy, Verifier, jwks

LOG_INS = ("alice,right", "bob,right", ",")
THREE = "".join(f"{one}@h.example,sip:{one}@h.example,{login}\n" for one, login in zip("abc", LOG_INS, strict=True))


def test_minted_tokens_hold_and_name_their_users() -> None:
    """Each is for one user, for the services named; a token that was given stays."""
    key = SigningKey.generate("ES256")
    users = minted(
        generated(TEMPLATE, "", 2), Issuing(key, "https://i", "val-server", ("dispatch",), 60), 1e9, SystemIds()
    )
    verifier = Verifier(TokenPolicy("https://i", "val-server"), KeySet.from_jwks(jwks(key)))
    for user in users:
        found = verifier.verify(user.token or "", 1e9)
        assert (found.val_user_id, tuple(found.val_service_ids)) == (user.name, ("dispatch",))
    assert minted(users, Issuing(key, "other", "x", ("y",), 60), 1e9, SystemIds()) == users


async def test_who_has_no_way_to_a_token_goes_without() -> None:
    """Nobody is asked."""
    users = generated(TEMPLATE, "", 3)
    assert await logged_in(None, users) == users


def listed_at(op: Op, folder: Path, table: str) -> list[User]:
    """Read users who log in at a provider."""
    authority = folder / "authority.pem"
    authority.write_bytes(AUTHORITY.pem)
    where = f"{{issuer: '{op.url}', client_id: app, authority: {authority}}}"
    columns = "impi,impu,login,login_password\n"
    return listed(f"{TEMPLATE}identity: {where}\n", "phone.yaml", columns + table, "users.csv")


async def test_each_user_logs_in_and_brings_what_came_of_it(tmp_path: Path) -> None:
    """By the form, without a browser; who has no log-in stays without a token."""
    op = Op()
    port = await op.start()
    alice, bob, other = await logged_in(reactor, listed_at(op, tmp_path, THREE))
    await port.close()
    assert (bool(alice.token), bool(bob.token), other.token) == (True, True, None)
    assert op.asked.count("authorization_code") == 2


async def test_a_wrong_password_is_told_with_whose_it_is(tmp_path: Path) -> None:
    """And not with what it is."""
    op = Op()
    port = await op.start()
    with pytest.raises(NotHad, match="alice: Not signed in") as raised:
        await logged_in(reactor, listed_at(op, tmp_path, THREE.replace("right", "wrong-word")))
    await port.close()
    assert "wrong-word" not in str(raised.value)
