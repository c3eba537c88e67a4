import pytest

from seal.gms.keys import KeyMaterial, NobodyToAsk, NoGroupKeys


async def test_without_a_key_management_server_there_are_no_keys() -> None:
    """The log says what to do about it."""
    with pytest.raises(NobodyToAsk, match=r"no key management server \(kms\)"):
        await NoGroupKeys().of("ptt", "sip:g@home.example")
    assert not await NoGroupKeys().kept("ptt", "sip:g@home.example")


def test_key_material_is_not_shown() -> None:
    """In no log."""
    assert "hunter2" not in repr(KeyMaterial("application/xml", b"hunter2"))
