"""The messages of a SIPp scenario: text with [keywords], read far enough to know what a phone means by it."""

import re
from collections.abc import Iterator, Mapping
from typing import Self

from attrs import field, frozen

from harness.third_party import names_another
from valkit.carriers import BY_NAME, InfoDocument
from valkit.sip.names import SPELLED, key_of

_first_line = re.compile(r"([A-Z]+)[ \t]+(\S+)[ \t]+SIP/2\.0")
_uri_user = re.compile(r"sips?:([^@\s;>]+)@([^\s;>]+)")
_keyword = re.compile(r"\[([^\[\]\s]+)[^\[\]]*\]")
_authentication = re.compile(r"\[authentication\b([^\]]*)\]")
_setting = re.compile(r"(\w+)=(\S+)")

DOCUMENTS = {row.media_type: name for name, row in BY_NAME.items() if isinstance(row, InfoDocument)}


@frozen
class Template:
    """A request that SIPp sends."""

    method: str
    uri: str
    headers: tuple[tuple[str, str], ...]
    """By their usual spelling, in their order."""
    body: str = field(default="", repr=False)
    authentication: Mapping[str, str] | None = field(default=None, repr=False)
    """What [authentication] is told; None where there is none."""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a request; None of a response, or of anything else."""
        lines = [line.strip() for line in text.strip().splitlines()]
        first = _first_line.fullmatch(lines[0]) if lines else None
        if first is None:
            return None
        end = lines.index("") if "" in lines else len(lines)
        head = lines[1:end]
        fields = [line.partition(":") for line in head if ":" in line and not line.startswith("[")]
        headers = tuple((_spelled(name), value.strip()) for name, _, value in fields)
        told = next(
            (dict(_setting.findall(found[1])) for line in head if (found := _authentication.search(line))), None
        )
        return cls(first[1], first[2], headers, "\n".join(lines[end + 1 :]).strip(), told)

    def get(self, name: str) -> str | None:
        """Give a header's value, of several the first."""
        return next((value for each, value in self.headers if each == name), None)

    @property
    def user(self) -> str:
        """Give the user of To, or a name in place of a keyword."""
        found = _uri_user.search(self.get("To") or self.uri)
        return re.sub(r"[^A-Za-z0-9._-]", "", _keyword.sub("", found[1])) if found else ""

    @property
    def domain(self) -> str:
        """Give the domain of To; empty where it is an address or a keyword."""
        found = _uri_user.search(self.get("To") or self.uri)
        return found[2] if found and not re.match(r"[\[\d]", found[2]) else ""

    @property
    def is_third_party(self) -> bool:
        """Whether SIPp plays a core that tells a server of somebody's registration."""
        sender, whom = (self.get(name) or "" for name in ("From", "To"))
        enclosed = (self.get("Content-Type") or "").startswith(("message/sip", "multipart/"))
        another = bool(sender and whom) and names_another(_uri(sender), _uri(whom))
        return self.method == "REGISTER" and (enclosed or another)

    @property
    def leaves(self) -> bool:
        """Whether it ends what it began: Expires 0, in its header or in Contact."""
        contact = self.get("Contact") or ""
        return self.get("Expires") == "0" or bool(re.search(r";\s*expires=0\b", contact))

    @property
    def expires(self) -> int | None:
        """The seconds that it asks for; None where it does not say, or not in digits."""
        text = self.get("Expires") or ""
        return int(text) if text.isdecimal() and len(text) < 11 else None

    @property
    def carrier(self) -> str | None:
        """The carrier of the token in it; None where there is none."""
        if (self.get("Authorization") or "").lower().startswith("bearer"):
            return "bearer"
        kinds = (name for kind, name in DOCUMENTS.items() if kind in f"{self.get('Content-Type')}\n{self.body}")
        name = next(kinds, None)
        return name if name and "access-token" in self.body else None

    def keywords(self) -> Iterator[str]:
        """Give what stands for something that SIPp is told elsewhere: columns of a CSV file, -key, variables."""
        for text in (self.uri, *(value for _, value in self.headers), self.body):
            yield from _keyword.findall(text)


def _uri(header: str) -> str:
    """Give the URI in an address, keywords and all."""
    found = re.search(r"<([^>]*)>", header)
    return found[1] if found else header.partition(";")[0].strip()


def _spelled(name: str) -> str:
    try:
        key = key_of(name.strip())
    except ValueError:
        return name.strip()
    return SPELLED.get(key, name.strip())
