"""What has to happen to every message of RFC 4475 and RFC 5118.

One row for each, in the order of the RFCs: which section speaks of it, and either what must be read in it, or at which
step it is refused, because of which element, with which answer. Where the RFC leaves a choice, the row says ours.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from valkit.sip.headers import NameAddr
from valkit.sip.message import Message
from valkit.sip.uri import SipUri

VECTORS = Path(__file__).parents[2] / "vectors"


@frozen
class Accepted:
    """The message parses and validates; each path of attributes gives its value."""

    values: Mapping[str, object]


@frozen
class Refused:
    """A ParseError about `what`, to be answered with `answer`; `at` says where: parse, validate or a property."""

    at: str
    what: str
    answer: int | None
    why: str = ""


@frozen
class Case:
    """One message of an RFC."""

    name: str
    section: str
    verdict: Accepted | Refused
    fixes: tuple[tuple[bytes, bytes], ...] = field(default=())
    """Replacements that turn the archived bytes into those that were meant."""

    def data(self) -> bytes:
        """Give the message as on the wire."""
        folder = VECTORS / ("rfc4475" if self.section.startswith("3") else "rfc5118")
        path = folder / (f"{self.name}.dat" if folder.name == "rfc4475" else self.name)
        data = path.read_bytes()
        if folder.name == "rfc5118":
            data = data.replace(b"\n", b"\r\n")
        for old, new in self.fixes:
            assert data.count(old) == 1, old
            data = data.replace(old, new)
        return data


def look(message: Message, path: str) -> object:
    """Follow a path such as `vias.1.branch` or `headers[Subject]` from a message."""
    if path.startswith("headers["):
        return message.headers.get(path[8:-1])
    found: Any = message
    for step in path.split("."):
        found = found[int(step)] if step.isdigit() else len(found) if step == "len" else getattr(found, step)
    return found


def _sdp(announced: int = 150) -> dict[str, object]:
    return {"content_type.name": "application/sdp", "body.len": announced}


_EMPTY_LINE = ((b"h: 0\r\n", b"h: 0\r\n\r\n"),)
"""Content-Length with the empty line behind it that three messages of the archives lack."""
_LONG = "long"
_CALLER = "amazinglylongcallername" * 5

RFC_4475 = (
    Case(
        "wsinv",
        "3.1.1.1",
        Accepted(
            {
                "method": "INVITE",
                "uri": "sip:vivekg@chair-dnrc.example.com;unknownparam",
                "address.params.pairs": (("unknownparam", ""),),
                "to.uri": "sip:vivekg@chair-dnrc.example.com",
                "to.tag": "1918181833n",
                "from_.display": 'J Rosenberg \\"',
                "from_.uri": "sip:jdrosen@example.com",
                "from_.tag": "98asjd8",
                "max_forwards": 68,
                "call_id": "wsinv.ndaksdj@192.0.2.1",
                "cseq": (9, "INVITE"),
                "vias.len": 3,
                "via.host": "192.0.2.2",
                "via.branch": "390skdjuw",
                "vias.1.transport": "TCP",
                "vias.1.host": "spindle.example.com",
                "vias.1.branch": "z9hG4bK9ikj8",
                "vias.2.host": "192.168.255.111",
                "vias.2.branch": "z9hG4bK30239",
                "headers[Subject]": "",
                "headers[NewFangledHeader]": "newfangled value continued newfangled value",
                "headers[UnknownHeaderWithUnusualValue]": ";;,,;;,;",
                "routes.0.address.params.pairs": (("lr", ""), ("unknownwith", "value"), ("unknown-no-value", "")),
                "contacts.0.display": 'Quoted string ""',
                "contacts.0.params.pairs": (("newparam", "newvalue"), ("secondparam", ""), ("q", "0.33")),
                **_sdp(),
            }
        ),
    ),
    Case(
        "intmeth",
        "3.1.1.2",
        Accepted(
            {
                "method": "!interesting-Method0123456789_*+`.%indeed'~",
                "address.user": "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
                "address.password": "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
                "address.host": "example.com",
                "via.branch": "z9hG4bK-.!%66*_+`'~",
                "to.display": "BEL:\x07 NUL:\x00 DEL:\x7f",
                "to.address.user": "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
                "from_.display": "token1~` token2'+_ token3*%!.-",
                "from_.params.pairs.0": ("fromParam''~+*_!.-%", '"работающий"'),
                "from_.tag": "_token~1'+`*%!-.",
                "call_id": "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
                "cseq": (139122385, "!interesting-Method0123456789_*+`.%indeed'~"),
                "max_forwards": 255,
                "headers[extensionHeader-!.%*+_`'~]": "\ufeff大停電",
            }
        ),
    ),
    Case(
        "esc01",
        "3.1.1.3",
        Accepted(
            {
                "address.user": "sips%3Auser%40example.com",
                "address.host": "example.net",
                "to.address": SipUri("sip", "%75se%72", "example.com"),
                "from_.address.user": "I%20have%20spaces",
                "contacts.0.address.params.pairs": (("%6C%72", ""), ("n%61me", "v%61lue%25%34%31")),
                **_sdp(),
            }
        ),
    ),
    Case(
        "escnull",
        "3.1.1.4",
        Accepted(
            {
                "to.address.user": "null-%00-null",
                "contacts.len": 2,
                "contacts.0.address.user": "%00",
                "contacts.1.address.user": "%00%00",
            }
        ),
    ),
    Case(
        "esc02",
        "3.1.1.5",
        Accepted(
            {
                "method": "RE%47IST%45R",
                "cseq.method": "RE%47IST%45R",
                "to.display": "%Z%45",
                "via.branch": "z9hG4bK209%fzsnel234",
                "contacts.len": 2,
                "contacts.1.uri": "sip:alias3@host3.example.com",
                "headers[C%6Fntact]": "<sip:alias2@host2.example.com>",
            }
        ),
    ),
    Case("lwsdisp", "3.1.1.6", Accepted({"from_": NameAddr.parse("caller <sip:caller@example.com>;tag=323")})),
    Case(
        "longreq",
        "3.1.1.7",
        Accepted(
            {
                "to.display": f"I have a user name of {'extreme' * 10} proportion",
                "to.address.port": 6000,
                "to.address.params.pairs": (
                    ("unknownparam1", f"very{_LONG * 20}value"),
                    (f"longparam{'name' * 25}", "shortvalue"),
                    (f"very{_LONG * 25}ParameterNameWithNoValue", ""),
                ),
                "from_.uri": f"sip:{_CALLER}@example.net",
                "from_.tag": f"12{'982' * 50}424",
                "from_.params.len": 3,
                "call_id": f"longreq.one{'really' * 20}longcallid",
                "vias.len": 34,
                "via.host": "sip33.example.com",
                "vias.33.received": "192.0.2.5",
                "vias.33.branch": f"very{_LONG * 50}branchvalue",
                "contacts.0.uri": f"sip:{_CALLER}@host5.example.net",
                **_sdp(),
            }
        ),
    ),
    Case("dblreq", "3.1.1.8", Accepted({"method": "REGISTER", "cseq": (8, "REGISTER"), "body": b""})),
    Case("semiuri", "3.1.1.9", Accepted({"address": SipUri("sip", "user;par=u%40example.net", "example.com")})),
    Case(
        "transports",
        "3.1.1.10",
        Accepted(
            {
                "vias.0.transport": "UDP",
                "vias.1.transport": "SCTP",
                "vias.2.transport": "TLS",
                "vias.3.transport": "UNKNOWN",
                "vias.4.transport": "TCP",
            }
        ),
    ),
    Case("mpart01", "3.1.1.11", Accepted({"content_type.name": "multipart/mixed", "body.len": 553})),
    Case(
        "unreason", "3.1.1.12", Accepted({"status": 200, "reason": "= 2**3 * 5**2 но сто девяносто девять - простое"})
    ),
    Case("noreason", "3.1.1.13", Accepted({"status": 100, "reason": ""})),
    Case("badinv01", "3.1.2.1", Refused("validate", "Via", 400)),
    Case("clerr", "3.1.2.2", Refused("parse", "Content-Length", 400)),
    Case("ncl", "3.1.2.3", Refused("parse", "Content-Length", 400)),
    Case("scalar02", "3.1.2.4", Refused("validate", "CSeq", 400)),
    Case("scalarlg", "3.1.2.5", Refused("validate", "CSeq", None)),
    Case("quotbal", "3.1.2.6", Refused("validate", "To", 400)),
    Case("ltgtruri", "3.1.2.7", Refused("parse", "start line", 400)),
    Case("lwsruri", "3.1.2.8", Refused("parse", "start line", 400)),
    Case("lwsstart", "3.1.2.9", Refused("parse", "start line", 400)),
    Case("trws", "3.1.2.10", Refused("parse", "start line", 400)),
    Case("escruri", "3.1.2.11", Refused("validate", "Request-URI", 400)),
    # Only an element that needs the date should mind (3.1.2.12).
    Case("baddate", "3.1.2.12", Accepted({"headers[Date]": "Fri, 01 Jan 2010 16:00:00 EST"})),
    Case("baddate", "3.1.2.12", Refused("date", "Date", 400)),
    Case("regbadct", "3.1.2.13", Refused("contacts", "Contact", 400)),
    Case("badaspec", "3.1.2.14", Refused("validate", "To", 400)),
    Case("baddn", "3.1.2.15", Refused("parse", "message", 400)),
    Case("baddn", "3.1.2.15", Refused("from_", "From", 400), fixes=((b"l: 0\r\n", b"l: 0\r\n\r\n"),)),
    Case("badvers", "3.1.2.16", Refused("parse", "SIP version", 505)),
    Case("mismatch01", "3.1.2.17", Refused("validate", "CSeq", 400)),
    Case("mismatch02", "3.1.2.18", Refused("validate", "CSeq", 501)),
    Case("bigcode", "3.1.2.19", Refused("parse", "start line", None)),
    Case("badbranch", "3.2.1", Refused("validate", "Via", 400)),
    Case("insuf", "3.3.1", Refused("validate", "To", 400, why="is missing")),
    Case("unkscm", "3.3.2", Accepted({"address.scheme": "nobodyknowsthisscheme", "to.address.scheme": "sip"})),
    Case("novelsc", "3.3.3", Accepted({"uri": "soap.beep://192.0.2.103:3002", "address.scheme": "soap.beep"})),
    Case(
        "unksm2",
        "3.3.4",
        Accepted(
            {
                "to.uri": "isbn:2983792873",
                "to.address.scheme": "isbn",
                "from_.uri": "http://www.example.com",
                "from_.tag": "3234233",
                "contacts.0.uri": "name:John_Smith",
            }
        ),
    ),
    Case(
        "bext01",
        "3.3.5",
        Accepted({"headers[Require]": "nothingSupportsThis", "headers[Proxy-Require]": "noProxiesSupportThis"}),
    ),
    Case("invut", "3.3.6", Accepted({"content_type.name": "application/unknownformat", "body.len": 40})),
    Case(
        "regaut01",
        "3.3.7",
        Accepted(
            {
                "authorization.scheme": "NoOneKnowsThisScheme",
                "authorization.params.pairs": (("opaque-data", "here"),),
            }
        ),
    ),
    Case("multi01", "3.3.8", Refused("validate", "To", 400, why="comes more than once")),
    Case("mcl01", "3.3.9", Refused("parse", "Content-Length", 400)),
    # More than one Via in a response is the endpoint's reason to drop it (RFC 3261 8.1.3.3).
    Case("bcast", "3.3.10", Accepted({"vias.len": 2, "vias.1.host": "255.255.255.255"})),
    Case("zeromf", "3.3.11", Accepted({"max_forwards": 0})),
    Case(
        "cparam01",
        "3.3.12",
        Accepted({"contacts.0": NameAddr("", "sip:+19725552222@gw1.example.net").with_param("unknownparam")}),
    ),
    Case(
        "cparam02",
        "3.3.13",
        Accepted(
            {
                "contacts.0": NameAddr("", "sip:+19725552222@gw1.example.net;unknownparam"),
                "contacts.0.address.params.pairs": (("unknownparam", ""),),
            }
        ),
    ),
    Case(
        "regescrt",
        "3.3.14",
        Accepted(
            {
                "contacts.0.uri": "sip:user@example.com?Route=%3Csip:sip.example.com%3E",
                "contacts.0.address.headers": (("Route", "%3Csip:sip.example.com%3E"),),
            }
        ),
    ),
    Case("sdp01", "3.3.15", Accepted({"headers[Accept]": "text/nobodyKnowsThis", **_sdp()})),
    Case(
        "inv2543",
        "3.4.1",
        Accepted(
            {
                "via.branch": None,
                "from_.tag": None,
                "max_forwards": None,
                "to.uri": "sip:+16505552222@ss1.example.net",
                "to.params.pairs": (("user", "phone"),),
                "record_routes.0.address.params.pairs": (("maddr", "ss1.example.com"),),
                **_sdp(105),
            }
        ),
    ),
)

RFC_5118 = (
    Case(
        "ipv6-good",
        "4.1",
        Accepted(
            {
                "address.host": "[2001:db8::10]",
                "via.host": "[2001:db8::9:1]",
                "contacts.0.address.host": "[2001:db8::1]",
            }
        ),
    ),
    Case("ipv6-bad", "4.2", Refused("validate", "Request-URI", 400)),
    Case("port-ambiguous", "4.3", Accepted({"address.host": "[2001:db8::10:5070]", "address.port": None})),
    Case("port-unambiguous", "4.4", Accepted({"address.host": "[2001:db8::10]", "address.port": 5070})),
    Case(
        "via-received-param-with-delim",
        "4.5",
        Accepted({"via.received": "2001:db8::9:255", "via.branch": "z9hG4bKas3-111"}),
    ),
    Case(
        "via-received-param-no-delim",
        "4.5",
        Accepted({"via.received": "2001:db8::9:255", "via.branch": "z9hG4bKas3"}),
    ),
    Case("ipv6-in-sdp", "4.6", Refused("parse", "Content-Length", 400)),
    Case(
        "ipv6-in-sdp",
        "4.6",
        Accepted({"address.host": "[2001:db8::10]", "contacts.0.address.host": "[2001:db8::20]", **_sdp(251)}),
        fixes=((b"Content-Length: 268", b"Content-Length: 251"),),
    ),
    Case(
        "mult-ip-in-header",
        "4.7",
        Accepted(
            {
                "vias.len": 3,
                "vias.0.host": "[2001:db8::9:1]",
                "vias.0.port": 6050,
                "vias.1.host": "192.0.2.1",
                "vias.2.host": "[2001:db8::9:255]",
                "vias.2.received": "192.0.2.200",
            }
        ),
    ),
    Case("mult-ip-in-sdp", "4.8", Accepted({"address.host": "[2001:db8::10]", **_sdp(181)})),
    Case(
        "ipv4-mapped-ipv6",
        "4.9",
        Accepted(
            {
                "vias.0.host": "[::ffff:192.0.2.10]",
                "vias.0.port": 19823,
                "vias.1.host": "[::ffff:192.0.2.2]",
                "contacts.0.display": "T. desk phone",
                "contacts.0.address.host": "[::ffff:192.0.2.2]",
                **_sdp(236),
            }
        ),
    ),
    Case("ipv6-bug-abnf-3-colons", "4.10", Refused("parse", "message", 400)),
    Case(
        "ipv6-bug-abnf-3-colons",
        "4.10",
        Accepted({"address.host": "[2001:db8:::192.0.2.1]", "to.address.host": "[2001:db8:::192.0.2.1]"}),
        fixes=_EMPTY_LINE,
    ),
    Case("ipv6-correct-abnf-2-colons", "4.10", Refused("parse", "message", 400)),
    Case(
        "ipv6-correct-abnf-2-colons",
        "4.10",
        Accepted({"address.host": "[2001:db8::192.0.2.1]", "to.address.host": "[2001:db8::192.0.2.1]"}),
        fixes=_EMPTY_LINE,
    ),
)
