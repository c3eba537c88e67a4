"""JSON objects over a pair of pipes, a line each; reading never waits longer than it is told to."""

import json
import os
import select
from typing import Any

CHUNK = 65_536


class Lines:
    """One end of the pipe."""

    def __init__(self, source: int, target: int) -> None:
        self._source = source
        self._target = target
        self._begun = b""
        self.open = True
        """Whether the other end is still there."""

    def read(self, seconds: float) -> list[dict[str, Any]]:
        """Give what has come within so many seconds; nothing, if nothing has."""
        ready, _, _ = select.select([self._source], [], [], seconds)
        if not ready:
            return []
        data = os.read(self._source, CHUNK)
        self.open = bool(data)
        *lines, self._begun = (self._begun + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def write(self, said: dict[str, Any]) -> None:
        """Say something; whoever does not listen any more misses it."""
        line = json.dumps(said).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._target, line) :]
        except BrokenPipeError:
            self.open = False
