"""A YAML text as plain values, and the place of each.

YAML 1.2, so `no` and `012` are text and a number as written; what a value means is decided by the model's field, never
guessed from its looks. Anchors may be used; what they expand to is bounded, as are size and depth. Merge keys and tags
are refused: a reader of the file should not need to know YAML's corners.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, NoReturn, Self

from attrs import field, frozen
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from valkit.settings.faults import Fault, Path, SettingsError

SIZE_LIMIT = 1_000_000  # characters
NODE_LIMIT = 100_000  # after aliases are followed
DEPTH_LIMIT = 32

CORE = "tag:yaml.org,2002:"
KNOWN = {f"{CORE}{tag}" for tag in ("map", "seq", "str", "null", "bool", "int", "float", "timestamp", "merge", "value")}


class Position(NamedTuple):
    """Where something stands; both count from 1."""

    line: int
    column: int


TAGGED: Final = "begins with !, which makes it a tag that is not known (expected a plain value, or a text in quotes)"
ALIASED: Final = "begins with *, which makes it an alias, and nothing has that anchor (expected a text in quotes)"
QUOTING: Final = (
    ("found undefined alias", f"a value {ALIASED}"),
    ("found undefined tag handle", f"a value {TAGGED}"),
    (
        "mapping values are not allowed here",
        "a second `name: value` stands on a line (expected braces, `{ue: alice, token: yes}`, or a text in quotes)",
    ),
    (
        "expected ',' or '}', but got '{'",
        'a brace stands within braces (expected a text with ${...} in quotes, `{ue: "${whom}"}`)',
    ),
)
"""What is said in place of ruamel's words: some repeat a text, such as a password that begins so and is read as YAML's,
and some do not say what to write."""


class Place(NamedTuple):
    """Where a node stands, and where it is named: the key of a mapping's member, the item of a list."""

    named: Position
    value: Position


class WrittenInt(int):
    """A whole number that remembers its spelling, since `0012` may be meant as text (a PIN, a key, a phone number)."""

    written: str

    def __new__(cls, written: str) -> Self:
        """Read decimal, and 0x.. and 0o.. as YAML 1.2 has them; ValueError if it is none of these."""
        plain = written.replace("_", "")
        number = int.__new__(cls, plain, 0) if plain.lstrip("+-")[:2] in {"0x", "0o"} else int.__new__(cls, plain)
        number.written = written
        return number

    def __str__(self) -> str:
        return self.written


class WrittenFloat(float):
    """A number that remembers its spelling: version 1.10 is not 1.1, and key 12e4 not 120000."""

    written: str

    def __new__(cls, written: str) -> Self:
        """Read it as YAML 1.2 writes numbers, `.inf` and `.nan` included; ValueError if it is none."""
        plain = written.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan")
        number = float.__new__(cls, plain)
        number.written = written
        return number

    def __str__(self) -> str:
        return self.written


@frozen
class Document:
    """One YAML document: its value in plain types and the place of every node in it."""

    name: str
    value: object
    _places: Mapping[Path, Place] = field(repr=False)

    def has(self, path: Path) -> bool:
        """Whether there is a node at this path."""
        return path in self._places

    def position(self, path: Path) -> Position:
        """Where the node is named (its key, its item); if there is none, where the nearest one around it is."""
        return self._place(path).named

    def line(self, path: Path) -> int:
        """Line on which the node is named."""
        return self.position(path).line

    def fault(self, path: Path, message: str, *, at_key: bool = False) -> Fault:
        """Say that something is wrong with the value at this path, or with its key, or with what is missing there."""
        place = self._place(path)
        line, column = place.named if at_key or not self.has(path) else place.value
        return Fault(self.name, line, column, path, message)

    def _place(self, path: Path) -> Place:
        while path not in self._places:
            path = path[:-1]
        return self._places[path]


def documents(text: str, name: str) -> tuple[Document, ...]:
    """Read every document of a YAML text (`---` divides them); SettingsError with all faults of form."""
    faults: list[Fault] = []
    found = readable(text, name, faults)
    if faults:
        raise SettingsError(faults)
    return found


