import json
import re
import zlib
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
from attrs import evolve

from harness.report.model import Cause, Run
from harness.report.page import FEW, page
from harness.seen.cast import PCSCF
from tests.harness.report.runs import FAILURE, performance, played, run
from tests.harness.scenes import TOKEN, log_in, request, sent

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \"'&"


class Elements(HTMLParser):
    """Every element of a page with its attributes, and whether each is closed."""

    VOID = frozenset({"meta", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a beginning."""
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take in an end."""
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an empty element of SVG."""
        self.found.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """Give the elements of a page that is well formed."""
    parser = Elements()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser.found


def packets(text: str) -> list[list[Any]]:
    """Unpack what is packed: ladder and messages of each scenario."""
    packed = re.findall(r'<script type="text/plain" id="p\d+">([^<]*)</script>', text)
    found = [json.loads(zlib.decompress(b64decode(each))) for each in packed]
    return [one for packet in found for one in packet.values()]


def many(count: int) -> Run:
    """Make a run of so many, the last of which failed."""
    passed = [played(performance(name=f"n {at}")) for at in range(count - 1)]
    return run(*passed, played(performance(failure=FAILURE, name="the last")))


def test_what_the_doctor_says_stands_beside_the_cause() -> None:
    """After what was wanted and came, before the message."""
    text = page(run(played(performance(failure=evolve(FAILURE, found=("The nonce is stale.",))))))
    order = [text.index(words) for words in ("<dd>200 OK to alice", "The nonce is stale.", "SIP/2.0 200 OK")]
    assert order == sorted(order)


def test_what_failed_and_why_comes_first() -> None:
    """Before requirements and scenarios."""
    text = page(many(3))
    order = [text.index(words) for words in ("1 of 3 scenarios failed", "an answer 403", "Requirements</h2>")]
    assert order == sorted(order)
    assert "What failed" not in page(run())


def test_every_requirement_says_what_was_shown() -> None:
    """With links to its scenarios; those that nothing speaks of stand apart."""
    found = elements(page(run()))
    assert [attributes["href"] for tag, attributes in found if tag == "a"][:2] == ["#s0", "#s0"]
    assert "58 of which no scenario of this run speaks" in page(run())


def test_what_could_not_be_observed_is_told_and_not_counted() -> None:
    """The scenario says what it was, the requirement that it is shown in part, and the page what that means."""
    text = page(run(played(performance(), unseen=("s.yaml:9: expect.binding: what it has bound",))))
    assert "<b>0<small> of 60</small></b> requirements shown, 2 in part" in text
    assert '<span class="verdict">shown in part</span>' in text
    assert "not observable: s.yaml:9: expect.binding: what it has bound" in text
    assert "in part: each scenario that passed expects something" in text
    assert "in part" not in page(run())


def test_a_small_run_has_its_ladders_in_the_page() -> None:
    """So they are seen without a script; messages are packed."""
    text = page(many(FEW))
    assert text.count('<figure class="ladder"') == FEW
    [body, messages] = packets(text)[0]
    assert body == ""
    name, at, over, fate, said, tokens = messages["0"]
    assert (name, at, over, fate, tokens) == ("REGISTER", "0.000", "SIP over UDP", "delivered", [])
    assert said.startswith("REGISTER sip:home.example SIP/2.0\n")


def test_a_large_run_has_only_what_failed_in_the_page() -> None:
    """Other ladders are packed with their messages."""
    text = page(many(FEW + 1))
    assert text.count('<figure class="ladder"') == 1
    bodies = [body for body, _ in packets(text)]
    assert [body.startswith('<figure class="ladder"') for body in bodies] == [True] * FEW + [False]
    assert elements(bodies[0])


def test_a_token_is_packed_as_rows_to_read() -> None:
    """Carrier, header, claims with what they mean; times as seen from the message."""
    [[_, messages]] = packets(page(run()))
    where, header, claims = next(message[5][0] for message in messages.values() if message[5])
    assert where == "val-info"
    assert ["alg", "ES256", "signature algorithm"] in header
    assert ["val_user_id", "alice", "VAL user"] in claims


def test_nothing_hostile_becomes_markup() -> None:
    """Whatever names and messages hold, it is text."""
    hostile = played(performance(failure=FAILURE, name="n")).model_copy(
        update={
            "id": f"{HOSTILE}::{HOSTILE}",
            "name": HOSTILE,
            "about": HOSTILE,
            "reason": HOSTILE,
            "file": HOSTILE,
            "columns": (HOSTILE,) * 6,
        }
    )
    text = page(run(hostile))
    found = elements(text)
    assert [tag for tag, _ in found if tag == "img"] == []
    assert len([1 for tag, attributes in found if tag == "script" and not attributes]) == 1
    assert "<script>alert" not in text


@pytest.mark.parametrize("count", [1, FEW + 1])
def test_nothing_of_a_message_moves_a_cursor(count: int) -> None:
    """Neither open nor packed: control characters are written out, line breaks stay."""
    first = request()
    answer = first.answer(403, "\x1b[31m\x07\x9b31m", headers=[("Warning", '399 h "\x1b[2J"')])
    one = played(performance([sent("alice", PCSCF, first), sent(PCSCF, "alice", answer)], FAILURE))
    cut = one.model_copy(update={"failure": Cause(says="s", wanted="w", got="\x9b31m", message="\x1b[2J")})
    text = page(run(*[cut] * count))
    packed = [
        said
        for body, messages in packets(text)
        for said in (body, *(part for m in messages.values() for part in m[:5]))
    ]
    assert any(r"403 \x1b[31m\x07\x9b31m" in said for said in packed)
    assert all(said.replace("\n", "").isprintable() for said in (text, *packed))


def test_the_page_needs_nothing_from_elsewhere() -> None:
    """Its policy forbids it; script and style are those with these digests, and no attribute runs or paints."""
    text = page(many(2))
    found = elements(text)
    policy = str(next(attributes["content"] for tag, attributes in found if "http-equiv" in attributes))
    for tag in ("script", "style"):
        [inner] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(inner.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    leads = [str(value) for _, attributes in found for name, value in attributes.items() if name in {"href", "src"}]
    assert all(value.startswith("#") or value == "data:," for value in leads)
    assert not [name for _, attributes in found for name in attributes if name == "style" or name.startswith("on")]


def test_ids_are_given_once() -> None:
    """Addresses lead to one place."""
    ids = [attributes["id"] for _, attributes in elements(page(many(3))) if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("events", [None, log_in()])
def test_no_token_is_in_a_page(events: list[object] | None) -> None:
    """Neither open nor packed."""
    text = page(run(played(performance(events))))  # type: ignore[arg-type]
    everything = text + json.dumps(packets(text))
    assert TOKEN not in everything
    assert TOKEN.rpartition(".")[2] not in everything


def test_an_interrupted_run_is_not_said_to_have_passed() -> None:
    """How far it got; what failed until then is told too."""
    passed, failed = run(), run(played(performance(failure=FAILURE)))
    text = page(passed.model_copy(update={"interrupted_of": 9}))
    assert "<title>Interrupted - val report</title>" in text
    assert "Interrupted after 1 of 9 scenarios</h1>" in text
    assert "Interrupted after 1 of 9 scenarios, 1 failed</h1>" in page(failed.model_copy(update={"interrupted_of": 9}))


def test_a_run_of_nothing_has_a_page() -> None:
    """It says so."""
    assert "Nothing was played" in page(run().model_copy(update={"scenarios": (), "requirements": ()}))
