from tests.seal.management.parts import Start


async def test_it_is_called_cms_and_asks_for_its_own_scope(cms: Start) -> None:
    """What both servers do alike stands in tests/seal/management."""
    scene = await cms()
    assert set(scene.running.addresses) == {"cms", "admin"}
    refused = await scene.asks("GET", "/xcap/ptt/users/alice/user-profile", who=None)
    assert refused.status == 403
    assert scene.notes[0].who == "cms"
