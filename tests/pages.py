"""A page of the documentation as whoever reads it goes through it: files are written, commands are typed, in its order.

Of the fenced blocks of a page count

- `sh`: commands, each of which has to end with 0;
- `console`: commands behind `$ `, beneath each what it prints, where `...` stands for anything. A command may end with
  something else than 0 if the next one is `echo $?`, which shows with what;
- any other whose first line is a comment with the name of a file, such as `# labs/ours.yaml`: the file is written.

A command that ends in `&` goes on beside the others; the next one waits until it has said that it is ready.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from attrs import define, field, frozen

ROOT = Path(__file__).parents[1]

PATIENCE = 120.0
"""Seconds after which a command counts as hung, on however busy a machine."""

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"(?:#|<!--) ([\w./-]+\.\w+)(?: -->)?\n")
READY = re.compile(r" is ready|is up until")
ALONE = ("unshare", "--user", "--map-root-user", "--net")
"""A network of its own, in which every port is free."""
UP = "ip link set lo up"
MARK = "\x1e"


@frozen
class File:
    """A file that the page shows."""

    name: str
    text: str


@frozen
class Command:
    """A command that the page shows."""

    line: int
    text: str
    shown: str | None = None
    """What it prints, as the page has it; None if the page does not say."""
    may_fail: bool = False

    def fits(self, said: str) -> bool:
        """Tell whether this is what the page shows."""
        if self.shown is None:
            return True
        pattern = ".*".join(re.escape(part) for part in self.shown.strip().split("..."))
        return re.fullmatch(pattern, said.strip(), re.DOTALL) is not None


def steps(page: str) -> Iterator[File | Command]:
    """Give what a reader does, in the order of the page."""
    for block in FENCE.finditer(page):
        kind, text = block.groups()
        line = page.count("\n", 0, block.start()) + 2
        if kind == "sh":
            yield from (Command(line + at, typed) for at, typed in _typed(text))
        elif kind == "console":
            yield from _shown(text, line)
        elif (named := NAMED.match(text)) is not None:
            yield File(named[1], text[named.end() :] if kind == "xml" else text)


def _typed(text: str) -> Iterator[tuple[int, str]]:
    """Give commands with their lines; one that ends in a backslash goes on in the next line."""
    for found in re.finditer(r"^(?!#|$)(?:.*\\\n)*.*$", text, re.MULTILINE):
        yield text.count("\n", 0, found.start()), found[0]


def _shown(text: str, line: int) -> Iterator[Command]:
    """Give commands with what each of them prints."""
    found = list(re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE))
    for each, after in zip(found, [*found[1:], None], strict=True):
        told = after is not None and after[1] == "echo $?"
        yield Command(line + text.count("\n", 0, each.start()), each[1], each[2], may_fail=told)


@contextmanager
def desk(folder: Path) -> Iterator["Shell"]:
    """Give a shell in a folder with the examples and scenarios of the repository at hand; ends all that it started."""
    for name in ("examples", "scenarios"):
        shutil.copytree(ROOT / name, folder / name)
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "120",
    }
    process = subprocess.Popen(
        _alone(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    shell = Shell(process, folder)
    try:
        yield shell
    finally:
        shell.close()


@cache
def has_networks() -> bool:
    """Whether a shell can have a network of its own; else pages have to take turns at those of this machine."""
    return (
        shutil.which("unshare") is not None
        and subprocess.run([*ALONE, "sh", "-c", UP], capture_output=True, check=False).returncode == 0
    )


def _alone() -> list[str]:
    """Give a shell in a network of its own where that can be had, else one in that of the machine."""
    return [*ALONE, "sh", "-c", f"{UP} && exec bash --norc"] if has_networks() else ["bash", "--norc"]


@define
class Shell:
    """A shell that commands are typed into."""

    _process: "subprocess.Popen[str]"
    _folder: Path
    _logs: list[Path] = field(factory=list)

    def do(self, step: File | Command) -> tuple[int, str]:
        """Write a file or run a command; give exit code and what it printed."""
        if isinstance(step, File):
            path = self._folder / step.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text)
            return 0, ""
        if step.text.endswith("&"):
            return self._begin(step.text.removesuffix("&"))
        return self._type(step.text)

    def _type(self, text: str) -> tuple[int, str]:
        """Run a command, with the exit code of the last one at hand as `$?`, and nothing to be typed into it."""
        self._send(f"(exit ${{last:-0}}); {{ {text}\n}} </dev/null; last=$?; printf '{MARK}%s\\n' $last")
        said = ""
        while MARK not in said:
            line = self._line()
            assert line, f"the shell ended:\n{said}"
            said += line
        told, _, code = said.rpartition(MARK)
        return int(code), told

    def _begin(self, text: str) -> tuple[int, str]:
        """Run a command beside the others, from when it is ready."""
        log = self._folder / f".log-{len(self._logs)}"
        self._logs.append(log)
        self._send(f"{text} >{log} 2>&1 </dev/null &")
        deadline = time.monotonic() + PATIENCE
        while not (log.exists() and READY.search(log.read_text())):
            assert time.monotonic() < deadline, f"{text} is not ready:\n{log.read_text() if log.exists() else ''}"
            time.sleep(0.05)
        return 0, ""

    def close(self) -> None:
        """End everything."""
        try:
            self._send("kill $(jobs -p) 2>/dev/null; wait; exit")
            self._process.communicate(timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
        for log in self._logs:
            assert "Traceback" not in log.read_text(), log.read_text()

    def _send(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()
