"""How far the conversion of one scenario has come: its script, its phones, and what they have done. Pure."""

from collections.abc import Mapping

from attrs import define, evolve, field, frozen

from harness.sipp.phones import Phones
from harness.sipp.reading import Command
from harness.sipp.script import Line, Script
from harness.sipp.templates import Template


@frozen
class Known:
    """What the phones have done so far."""

    registered: frozenset[str] = frozenset()
    minted: frozenset[str] = frozenset()
    published: frozenset[str] = frozenset()
    subscribed: frozenset[str] = frozenset()
    called: tuple[str, ...] = ()
    """Whom an instant message is under way to."""


@define
class Course:
    """The state of a conversion, and what it writes."""

    script: Script
    phones: Phones
    known: Known = field(factory=Known)
    before: tuple[int, Known] = field(default=(0, Known()))
    """How it was before the request whose answer is awaited: how many lines, and what was known."""
    sent: Template | None = None
    """That request."""
    ue: str = ""
    """The phone that sends it."""
    act: int | None = None
    """Where the step of that request stands; None if it made none."""
    again: bool = False
    """Whether the phone sends what comes next by itself."""

    def begin(self, template: Template) -> None:
        """Take note of a request, before anything comes of it."""
        self.sent, self.act, self.again = template, None, False
        self.before = len(self.script.lines), self.known

    def take_back(self) -> None:
        """Make undone what that request has done: it comes again."""
        lines, self.known = self.before
        del self.script.lines[lines:]

    def insists(self, response: str) -> bool:
        """Have the phone say the same again where it would ask for less, or for longer; whether it can be had to.

        What is told as a header stands in every request of a step.
        """
        if self.act is None:
            return False
        line = self.script.lines[self.act]
        told: dict[str, object] = dict(line.told) if isinstance(line.told, Mapping) else {}
        headers = told.pop("headers", {})
        assert isinstance(headers, dict)
        if response == "423" and "expires" in told:
            headers = {**headers, "Expires": str(told.pop("expires"))}
            self.script.lines[self.act] = evolve(line, told={**told, "headers": headers})
        return ("Expires" if response == "423" else "SIP-If-Match") in headers

    def register_first(self, ue: str, why: str) -> None:
        """Have a phone register that has not, with a word about why."""
        if ue not in self.known.registered:
            self.known = evolve(self.known, registered=self.known.registered | {ue})
            self.add("ue.register", {"ue": ue}, f"added: {why}")

    def step(self, command: Command, verb: str, told: Mapping[str, object]) -> None:
        """Write what the phone does for a request."""
        self.add(verb, told, f"line {command.line}: {self.sent.method if self.sent else ''}")
        self.act = len(self.script.lines) - 1

    def add(self, verb: str, told: Mapping[str, object] | str | int, comment: str = "") -> None:
        """Write a line."""
        self.script.lines.append(Line(verb, told, comment))
