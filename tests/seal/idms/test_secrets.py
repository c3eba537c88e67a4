"""Nothing secret gets out: not into the log, not into what is told, not into a repr."""

from typing import cast

from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher

from tests.seal.idms.parts import PASSWORD, Home
from valkit.trace import Note


async def test_no_password_code_or_token_is_logged_or_told(idms: Home) -> None:
    """Through a whole life: wrong and right log-in, code twice, refresh twice, revocation, introspection."""
    events: list[LogEvent] = []
    observer = cast(ILogObserver, events.append)
    globalLogPublisher.addObserver(observer)
    browser = idms.browser()
    await browser.fill_in(await browser.ask(), password="a wrong secret")
    code = await browser.code()
    tokens = (await browser.exchange(code)).json
    new = (await browser.refresh(tokens["refresh_token"])).json
    await browser.refresh(tokens["refresh_token"])
    await browser.exchange(code)
    await browser.post("token", "/revoke", {"client_id": "app", "token": new["refresh_token"]})
    globalLogPublisher.removeObserver(observer)
    text = "".join(f"{formatEvent(event)}{event!r}" for event in events)
    text += "".join(repr(event) for event in idms.trace.events if isinstance(event, Note))
    text += repr(idms.running)
    secrets = [PASSWORD, "a wrong secret", code, *browser.cookies.values()]
    secrets += [str(answer[name]) for answer in (tokens, new) for name in ("access_token", "id_token", "refresh_token")]
    for secret in secrets:
        assert secret not in text
    assert "code reused" in text
