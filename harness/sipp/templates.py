"""The messages of a SIPp scenario: text with [keywords], read far enough to know what a phone means by it."""

import re
from collections.abc import Iterator, Mapping
from typing import Self

from attrs import field, frozen

from harness.third_party import names_another
from valkit.carriers import BY_NAME, InfoDocument
from valkit.sip.names import SPELLED, key_of

_first_line = re.compile(r"([A-Z]+)[ \t]+(\S(?:.*\S)?)[ \t]+SIP/2\.0")
_uri_user = re.compile(r"sips?:([^@\s;>]+)@([^\s;>:]+)")
_keyword = re.compile(r"\[([^\[\]\s]+)[^\[\]]*\]")
_authentication = re.compile(r"\[authentication\b((?:[^\[\]]|\[[^\[\]]*\])*)\]")
_setting = re.compile(r"(\w+)=(\S+)")
_header = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+\s*")
_offset = re.compile(r"[+-]\d+$")

DOCUMENTS = {row.media_type: name for name, row in BY_NAME.items() if isinstance(row, InfoDocument)}

DEFAULT_SERVICE = "service"
"""What [service] is if SIPp is not told otherwise."""
_ITS_OWN = """
    authentication auto_media_port branch call_id call_number clock_tick cseq date dynamic_id len local_ip local_ip_type
    local_port media_ip media_ip_type media_port msg_index next_url peer_tag_param pid remote_host remote_ip remote_port
    routes server_ip sipp_version tdmmap timestamp transport userid users
"""
ITS_OWN = frozenset(_ITS_OWN.split())
"""Keywords that SIPp fills in by itself: what they stand for, our phones know of theirs."""


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
    others: tuple[str, ...] = field(default=(), repr=False)
    """Lines among the headers that are none: keywords that stand for one, and what is malformed."""

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a request; None of a response, or of anything else."""
        lines = [line.strip() for line in text.strip().splitlines()]
        first = _first_line.fullmatch(lines[0]) if lines else None
        if first is None:
            return None
        end = lines.index("") if "" in lines else len(lines)
        fields: list[tuple[str, str]] = []
        others: list[str] = []
        told: dict[str, str] | None = None
        for line in lines[1:end]:
            found = _authentication.search(line)
            name, colon, value = line.partition(":")
            if found is not None:
                told = dict(_setting.findall(found[1]))
            elif colon and _header.fullmatch(name):
                fields.append((_spelled(name), value.strip()))
            else:
                others.append(line)
        body = "\n".join(lines[end + 1 :]).strip()
        return cls(first[1], first[2], tuple(fields), body, told, tuple(others))

    def get(self, name: str) -> str | None:
        """Give a header's value, of several the first."""
        return next((value for each, value in self.headers if each == name), None)

    @property
    def own_address(self) -> str:
        """Give the header with whose phone it is: To of a REGISTER, and From of all else."""
        of_others = self.get("From") or ""
        return self.get("To") or self.uri if self.method == "REGISTER" or not user_of(of_others) else of_others

    @property
    def user(self) -> str:
        """Give whose phone it is; nothing, where that is a keyword."""
        return user_of(self.own_address)

    @property
    def domain(self) -> str:
        """Give the domain of the phone; empty where it is an address or a keyword."""
        return domain_of(self.own_address)

    @property
    def is_third_party(self) -> bool:
        """Whether SIPp plays a core that tells a server of somebody's registration."""
        sender, whom = (self.get(name) or "" for name in ("From", "To"))
        enclosed = (self.get("Content-Type") or "").startswith(("message/sip", "multipart/"))
        another = bool(sender and whom) and names_another(_uri(sender), _uri(whom))
        return self.method == "REGISTER" and (enclosed or another)

    @property
    def contact_parameters(self) -> Mapping[str, str]:
        """Give the parameters of the Contact that are not of its URI."""
        contact = self.get("Contact") or ""
        behind = contact.rpartition(">")[2] if ">" in contact else contact.partition(";")[2]
        pairs = (each.partition("=") for each in behind.split(";"))
        return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}

    @property
    def leaves(self) -> bool:
        """Whether it ends what it began: Expires 0, in its header or in Contact."""
        return self.expires == 0

    @property
    def asked(self) -> str | None:
        """Give how long it asks for as it is written: of its contact, or else in Expires."""
        return self.contact_parameters.get("expires") or self.get("Expires")

    @property
    def expires(self) -> int | None:
        """The seconds that it asks for; None where it does not say, or not in digits."""
        text = self.asked or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else None

    @property
    def carrier(self) -> str | None:
        """The carrier of the token in it; None where there is none."""
        if (self.get("Authorization") or "").lower().startswith("bearer"):
            return "bearer"
        kinds = (name for kind, name in DOCUMENTS.items() if kind in f"{self.get('Content-Type')}\n{self.body}")
        name = next(kinds, None)
        return name if name and "access-token" in self.body else None

    def keywords(self) -> Iterator[tuple[str, str]]:
        """Give what stands for something that SIPp is told elsewhere, each with where it stands.

        Columns of a CSV file, -key, variables; in what is taken over or says who it is, and not in what our phones
        write by themselves.
        """
        places = [("Request-URI", self.uri), *((name, self.get(name) or "") for name in ("From", "To"))]
        places += [(f"[authentication {name}]", value) for name, value in (self.authentication or {}).items()]
        places += [("a line by itself", line) for line in self.others]
        for place, text in places:
            for word in keywords_in(text):
                yield word, place


def keywords_in(text: str) -> Iterator[str]:
    """Give the keywords of a text but for those that SIPp fills in by itself."""
    for word in _keyword.findall(text):
        if _offset.sub("", word) not in ITS_OWN and not word.startswith(("last_", "branch-")):
            yield word


def user_of(address: str) -> str:
    """Give the user of an address, without keywords; of [service] what that is by default."""
    found = _uri_user.search(address)
    user = found[1].replace(f"[{DEFAULT_SERVICE}]", DEFAULT_SERVICE) if found else ""
    return re.sub(r"[^A-Za-z0-9._-]", "", _keyword.sub("", user))


def domain_of(address: str) -> str:
    """Give the domain of an address; empty where it is an address of IP or a keyword."""
    found = _uri_user.search(address)
    return found[2] if found and not re.match(r"[\[\d]", found[2]) else ""


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
