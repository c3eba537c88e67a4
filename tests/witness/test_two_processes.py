"""Two identity servers as two processes on one store, SQLite or PostgreSQL, and somebody who brings things many times.

Of all who bring one thing at the same moment, to either, at most one gets something, and what he got ends.
"""

import json
import re
import ssl
import time
from base64 import b32decode, b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPSHandler, Request, build_opener

import pytest
from attrs import frozen

from seal.idms.proving.methods import ONE_TIME_CODE, STEP, one_time_code
from tests.postgresql import postgresql
from tests.witness.identity import PASSWORD, RETURN, SECRET, TOTP, Idms, Person, idms

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
BASIC = "Basic " + b64encode(f"foreign:{SECRET}".encode()).decode()
ASKED = {
    "response_type": "code",
    "client_id": "foreign",
    "redirect_uri": RETURN,
    "scope": "openid",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}
AT_ONCE = 16
ROUNDS = 3
Answer = tuple[int, dict[str, Any]]

pytestmark = pytest.mark.xdist_group("two processes")


@frozen
class Pair:
    """Both servers, and as many hands as are needed."""

    servers: tuple[Idms, Idms]
    hands: ThreadPoolExecutor

    def post(self, path: str, form: Mapping[str, str], number: int = 0) -> Answer:
        """Send a form to one of them."""
        server = self.servers[number % 2]
        opener = build_opener(HTTPSHandler(context=ssl.create_default_context(cafile=str(server.authority))))
        request = Request(server.token + path, urlencode(form).encode(), {"Authorization": BASIC})
        try:
            with opener.open(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.loads(refusal.read())

    def post_at_once(self, form: Mapping[str, str]) -> list[Answer]:
        """Send one form to both, many times at once."""
        return list(self.hands.map(lambda number: self.post("/token", form, number), range(AT_ONCE)))

    def grant(self) -> dict[str, str]:
        """Sign in at the first, and give what is to be brought for tokens."""
        first = self.servers[0]
        code = Person(first).sign_in(f"{first.authorization}/authorize?{urlencode(ASKED)}", "alice", PASSWORD)["code"]
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": RETURN,
            "code_verifier": VERIFIER,
        }

    def holds(self, tokens: Mapping[str, str]) -> bool:
        """Tell whether anything of these tokens is still good at the second."""
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        active = self.post("/introspect", {"token": tokens["access_token"]}, 1)[1]["active"]
        return bool(active) or self.post("/token", refresh, 1)[0] == 200


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Run both servers on one store."""
    folder = tmp_path_factory.mktemp("pair")
    if request.param == "sqlite":
        yield from _running(folder, f"sqlite:///{folder}/store.sqlite")
    else:
        with postgresql() as database:
            yield from _running(folder, database.new_database())


def _running(folder: Path, store: str) -> Iterator[Pair]:
    told: Any = {"store": store, "issuer": "https://idms.example"}
    with (
        idms(folder, "first", **told) as first,
        idms(folder, "second", **told) as second,
        ThreadPoolExecutor(AT_ONCE) as hands,
    ):
        yield Pair((first, second), hands)
    for name in ("first", "second"):
        assert "Traceback" not in (folder / f"{name}.log").read_text()


def test_a_code_is_taken_once(pair: Pair) -> None:
    """Whoever of them is asked."""
    for _ in range(ROUNDS):
        answers = pair.post_at_once(pair.grant())
        got = [said for status, said in answers if status == 200]
        assert len(got) <= 1
        assert {said["error"] for status, said in answers if status != 200} == {"invalid_grant"}
        assert not any(pair.holds(tokens) for tokens in got)


def test_a_refresh_token_is_rotated_once(pair: Pair) -> None:
    """The others end all that came of the log-in."""
    for _ in range(ROUNDS):
        tokens = pair.post("/token", pair.grant())[1]
        answers = pair.post_at_once({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
        got = [said for status, said in answers if status == 200]
        assert len(got) == 1
        assert {said["error"] for status, said in answers if status != 200} == {"invalid_grant"}
        assert not any(pair.holds(each) for each in (tokens, *got))


def test_a_one_time_code_is_good_for_one(pair: Pair) -> None:
    """However many bring it at the same moment."""
    right = one_time_code(b32decode(TOTP), int(time.time() // STEP))
    asked = urlencode(ASKED | {"acr_values": ONE_TIME_CODE})

    def sign_in(number: int) -> bool:
        server = pair.servers[number % 2]
        person = Person(server)
        page = person.ask(f"{server.authorization}/authorize?{asked}").text
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
        form = {name: unescape(value) for name, value in hidden}
        sent = {**form, "username": "alice", "password": PASSWORD, "otp": right}
        return person.ask(f"{server.authorization}/login", sent).location is not None

    assert Counter(pair.hands.map(sign_in, range(2)))[True] == 1


def test_guessing_at_once_is_guessing(pair: Pair) -> None:
    """Behind a name's lock the right password is as wrong as the others."""

    def guess(number: int) -> bool:
        server = pair.servers[number % 2]
        url = f"{server.authorization}/authorize?{urlencode(ASKED)}"
        password = PASSWORD if number == AT_ONCE - 1 else f"guess {number}"
        try:
            Person(server).sign_in(url, "bob", password)
        except AssertionError as refused:
            assert "not accepted" in str(refused)  # noqa: PT017  what it says is looked at, whether it comes is counted
            return False
        return True

    counted = Counter(guess(number) for number in range(3))
    assert counted == {False: 3}
    assert Counter(pair.hands.map(guess, range(AT_ONCE))) == {False: AT_ONCE}
