"""From what SIPp sends and awaits to what a phone of ours does and what is to be expected of the answers."""

import re
from collections.abc import Callable, Mapping
from itertools import chain, count
from typing import ClassVar, NamedTuple

from attrs import define, field

from harness.seen.cast import PARTNER, TITLES
from harness.sipp.reading import Command, Sipp
from harness.sipp.script import Line, Lost, Script
from harness.sipp.templates import Template

DOMAIN = "home.example"
TEST_SET = {"k": "465b5ce8b199b49faa5f0a2ee238a6bc", "opc": "cd63cb71954a9f4e48a5994e37a02baf"}
"""Where a file has no keys: test set 1 of TS 35.208."""

OWN = frozenset(
    {
        *("Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Route", "Supported", "Require"),
        *("Content-Type", "Content-Length", "Authorization", "Proxy-Authorization", "Expires", "Event", "SIP-If-Match"),
        *("P-Asserted-Identity", "P-Preferred-Identity", "P-Visited-Network-ID", "P-Charging-Vector", "Path"),
    }
)
"""Headers that a phone of ours, or the core, writes by itself."""

QUIET = frozenset({"Reference", "label", "ResponseTimeRepartition", "CallLengthRepartition", "Global", "User", "nop"})
"""Elements that say nothing of what is on the wire."""
BRANCHING = ("next", "test", "chance", "ontimeout", "lost")
"""Attributes by which a scenario goes another way."""

MINIMUM_PAUSE = 1_000
"""Milliseconds of a pause that is worth a step: shorter ones are there for the load."""
LONGEST_PAUSE = 9
"""Digits of a pause that somebody meant: eleven days."""
RESERVED = frozenset({*TITLES, PARTNER})
"""Names by which a lab knows somebody else than a phone."""

CLAUSES: Mapping[str, tuple[str, ...]] = {
    "ue.register": ("REG-01", "REG-08"),
    "ue.reregister": ("REG-01",),
    "ue.publish": ("PUB-01", "PUB-03"),
    "ue.log_off": ("PUB-01",),
    "ue.deregister": ("REG-09",),
    "ue.subscribe": ("REG-09",),
    "token.mint": ("SIP-01",),
}
"""What each step shows."""


def converted(sipp: Sipp, source: str) -> Script:
    """Convert a scenario as far as it can be."""
    converter = _Converter(Script(sipp.name or re.sub(r"\.xml$", "", source), source))
    for at, command in enumerate(sipp.commands):
        converter.take(command, sipp.commands[at + 1 :])
    return converter.finished()


class Before(NamedTuple):
    """What a request changes."""

    lines: int = 0
    registered: frozenset[str] = frozenset()
    minted: frozenset[str] = frozenset()


