import pytest

from tests.ue_sim.documents.servers import Server
from ue_sim.documents.errors import Refused, Unreachable
from valkit.xcap import CONFLICT, Condition, ConflictReport, DocumentSelector

SELECTOR = DocumentSelector("ptt", "alice", ("user-profile",))
REPORT = ConflictReport(Condition.SCHEMA, "line 2: no")
TOKEN = b'{"error": "invalid_token", "error_description": "it does not hold"}'
PATH = "/xcap/ptt/users/alice/user-profile"


async def test_what_has_not_changed_is_not_sent_again() -> None:
    """The second time with If-None-Match (RFC 4825 7.11)."""
    server = Server((200, b"one", {"ETag": '"1"'}), (304, b"", {"ETag": '"1"'}), (200, b"two", {"ETag": '"2"'}))
    got = [await server.client.get("t", SELECTOR) for _ in range(3)]
    assert got == [(b"one", True), (b"one", False), (b"two", True)]
    assert server.asked == [("GET", PATH)] * 3
    assert [headers.get("If-None-Match") for headers in server.headers] == [None, '"1"', '"1"']
    assert {headers["Authorization"] for headers in server.headers} == {"Bearer t"}


async def test_a_document_is_written_in_the_state_it_is_meant_for() -> None:
    """In place of nothing, or of what was written or read last; without a condition, in place of anything."""
    server = Server(*[(201, b"", {"ETag": '"1"'}), (200, b"", {"ETag": '"2"'}), (200, b"", {}), (200, b"", {})])
    assert await server.client.put("t", SELECTOR, b"a", "x/y", held=True)
    assert not await server.client.put("t", SELECTOR, b"b", "x/y", held=True)
    await server.client.put("t", SELECTOR, b"c", "x/y")
    await server.client.delete("t", SELECTOR)
    conditions = [(each.get("If-None-Match"), each.get("If-Match")) for each in server.headers]
    assert conditions == [("*", None), (None, '"1"'), (None, None), (None, None)]
    assert server.headers[0]["Content-Type"] == "x/y"
    assert server.client.held == {}


async def test_a_document_that_is_gone_is_held_no_more() -> None:
    """So what is written next is written in place of nothing."""
    server = Server((200, b"one", {"ETag": '"1"'}), (404, b"", {}), (201, b"", {"ETag": '"2"'}))
    await server.client.get("t", SELECTOR)
    with pytest.raises(Refused):
        await server.client.get("t", SELECTOR)
    await server.client.put("t", SELECTOR, b"two", "x/y", held=True)
    assert (server.headers[2].get("If-None-Match"), server.headers[2].get("If-Match")) == ("*", None)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            (409, bytes(REPORT), {"Content-Type": CONFLICT}),
            r"409 \(line 2: no\)",
        ),
        ((409, b"<a/>", {"Content-Type": CONFLICT}), "409$"),
        (
            (401, TOKEN, {}),
            r"401 \(it does not hold\)",
        ),
        ((412, b'{"error": "somebody else was quicker"}', {}), r"412 \(somebody else was quicker\)"),
        ((500, b"\xff", {}), "500$"),
        ((304, b"", {}), "304$"),
    ],
)
async def test_a_refusal_is_told(answer: tuple[int, bytes, dict[str, str]], sentence: str) -> None:
    """With what the server said."""
    with pytest.raises(Refused, match=sentence):
        await Server(answer).client.put(None, SELECTOR, b"", "x/y")


async def test_a_server_that_gives_no_answer_is_told() -> None:
    """And nothing is held."""
    server = Server(None)
    with pytest.raises(Unreachable, match="gives no answer"):
        await server.client.get("t", SELECTOR)
    assert server.client.held == {}