def readable(text: str, name: str, faults: list[Fault]) -> tuple[Document, ...]:
    """Read what can be read of a YAML text, up to where it is none; faults of form are added, one if it is empty."""
    if len(text) > SIZE_LIMIT:
        faults.append(Fault(name, 1, 1, (), f"is too long (expected at most {SIZE_LIMIT} characters)"))
        return ()
    found: list[Document] = []
    try:
        found.extend(_document(root, name, faults) for root in _roots(text, name))
    except SettingsError as error:
        faults += error.faults
    if not (found or faults):
        faults.append(Fault(name, 1, 1, (), "is empty (expected a mapping of keys to values)"))
    return tuple(found)


def _roots(text: str, name: str) -> Iterator[Node]:
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.composer.warn_double_anchors = False  # YAML allows them (1.2, 3.2.2.2), and the warning repeats the text
        yield from yaml.compose_all(text)
    except MarkedYAMLError as error:
        raise SettingsError([_syntax_fault(error, name)]) from None
    except ReaderError as error:
        where = _position_of(error.position, text)
        raise SettingsError([Fault(name, *where, (), "holds a character that YAML forbids")]) from None
    except RecursionError:
        raise SettingsError([Fault(name, 1, 1, (), f"is nested deeper than {DEPTH_LIMIT} levels")]) from None


def _position_of(index: int, text: str) -> Position:
    before = text[:index].split("\n")
    return Position(len(before), len(before[-1]) + 1)


def _syntax_fault(error: MarkedYAMLError, name: str) -> Fault:
    problem = str(error.problem or error.context)
    quoting = next((said for start, said in QUOTING if problem.startswith(start)), None)
    if quoting is not None:
        problem = quoting
    elif "'\\t'" in problem:
        problem = "a tab stands where YAML wants spaces"
    elif error.context:
        problem = f"{problem}, {error.context}"
    mark = error.problem_mark or error.context_mark
    return Fault(name, *(_position(mark) if mark else (1, 1)), (), problem)


def _position(mark: StreamMark) -> Position:
    return Position(mark.line + 1, mark.column + 1)


def _document(root: Node, name: str, faults: list[Fault]) -> Document:
    builder = _Builder(name, faults)
    value = builder.build(root, (), _position(root.start_mark))
    return Document(name, value, builder.places)


class _Builder:
    """Walks the nodes of one document once, making values, noting places, gathering faults."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.name = name
        self.places: dict[Path, Place] = {}
        self.faults = faults

    def build(self, node: Node, path: Path, named: Position) -> object:
        empty = node.start_mark.index == node.end_mark.index  # such a value has no place of its own
        position = named if empty else _position(node.start_mark)
        self.places[path] = Place(named, position)
        if len(self.places) > NODE_LIMIT or len(path) > DEPTH_LIMIT:
            self._give_up(position, path)
        if node.tag not in KNOWN:
            self._fault(position, path, TAGGED)
            return None
        if isinstance(node, MappingNode):
            return dict(self._members(node, path))
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, at), _position(item.start_mark)) for at, item in enumerate(node.value)]
        return _scalar(node.value, node.tag.removeprefix(CORE))

    def _members(self, node: MappingNode, path: Path) -> Iterator[tuple[str, object]]:
        seen: dict[str, Position] = {}
        for key, value in node.value:
            here = _position(key.start_mark)
            if not isinstance(key, ScalarNode) or key.tag == f"{CORE}merge":
                self._fault(here, path, "a key must be a plain word (merge keys are not understood)")
            elif key.value in seen:
                self._fault(here, (*path, key.value), f"is given twice (first on line {seen[key.value].line})")
            else:
                seen[key.value] = here
                yield key.value, self.build(value, (*path, key.value), here)

    def _fault(self, position: Position, path: Path, message: str) -> None:
        self.faults.append(Fault(self.name, *position, path, message))

    def _give_up(self, position: Position, path: Path) -> NoReturn:
        self._fault(
            position, path[:3], f"is too much (expected at most {DEPTH_LIMIT} levels and {NODE_LIMIT} values in all)"
        )
        raise SettingsError([])  # nothing of it is read


def _scalar(text: str, tag: str) -> object:
    """Give a scalar its value; what only looks like a number is text."""
    try:
        match tag:
            case "null":
                return None
            case "bool":
                return text.lower() in {"true", "yes", "on"}
            case "int":
                return WrittenInt(text)
            case "float":
                return WrittenFloat(text)
    except ValueError:
        pass
    return text
