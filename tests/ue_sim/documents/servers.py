"""Takes the place of HTTPS: answers in a row, and what was asked."""

from collections.abc import Mapping
from typing import cast

from twisted.web.http_headers import Headers

from ue_sim.documents.xcap import XcapClient
from valkit.net.https import HttpsAnswer, HttpsClient, HttpsError

URL = "https://server.home.example"


class Server:
    """One server; None is no answer."""

    def __init__(self, *answers: tuple[int, bytes, Mapping[str, str]] | None) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []
        self.headers: list[Mapping[str, str]] = []
        self.client = XcapClient(f"{URL}/", cast(HttpsClient, self))

    async def request(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> HttpsAnswer:
        """Answer the next request."""
        self.asked.append((method, url.removeprefix(URL)))
        self.headers.append(headers)
        answer = self.answers.pop(0)
        if answer is None:
            raise HttpsError("the server gives no answer")
        status, text, given = answer
        return HttpsAnswer(status, Headers({name: [value] for name, value in given.items()}), text)
