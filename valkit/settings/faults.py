"""What is wrong with a file, said so that its author finds the place without searching."""

from collections.abc import Iterable

from attrs import frozen

from valkit.terminal import plain

Path = tuple[str | int, ...]
"""The way from the root of a document to a node: keys of mappings and indexes of lists."""


@frozen
class Fault:
    """One thing that is wrong, at one place. Lines and columns count from 1, as editors do."""

    name: str
    line: int
    column: int
    path: Path
    message: str

    def __str__(self) -> str:
        """Write it the way compilers do, so that editors can jump there: `name:line:column: path: message`."""
        place = f"{self.name}:{self.line}:{self.column}: "
        return plain(place + (f"{dotted(self.path)}: {self.message}" if self.path else self.message))


class SettingsError(Exception):
    """The text is not what was expected; carries every fault found, in the order of their lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.name, fault.line, fault.column)))
        super().__init__("\n".join(map(str, self.faults)))


def dotted(path: Path) -> str:
    """Write a path as people do: `partners[1].certificate`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
