"""The folder of a report: its files, written whole, each readable by its owner alone."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from pydantic import ValidationError

from harness.errors import NoReport
from harness.report.files import CAPTURES, DATA, JUNIT, PAGE, SUMMARY
from harness.report.markdown import markdown
from harness.report.model import FORMAT, Run
from harness.report.page import page
from harness.seen.capture import SUFFIX
from ue_sim.identity.saved import replacing


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

    What an earlier run left there is taken away, and nothing else. pytest writes JUnit into a file that is there
    already, so that it is never anybody's but its owner's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _claim(held, folder)
        _clear(folder)
        yield
    finally:
        remove_if_empty(folder / CAPTURES)
        os.close(held)


def _claim(held: int, folder: Path) -> None:
    """Take the folder's lock, which ends with the process; a file system that has none is taken as it is."""
    try:
        flock(held, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        raise OSError(errno.EBUSY, "another `val run` writes its report there", str(folder)) from None
    except OSError:
        return


def _clear(folder: Path) -> None:
    for name in (PAGE, DATA, SUMMARY, JUNIT):
        (folder / name).unlink(missing_ok=True)
    for capture in (folder / CAPTURES).glob(f"*{SUFFIX}"):
        capture.unlink()
    (folder / JUNIT).touch(mode=0o600)


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
