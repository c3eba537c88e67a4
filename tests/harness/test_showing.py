from harness.showing import redacted, shown
from tests.harness.scenes import TOKEN, request


def test_a_message_is_shown_without_its_secrets() -> None:
    """Token and response are hidden, the rest stands as on the wire."""
    text = shown(request(token=TOKEN, res=True))
    assert TOKEN not in text
    assert "0" * 32 not in text
    assert "(token hidden)" in text
    assert 'response="(hidden)"' in text
    assert "Call-ID: one\n" in text


def test_keys_between_proxies_are_hidden() -> None:
    """CK and IK, quoted or not, go no further."""
    assert redacted('ck="00ff", ik=aabb, nonce="n"') == 'ck="(hidden)", ik="(hidden)", nonce="n"'
