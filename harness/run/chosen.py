"""The paths of a run, as pytest takes them for paths, whatever they are called.

pytest takes a word that begins with `-` for an option and one with `@` for a file of arguments, and cuts a path at `::`
and at `[`. So no path is said without a folder before it, and in place of one that would be cut the nearest folder that
would not be, of which everything else is left out.
"""

from pathlib import Path

import pytest
from attrs import define


def said(paths: tuple[Path, ...]) -> list[str]:
    """Say paths to pytest."""
    return [_before_options(next(each for each in (path, *path.parents) if not _is_cut(each))) for path in found(paths)]


def found(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Give paths without `..`, as the system finds them: pytest takes no notice of links before it."""
    return tuple(_found(path) if ".." in path.parts else path for path in paths)


def _found(path: Path) -> Path:
    return path.resolve() if path.name == ".." else path.parent.resolve() / path.name


def _is_cut(path: Path) -> bool:
    return "[" in str(path) or "::" in str(path)


def _before_options(path: Path) -> str:
    return str(path) if path.is_absolute() else f"./{path}"


@define(eq=False)
class Chosen:
    """The pytest plugin that takes what was chosen, and nothing beside it."""

    paths: tuple[Path, ...]

    @pytest.hookimpl(tryfirst=True)
    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Take the paths and the folders on the way to them; what lies in them is for others to judge."""
        here = [path.absolute() for path in found(self.paths)]
        if any(path.is_relative_to(collection_path) for path in here):
            return False
        return None if any(collection_path.is_relative_to(path) for path in here) else True


def file_of(node: str, name: str) -> str:
    """Give the file in the node ID of a scenario of this name; either may have `::` in it."""
    return node.removesuffix(f"::{name}")
