"""From what SIPp sends and awaits to what a phone of ours does and what is to be expected of the answers."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from attrs import define, evolve

from harness.sipp import flow
from harness.sipp.checks import EXPECTING, asking, check_of
from harness.sipp.course import Course
from harness.sipp.phones import Phones
from harness.sipp.reading import Command, Sipp
from harness.sipp.requests import METHODS
from harness.sipp.script import Line, Script
from harness.sipp.templates import Template

RESPONSE = "SIP/2.0"
LONGEST_PAUSE = 9
"""Digits of a pause that somebody meant: eleven days."""

CLAUSES: Mapping[str, tuple[str, ...]] = {
    "ue.register": ("REG-01", "REG-08"),
    "ue.reregister": ("REG-01",),
    "ue.publish": ("PUB-01", "PUB-03"),
    "ue.log_off": ("PUB-01",),
    "ue.deregister": ("REG-09",),
    "ue.subscribe": ("REG-09",),
    "ue.message": (),
    "token.mint": ("SIP-01",),
}
"""What each step shows."""
REGISTERING = frozenset({"ue.register", "ue.reregister", "ue.deregister"})
BY_ITSELF = frozenset({"412", "423"})
"""Answers on which a phone of ours asks once more by itself: without the entity tag, or for longer."""


def converted(sipp: Sipp, source: str) -> Script:
    """Convert a scenario as far as it can be."""
    name = "".join(each for each in sipp.name if each.isprintable()).replace("${", "$ {").strip()
    script = Script(name or re.sub(r"\.xml$", "", source), source)
    converter = _Converter(sipp.commands, Course(script, Phones(script)))
    for at in flow.straight(sipp.commands, script.lose):
        converter.take(at)
    verbs = dict.fromkeys(line.verb for line in script.lines)
    script.clauses = tuple(dict.fromkeys(each for verb in verbs for each in CLAUSES.get(verb, ()))) or ("REG-01",)
    script.lost.sort(key=lambda each: each.line)
    return script


@define
class _Converter:
    commands: tuple[Command, ...]
    course: Course

    def take(self, at: int) -> None:
        """Convert one command, with a look at those behind it."""
        command, before = self.commands[at], len(self.course.script.lines)
        work = self.KINDS.get(command.name)
        if work is not None:
            work(self, command, at)
        elif command.name not in flow.QUIET:
            self._lose(command, f"<{command.name}> has no counterpart")
        for action in command.actions:
            self._check(action, before)

    def _send(self, command: Command, at: int) -> None:
        course, template = self.course, Template.parse(command.text)
        if template is None:
            self._respond(command)
            return
        if course.again and course.sent is not None and template.method == course.sent.method:
            course.again, course.sent = False, template
            course.phones.sender(command.line, template)
            return
        course.begin(template)
        convert = METHODS.get(template.method)
        if convert is None:
            self._lose(command, f"{template.method}: no step of ours sends one; nor is its answer expected")
            return
        course.ue = course.phones.sender(command.line, template)
        convert(course, command, template, self._outcome(at))

    def _respond(self, command: Command) -> None:
        """Leave a response to the phone, which answers by itself."""
        first = command.text.strip().partition("\n")[0].strip()
        if not first.startswith(RESPONSE):
            self.course.act = None
            self._lose(command, "what is sent is no request")
        elif not first.startswith(f"{RESPONSE} 200"):
            self._lose(command, f"{first.removeprefix(RESPONSE).strip()}: our phones answer by themselves")

    def _recv(self, command: Command, at: int) -> None:
        response, request = command.attributes.get("response"), command.attributes.get("request")
        if command.attributes.get("regexp_match") == "true":
            self._lose(command, f"{request or response}: an expression for what is awaited; expect one of it")
        elif request is not None:
            self._awaited(command, request)
        elif response is None or not _is_status(response):
            self._lose(command, "a <recv> without a status (100 to 699) or a method")
        elif int(response) >= 200 and self.course.act is not None:
            self._answered(command, response, at)

    def _answered(self, command: Command, response: str, at: int) -> None:
        follows, sent = self._is_answered(at), self.course.sent
        if response in BY_ITSELF and sent is not None and sent.method in {"REGISTER", "PUBLISH"}:
            self.course.again = follows
            if not follows and self.course.insists(response):
                self._answer(int(response))
            elif not follows:
                self._lose(command, f"{response}: a phone of ours asks once more by itself")
        elif response in {"401", "407"} and follows:
            self.course.take_back()  # the phone answers the challenge by itself, in the same step
        else:
            self._answer(int(response))

    def _answer(self, status: int) -> None:
        """Expect this answer; one that our phone would not get by the book says what it does otherwise."""
        lines, act = self.course.script.lines, self.course.act
        assert act is not None
        line = lines[act]
        told = dict(line.told) if isinstance(line.told, Mapping) else {}
        if line.verb in REGISTERING and status in {401, 403, 407}:
            told["res"] = "wrong" if status == 403 else "none"
            lines[act] = Line(line.verb, told, f"{line.comment}; refused, so its response is {told['res']}")
        self.course.add("expect.answer", status)

    def _awaited(self, command: Command, method: str) -> None:
        """Expect a request of the network; the phone answers by itself."""
        course = self.course
        if method == "MESSAGE" and course.known.called:
            to, *others = course.known.called
            course.known = evolve(course.known, called=tuple(others))
        elif method == "NOTIFY" and course.ue in course.known.subscribed:
            to = course.ue
        elif method in {"NOTIFY", "MESSAGE"}:
            self._lose(command, f"a {method} is awaited, and nothing before in this file makes one come")
            return
        else:
            self._lose(command, f"a {method} is awaited: our phones take NOTIFY and MESSAGE alone")
            return
        course.add("expect.message", {"from": "core", "to": to, "method": method}, "answered by the phone itself")

    def _check(self, action: Command, before: int) -> None:
        """Ask for what an action checks, of the message that was awaited there."""
        lines = self.course.script.lines
        check = check_of(action) if action.name == "ereg" else f"<{action.name}> has no counterpart"
        if isinstance(check, str):
            self._lose(action, check)
        elif len(lines) > before and lines[-1].verb in EXPECTING:
            lines[-1:] = asking(lines[-1], check)
        else:
            self._lose(action, f"<ereg> over {check.header}: what it looks at is not expected here")

    def _pause(self, command: Command, _at: int) -> None:
        told = command.attributes
        fixed = told.get("value", "") if told.get("distribution") == "fixed" else told.get("milliseconds", "")
        if not (fixed.isascii() and fixed.isdecimal()) or len(fixed) > LONGEST_PAUSE:
            what = ", ".join(f"{name}={value!r}" for name, value in told.items()) or "as long as -d says"
            why = f"a <{command.name}> of no fixed length, or too long ({what}): write clock.advance where time matters"
            self._lose(command, why)
        elif int(fixed):
            seconds, rest = divmod(int(fixed), 1000)
            self.course.add("clock.advance", f"{int(fixed)}ms" if rest else f"{seconds}s", "time passes at once here")

    def _is_answered(self, at: int) -> bool:
        """Whether the same request follows, with the response."""
        following = next((each for each in self._behind(at) if each.name in {"send", "recv"}), None)
        template = Template.parse(following.text) if following is not None and following.name == "send" else None
        return template is not None and self.course.sent is not None and template.method == self.course.sent.method

    def _outcome(self, at: int) -> int | None:
        """Give the final answer that is awaited to a request; None if none is, before another request or at all."""
        for command in self._behind(at):
            if command.name == "send" and not command.text.strip().startswith(RESPONSE):
                return None
            status = command.attributes.get("response", "") if command.name == "recv" else ""
            if _is_status(status) and int(status) >= 200 and not flow.is_optional(command):
                return int(status)
        return None

    def _behind(self, at: int) -> Iterator[Command]:
        return (self.commands[each] for each in range(at + 1, len(self.commands)))

    def _lose(self, command: Command, why: str) -> None:
        self.course.script.lose(command.line, why)

    KINDS: ClassVar[Mapping[str, Callable[["_Converter", Command, int], None]]] = {
        "send": _send,
        "recv": _recv,
        "pause": _pause,
        "timewait": _pause,
    }


def _is_status(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isdecimal() and int(text) in range(100, 700)
