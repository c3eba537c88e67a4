"""What passes through, for whoever writes it down."""

from seal.proxy.deciding import Onward
from seal.proxy.routes import Route
from seal.proxy.tapping import KEPT, Said, Tapped
from seal.proxy.target import Target
from valkit.sip.hop import Hop

ONWARD = Onward(Route("a", ("a",), "https://1"), b"PUT", b"https://1/x", ((b"host", b"a"),), 3, Target("a", "/x"), "")
ENDS = Hop("tls", "127.0.0.1", 1), Hop("tls", "127.0.0.2", 2)


def test_a_request_is_told_when_it_is_whole_and_so_is_its_answer() -> None:
    """Each with its headers and its body."""
    said: list[Said] = []
    tapped = Tapped(said.append, ONWARD, ENDS)
    for part in (b"a", b"bc"):
        tapped.up(part)
    assert said == []
    tapped.sent()
    tapped.answered(201, ((b"etag", b"1"),))
    tapped.down(b"yes")
    tapped.done()
    assert [(each.status, each.headers, each.body) for each in said] == [
        (None, ONWARD.headers, b"abc"),
        (201, ((b"etag", b"1"),), b"yes"),
    ]


def test_of_a_long_body_only_the_beginning_is_kept() -> None:
    """However it comes."""
    said: list[Said] = []
    tapped = Tapped(said.append, ONWARD, ENDS)
    for _ in range(3):
        tapped.up(bytes(KEPT // 2 + 1))
        tapped.down(bytes(KEPT))
    tapped.sent()
    tapped.done()
    assert [len(each.body) for each in said] == [KEPT, KEPT]