@define
class _Converter:
    script: Script
    registered: set[str] = field(factory=set)
    minted: set[str] = field(factory=set)
    sent: Template | None = None
    """The request whose answer is awaited."""
    ue: str = ""
    act: int | None = None
    """Where the step of that request stands; None if it made none."""
    before: Before = field(factory=Before)
    """How it was before that request."""
    said: set[str] = field(factory=set)
    names: dict[str, str] = field(factory=dict)
    """The phones by their users."""

    def take(self, command: Command, rest: tuple[Command, ...]) -> None:
        """Convert one command, with a look at those behind it."""
        for name in BRANCHING:
            if name in command.attributes:
                self._lose(
                    command, f"{name}={command.attributes[name]!r}: a scenario of ours goes one way; write one for each"
                )
        work = self.KINDS.get(command.name)
        if work is not None:
            work(self, command, rest)
        elif command.name not in QUIET:
            self._lose(command, f"<{command.name}> has no counterpart")
        for action in command.actions:
            self._lose(action, self._action(action))

    def finished(self) -> Script:
        """Give the script, with the clauses of what is in it."""
        verbs = dict.fromkeys(line.verb for line in self.script.lines)
        self.script.clauses = tuple(dict.fromkeys(each for verb in verbs for each in CLAUSES.get(verb, ()))) or (
            "REG-01",
        )
        return self.script

    def _send(self, command: Command, _rest: tuple[Command, ...]) -> None:
        template = Template.parse(command.text)
        self.act = None
        if template is None:
            if not command.text.strip().startswith("SIP/2.0"):  # an answer is the phone's own business
                self._lose(command, "what is sent is no request")
            return
        self.sent = template
        self.before = Before(len(self.script.lines), frozenset(self.registered), frozenset(self.minted))
        convert = self.METHODS.get(template.method)
        if convert is None:
            self._lose(command, f"{template.method}: no step of ours sends one")
            return
        self.ue = self._phone(command, template)
        convert(self, command, template)

    def _register(self, command: Command, template: Template) -> None:
        told: dict[str, object] = {"ue": self.ue}
        if template.leaves:
            self._register_first("a phone that leaves has registered")
            self.registered.discard(self.ue)
            self._step(command, "ue.deregister", self._with_headers(command, template, told))
            return
        told |= self._token(template)
        if template.expires is not None and template.expires != 600_000:
            told["expires"] = template.expires
        again = self.ue in self.registered and not template.is_third_party
        self.registered.add(self.ue)
        self._step(command, "ue.reregister" if again else "ue.register", self._with_headers(command, template, told))
        if template.is_third_party:
            token = "present" if template.carrier else "absent"
            wanted = {"from": "scscf", "to": "valserver", "method": "REGISTER", "token": token}
            self._add("expect.message", wanted, "SIPp plays the core here; in our labs the core tells the server")

    def _publish(self, command: Command, template: Template) -> None:
        self._register_first("our phones publish over the route of a registration")
        if template.get("Event") not in {None, "poc-settings"}:
            self._lose(
                command, f"Event: {template.get('Event')}: the lab's server serves poc-settings; say it in the lab"
            )
        told: dict[str, object] = {"ue": self.ue}
        if template.leaves:
            self._step(command, "ue.log_off", self._with_headers(command, template, told))
            return
        token = self._token(template)
        told |= token or {"token": False}
        if not template.body:
            told["settings"] = False
        self._step(command, "ue.publish", self._with_headers(command, template, told))

    def _subscribe(self, command: Command, template: Template) -> None:
        package = (template.get("Event") or "").partition(";")[0].strip()
        if package != "reg":
            self._lose(command, f"SUBSCRIBE to {package or 'nothing'}: our phones watch their registration (reg) alone")
            return
        self._register_first("our phones subscribe over the route of a registration")
        told: dict[str, object] = {"ue": self.ue}
        if template.expires is not None:
            told["expires"] = template.expires
        self._step(command, "ue.subscribe", self._with_headers(command, template, told))

    def _register_first(self, why: str) -> None:
        if self.ue not in self.registered:
            self.registered.add(self.ue)
            self._add("ue.register", {"ue": self.ue}, f"added: {why}")

    def _recv(self, command: Command, rest: tuple[Command, ...]) -> None:
        response, request = command.attributes.get("response"), command.attributes.get("request")
        if request is not None:
            self._awaited(command, request)
        elif response is None or not _is_status(response):
            self._lose(command, "a <recv> without a status (100 to 699) or a method")
        elif int(response) >= 200 and self.act is not None:
            if command.attributes.get("optional") in {"true", "global"}:
                self._lose(command, f"an optional {response}: an answer of ours is expected or not")
            elif response in {"401", "407"} and self._is_answered(rest):
                self._take_back()  # the phone answers the challenge by itself
            else:
                self._answer(int(response))

    def _answer(self, status: int) -> None:
        """Expect this answer; one that our phone would not get by the book says what it does otherwise."""
        assert self.act is not None
        line = self.script.lines[self.act]
        told = dict(line.told) if isinstance(line.told, Mapping) else {}
        if line.verb in {"ue.register", "ue.reregister", "ue.deregister"} and status in {401, 403, 407}:
            told["res"] = "wrong" if status == 403 else "none"
            self.script.lines[self.act] = Line(
                line.verb, told, f"{line.comment}; refused, so its response is {told['res']}"
            )
        self._add("expect.answer", status)

    def _awaited(self, command: Command, method: str) -> None:
        """Expect a request of the network; the phone answers by itself."""
        if method != "NOTIFY":
            self._lose(command, f"a {method} is awaited: our phones take NOTIFY alone")
            return
        if not self.ue:
            self._lose(command, "a NOTIFY is awaited before any phone has sent anything")
            return
        self._add(
            "expect.message",
            {"from": "core", "to": self.ue, "method": "NOTIFY"},
            "answered by the phone itself",
        )

    def _pause(self, command: Command, _rest: tuple[Command, ...]) -> None:
        text = command.attributes.get("milliseconds", "")
        if not text.isdecimal() or len(text) > LONGEST_PAUSE:
            self._lose(command, "a <pause> of no fixed length, or too long: write clock.advance where time matters")
        elif int(text) >= MINIMUM_PAUSE:
            self._add("clock.advance", f"{int(text) // 1000}s", "time passes at once here")

    def _is_answered(self, rest: tuple[Command, ...]) -> bool:
        """Whether the same request follows, with the response."""
        following = next((each for each in rest if each.name in {"send", "recv"}), None)
        template = Template.parse(following.text) if following is not None and following.name == "send" else None
        return template is not None and self.sent is not None and template.method == self.sent.method

    def _take_back(self) -> None:
        """Make undone what the request without a response has done: it comes again with one."""
        del self.script.lines[self.before.lines :]
        self.registered, self.minted = set(self.before.registered), set(self.before.minted)

    def _token(self, template: Template) -> dict[str, object]:
        """Say whether a token goes with it; before the first one it is minted."""
        carrier = template.carrier
        if carrier is None:
            return {}
        self.script.phones[self.ue]["carrier"] = carrier
        if self.ue not in self.minted:
            self.minted.add(self.ue)
            self._add("token.mint", {"ue": self.ue}, "in place of the file's token: one of the lab's issuer")
        return {"token": True}

    def _phone(self, command: Command, template: Template) -> str:
        """Give the phone that sends it, which the lab is given with its keys."""
        user = template.user or "sipp"
        name = self.names.setdefault(user, self._named(user))
        if template.domain not in {"", DOMAIN}:
            self._once(command, f"the domain {template.domain} becomes {DOMAIN}, the lab's")
        plan = self.script.phones.setdefault(
            name, {"impi": f"{user}@{DOMAIN}", "impus": [f"sip:{user}@{DOMAIN}"], **TEST_SET}
        )
        keys = _keys(template.authentication or {})
        if keys:
            for each in ("k", "op", "opc", "algorithm", "sip_password"):
                plan.pop(each, None)
            plan.update(keys if "op" not in keys else {**keys, "opc": None})
        elif any(word.startswith("field") for word in template.keywords()):
            self._once(command, "columns of a CSV file ([field0] ...): name, keys and token are made up; put yours in")
        return name

    def _named(self, user: str) -> str:
        """Give a name for the phone of a user: one that no other has, and that means nobody else in a lab."""
        name = re.sub(r"[^a-z0-9_]", "_", user.lower())
        name = name if name[0].isalpha() and name not in RESERVED else f"ue_{name}"
        taken = self.names.values()
        return next(each for each in chain([name], (f"{name}_{number}" for number in count(2))) if each not in taken)

    def _with_headers(self, command: Command, template: Template, told: dict[str, object]) -> dict[str, object]:
        """Take over the headers that a phone of ours would not write."""
        others = {name: value for name, value in template.headers if name not in OWN}
        headers = {name: value for name, value in others.items() if "[" not in value}
        for name in others.keys() - headers.keys():
            self._once(command, f"{name}: {others[name]}: what stands in brackets is not known here")
        if template.get("P-Asserted-Identity") is not None:
            self._once(command, "P-Asserted-Identity: the lab's core asserts it")
        return {**told, "headers": headers} if headers else told

    def _step(self, command: Command, verb: str, told: Mapping[str, object]) -> None:
        self._add(verb, told, f"line {command.line}: {self.sent.method if self.sent else ''}")
        self.act = len(self.script.lines) - 1

    def _add(self, verb: str, told: Mapping[str, object] | str | int, comment: str = "") -> None:
        self.script.lines.append(Line(verb, told, comment))

    def _lose(self, command: Command, why: str) -> None:
        self.script.lost.append(Lost(command.line, why))

    def _once(self, command: Command, why: str) -> None:
        if why not in self.said:
            self.said.add(why)
            self._lose(command, why)

    @staticmethod
    def _action(action: Command) -> str:
        if action.name == "ereg":
            where = action.attributes.get("header") or action.attributes.get("search_in", "the message")
            return f"<ereg> over {where.rstrip(':')}: say with expect.answer what is to be in it, or capture it"
        return f"<{action.name}> has no counterpart"

    KINDS: ClassVar[Mapping[str, Callable[["_Converter", Command, tuple[Command, ...]], None]]] = {
        "send": _send,
        "recv": _recv,
        "pause": _pause,
    }
    METHODS: ClassVar[Mapping[str, Callable[["_Converter", Command, Template], None]]] = {
        "REGISTER": _register,
        "PUBLISH": _publish,
        "SUBSCRIBE": _subscribe,
    }


def _is_status(text: str) -> bool:
    return len(text) == 3 and text.isdecimal() and int(text) in range(100, 700)


def _keys(told: Mapping[str, str]) -> dict[str, object]:
    """Give the keys that [authentication] is told, as a lab has them; nothing where it has none in full."""
    names = {"aka_K": "k", "aka_OP": "op", "aka_OPc": "opc"}
    keys = {ours: told[theirs].removeprefix("0x").lower() for theirs, ours in names.items() if theirs in told}
    if "k" in keys and len(keys) > 1 and all(re.fullmatch("[0-9a-f]{32}", key) for key in keys.values()):
        return dict(keys)
    password = told.get("password", "")
    if password and "[" not in password and not keys:
        return {"algorithm": "digest", "sip_password": password}
    return {}
