"""The folder of a report: its files, written whole, each readable by its owner alone."""

import errno
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from pydantic import ValidationError

from harness.errors import NoReport
from harness.report.files import CAPTURES, DATA, JUNIT, PAGE, SUMMARY
from harness.report.markdown import markdown
from harness.report.model import FORMAT, Run
from harness.report.page import page
from harness.seen.capture import clear
from ue_sim.identity.saved import replacing

BEGINNINGS: Mapping[str, re.Pattern[str]] = {
    PAGE: re.compile(r"<!doctype html>.*? - val report</title>", re.DOTALL),
    DATA: re.compile(r'\s*\{\s*"format"\s*:\s*"val-report/'),
    SUMMARY: re.compile(r"### \S+ val: "),
    JUNIT: re.compile(r'<\?xml[^>]*>\s*<testsuites[^>]*>\s*<testsuite name="val" '),
}
"""How each file of a report begins, by which it is known for one of val's."""
BEGINNING = 4096
"""Bytes in which that stands."""


def write(run: Run, folder: Path) -> Path:
    """Write what is made of a run, each file whole or not at all; gives the page's path.

    OSError, with the file's name, if that cannot be.
    """
    texts: Mapping[str, str] = {
        DATA: f"{run.model_dump_json(exclude_defaults=True)}\n",
        SUMMARY: markdown(run),
        PAGE: page(run),
    }
    for name, text in texts.items():
        path = folder / name
        try:
            with replacing(path) as put:
                put(text)
        except OSError as error:  # a full disk names no file, and the one beside says nothing to anybody
            raise OSError(error.errno, error.strerror, str(path)) from None
    return folder / PAGE


@contextmanager
def prepared(folder: Path) -> Iterator[None]:
    """Make the folder and have it for one run alone, which two would mix their files in; OSError if that cannot be.

    What an earlier run left there is taken away, and nothing else: a file of somebody else's where one of the report
    is to be is an OSError, and captures that a link leads to stay. pytest writes JUnit into a file that is there
    already, so that it is never anybody's but its owner's.
    """
    with _claimed(folder, "report"):
        _clear(folder)
        captures = folder / CAPTURES
        with nullcontext() if captures.is_symlink() else prepared_for_captures(captures):
            yield


@contextmanager
def prepared_for_captures(folder: Path) -> Iterator[None]:
    """Make the folder and have it for the captures of one run alone, without those of an earlier one, as above.

    One that stays empty is not left.
    """
    with _claimed(folder, "captures"):
        clear(folder)
        try:
            yield
        finally:
            remove_if_empty(folder)


@contextmanager
def _claimed(folder: Path, what: str) -> Iterator[None]:
    """Make a folder and take its lock, which ends with the process; a file system that has none is taken as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _claim(held, folder, what)
        yield
    finally:
        os.close(held)


def _claim(held: int, folder: Path, what: str) -> None:
    try:
        flock(held, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        raise OSError(errno.EBUSY, f"another `val run` writes its {what} there", str(folder)) from None
    except OSError:
        return


def _clear(folder: Path) -> None:
    """Take away the files of an earlier report, once it is certain that each is one."""
    there = [folder / name for name in BEGINNINGS if os.path.lexists(folder / name)]
    for path in there:
        if not _is_ours(path):
            says = "it is there and val did not write it; give --report a folder of its own"
            raise OSError(errno.EEXIST, says, str(path))
    for path in there:
        path.unlink()
    (folder / JUNIT).touch(mode=0o600)


def _is_ours(path: Path) -> bool:
    """Whether a file is one of a report, whole or, as a run that was cut off leaves it, with nothing in it."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        begins = file.read(BEGINNING).decode("utf-8", "replace")
    return not begins or BEGINNINGS[path.name].match(begins) is not None


def remove_if_empty(folder: Path) -> None:
    """Leave no folder in which nothing is."""
    with suppress(OSError):
        folder.rmdir()


def read(path: Path) -> Run:
    """Read a report, named by its folder or its JSON file. Raises NoReport."""
    file = path / DATA if path.is_dir() else path
    try:
        return Run.model_validate_json(file.read_bytes())
    except OSError as error:
        raise NoReport(f"{file} cannot be read ({error.strerror}). `val run --report FOLDER` writes one.") from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"])) or "it"
        raise NoReport(f"{file} is no {FORMAT}: {place}: {fault['msg']}") from None
