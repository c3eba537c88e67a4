"""What comes of a SIPp scenario, and how it is written: as YAML, with comments for its reader. Pure."""

import re
from collections.abc import Iterator, Mapping

from attrs import define, field, frozen

_is_plain = re.compile(r"[A-Za-z][A-Za-z0-9_./+@-]*(?: [A-Za-z0-9_./+@-]+)*").fullmatch
AMBIGUOUS = frozenset({"yes", "no", "true", "false", "null", "on", "off", "y", "n"})
"""Words that YAML may take for something else."""

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
"""How characters are written between double quotes."""


@frozen
class Lost:
    """Something that could not be converted."""

    line: int
    why: str


@frozen
class Line:
    """One step."""

    verb: str
    told: Mapping[str, object] | str | int
    comment: str = ""


@define
class Script:
    """A scenario of ours."""

    name: str
    source: str
    """The file it comes from."""
    clauses: tuple[str, ...] = ()
    phones: dict[str, dict[str, object]] = field(factory=dict)
    """What the lab has beside its own: phones with their keys."""
    lines: list[Line] = field(factory=list)
    lost: list[Lost] = field(factory=list)
    _said: set[str] = field(factory=set, repr=False)

    def lose(self, line: int, why: str) -> None:
        """Tell of something that could not be converted."""
        self.lost.append(Lost(line, why))

    def lose_once(self, line: int, why: str) -> None:
        """Tell of it where it comes first."""
        if why not in self._said:
            self._said.add(why)
            self.lose(line, why)

    @property
    def acts(self) -> bool:
        """Whether anything happens in it."""
        return any(line.verb.startswith("ue.") for line in self.lines)

    @property
    def asks(self) -> bool:
        """Whether anything is to come of that; else nobody could say that it passed."""
        return any(line.verb.startswith("expect.") for line in self.lines)


def written(script: Script) -> str:
    """Write it."""
    return "\n".join(_text(script)) + "\n"


def _text(script: Script) -> Iterator[str]:
    yield f"# Made from {_shown(script.source)} by `val import-sipp`. What could not be converted stands at the end."
    yield f"name: {flow(script.name)}"
    yield f"clauses: [{', '.join(script.clauses)}]            # requirements that it shows; put yours here"
    yield "lab: home"
    if script.phones:
        yield "changes:                             # the phones of the file, beside those of the lab"
        yield "  ues:"
        for name, plan in script.phones.items():
            yield f"    {name}:"
            yield from (f"      {key}: {flow(value)}" for key, value in plan.items())
    yield "steps:"
    for line in script.lines:
        if line.comment:
            yield f"  # {_shown(line.comment)}"
        yield f"  - {line.verb}: {flow(line.told)}"
    for lost in script.lost:
        yield f"# not converted, line {lost.line}: {_shown(lost.why)}"


def flow(value: object) -> str:
    """Write a value in YAML's flow style."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case Mapping():
            return f"{{{', '.join(f'{flow(key)}: {flow(each)}' for key, each in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(flow, value))}]"
        case None:
            return "null"
    text = str(value)
    return text if _is_plain(text) and text.lower() not in AMBIGUOUS else _quoted(text)


def _quoted(text: str) -> str:
    r"""Write a text in double quotes, with \\U and its number for what cannot be shown."""
    return '"' + _shown("".join(ESCAPES.get(each, each) for each in text)) + '"'


def _shown(text: str) -> str:
    """Write a text on one line, as a comment has to be: what would end it has its number there."""
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in text)
