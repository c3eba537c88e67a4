"""Where lab files are: by its name a lab is looked for beside whoever names it, then further up, then among ours."""

from collections.abc import Iterator
from pathlib import Path

from harness.grammar.vocabulary import suggestion

FOLDER = "labs"
"""Folders of this name hold labs."""

SHIPPED = Path(__file__).parents[2] / "scenarios" / FOLDER
"""The labs that come with the project."""


class NoSuchLab(Exception):
    """Nothing is called so; the text says what there is."""


def lab_file(name: str, *beside: Path) -> Path:
    """Find the file of a lab that these files name, or are; a lab is never like itself. Raises NoSuchLab."""
    folders = list(dict.fromkeys(_folders(beside)))
    own = {path.resolve() for path in beside}
    for folder in folders:
        path = folder / f"{name}.yaml"
        if path.exists() and path.resolve() not in own:
            return path
    there = {file.stem for folder in folders for file in folder.glob("*.yaml")}
    raise NoSuchLab(f"there is no {FOLDER}/{name}.yaml ({suggestion(name, there)})")


def _folders(beside: tuple[Path, ...]) -> Iterator[Path]:
    for path in beside:
        at = path.resolve()
        if at.parent.name == FOLDER:
            yield at.parent
        yield from (parent / FOLDER for parent in (at, *at.parents))
    yield SHIPPED
