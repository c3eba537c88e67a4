"""Which messages a step means: from whom, to whom, which method, which answer. Shared by faults and expectations."""

import difflib
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from harness.grammar.vocabulary import Arguments
from harness.seen.cast import Cast
from harness.seen.story import method
from valkit.sip.message import Message, Response
from valkit.trace import Http


def _status(value: object) -> str:
    text = str(value).lower()
    if len(text) == 3 and text[0] in "123456" and (text[1:].isdecimal() or text[1:] == "xx"):
        return text
    raise ValueError("is not a status (expected a number such as 403, or a class such as 4xx)")


Status = Annotated[str, BeforeValidator(_status)]
"""A status code, or a class of them."""


METHODS = """
    ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE
"""
"""IANA's table."""


def _method(value: str) -> str:
    methods = METHODS.split()
    if value in methods:
        return value
    close = difflib.get_close_matches(value.upper(), methods, n=1)
    meant = f"did you mean {close[0]}?" if close else f"expected one of: {', '.join(methods)}"
    raise ValueError(f"is not a SIP method ({meant})")


Method = Annotated[str, AfterValidator(_method)]
"""A SIP method. One that nobody sends is never missed, so a slip of the pen is refused."""


def status_fits(wanted: str, status: int) -> bool:
    """Whether a status is the one wanted, or of the class wanted."""
    return str(status) == wanted or (wanted.endswith("xx") and wanted[0] == str(status)[0])


class Pattern(Arguments):
    """A message between two parts. What is not said may be anything, but without `status` only requests are meant."""

    source: str | None = Field(None, alias="from")
    """Who sends it: a name, or a part: ue, core, pcscf, icscf, scscf, valserver."""
    target: str | None = Field(None, alias="to")
    """Who is to receive it."""
    method: Method | None = None
    """Method of the request, or of the request that was answered."""
    status: Status | None = None
    """Status code or class; with it, only answers are meant."""

    def fits(self, source: str, target: str, message: Message, cast: Cast) -> bool:
        """Whether this is such a message on such a way."""
        return self.joins(source, target, cast) and self.means(message)

    def joins(self, source: str, target: str, cast: Cast) -> bool:
        """Whether the two ends are those meant."""
        return (self.source is None or cast.plays(source, self.source)) and (
            self.target is None or cast.plays(target, self.target)
        )

    def means(self, message: Message) -> bool:
        """Whether it is the request or the answer meant, whoever sends it."""
        if self.method not in {None, method(message)}:
            return False
        if isinstance(message, Response):
            return self.status is not None and status_fits(self.status, message.status)
        return self.status is None

    def otherwise(self, source: str, target: str, message: Message, cast: Cast) -> tuple[str, ...] | None:
        """Say what is not as it is meant; None where one is a request and the other an answer."""
        answer = message if isinstance(message, Response) else None
        if (answer is None) is not (self.status is None):
            return None
        said = [] if self.source is None or cast.plays(source, self.source) else [f"from {source}"]
        said += [] if self.target is None or cast.plays(target, self.target) else [f"to {target}"]
        said += [] if self.method in {None, method(message)} else [f"method {method(message)}"]
        if answer is not None and not status_fits(self.status or "", answer.status):
            said.append(f"status {answer.status}")
        return tuple(said)

    def __str__(self) -> str:
        what = f"{self.status} to {self.method or 'a request'}" if self.status else self.method or "a request"
        ways = [f"from {self.source}" if self.source else "", f"to {self.target}" if self.target else ""]
        return " ".join(filter(None, [what, *ways]))


class HttpPattern(Arguments):
    """An HTTP message. What is not said may be anything, but without `status` only requests are meant."""

    short = "path"

    source: str | None = Field(None, alias="from")
    """Who sends it: a name, or a part: ue, valserver, idms."""
    target: str | None = Field(None, alias="to")
    """Who is to receive it."""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] | None = None
    """Method of the request, or of the request that was answered."""
    path: str | None = None
    """Path of the request, or of the request that was answered."""
    status: Status | None = None
    """Status code or class; with it, only answers are meant."""

    def means(self, http: Http, cast: Cast) -> bool:
        """Whether it went such a way, whatever it says."""
        joined = (self.source is None or cast.plays(http.source, self.source)) and (
            self.target is None or cast.plays(http.target, self.target)
        )
        return joined and self.method in {None, http.method} and self.path in {None, http.path} and self._status(http)

    def otherwise(self, http: Http, cast: Cast) -> tuple[str, ...] | None:
        """Say what is not as it is meant; None where one is a request and the other an answer."""
        if (http.status is None) is not (self.status is None):
            return None
        said = [] if self.source is None or cast.plays(http.source, self.source) else [f"from {http.source}"]
        said += [] if self.target is None or cast.plays(http.target, self.target) else [f"to {http.target}"]
        said += [] if self.method in {None, http.method} else [f"method {http.method}"]
        said += [] if self.path in {None, http.path} else [f"path {http.path}"]
        said += [] if self._status(http) else [f"status {http.status}"]
        return tuple(said)

    def _status(self, http: Http) -> bool:
        if self.status is None or http.status is None:
            return self.status is None and http.status is None
        return status_fits(self.status, http.status)

    def __str__(self) -> str:
        asked = f"{self.method or 'HTTP request'} {self.path or ''}".strip()
        words = [f"{self.status} to {asked}" if self.status else asked]
        words += [f"from {self.source}"] if self.source else []
        words += [f"to {self.target}"] if self.target else []
        return " ".join(words)
