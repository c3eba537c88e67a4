"""A token that holds, and a user who is served elsewhere."""

import pytest

from tests.valserver.migration.world import SCOPE, World, to_partner
from tests.valserver.parts import NOW, TOKENS, judge, token
from valserver.migration.errors import NotServed
from valserver.migration.judging import ServedHere
from valserver.service_settings import AuthorizationSettings


def test_a_guest_is_believed_after_the_migration_only() -> None:
    """And one of our own until then."""
    world = World()
    inner = judge(AuthorizationSettings.model_validate({"tokens": TOKENS}))
    here, there = ServedHere(inner, world.home.standings), ServedHere(inner, world.away.standings)
    guest, own = token("alice@home", scope=SCOPE), token("alice", scope=SCOPE)
    assert here.names(own)
    assert here.verify(own, NOW).val_user_id == "alice"
    with pytest.raises(NotServed) as caught:
        there.verify(guest, NOW)
    assert caught.value.cause.value == "not_migrated"
    world.away.asked(to_partner(guest))
    assert there.verify(guest, NOW).val_user_id == "alice@home"
    with pytest.raises(NotServed) as caught:
        here.verify(own, NOW)
    assert caught.value.cause.value == "migrated_away"
