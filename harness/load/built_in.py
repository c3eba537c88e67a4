"""A core and a VAL server to load where nobody named any: processes of their own on loopback, from files of their own.

They are what `val core` and `val server` are. Both listen at free ports, so that several loads run beside each other.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from attrs import define, field

from harness.lab.children import STARTING, Child
from harness.load.subscribers import core_settings, core_table
from harness.load.tokens import Issuing
from harness.load.users import User
from valkit.tokens import jwks

ISSUER, AUDIENCE = "https://idms.home.example", "val-server"
CSCFS = {"pcscf": "127.0.0.21", "icscf": "127.0.0.22", "scscf": "127.0.0.23"}
SERVER = "127.0.0.31"
EACH = 0.001
"""Seconds more that the core may take to start for each subscriber: several times what it takes."""


@define
class BuiltIn:
    """A core and a VAL server that believes the tokens of `issuing`."""

    issuing: Issuing
    _folder: Path
    _children: list[Child] = field(factory=list)

    @classmethod
    async def start(cls, reactor: Any, users: list[User], issuing: Issuing) -> "BuiltIn":
        """Start both, for these users. Raises BadUsers, EnvironmentFault."""
        made = cls(issuing, Path(tempfile.mkdtemp(prefix="val-load-")))
        try:
            await made._open(reactor, users)
        except BaseException:
            await made.stop()
            raise
        return made

    @property
    def core(self) -> str:
        """The P-CSCF."""
        return self._children[1].addresses["pcscf"]

    async def stop(self) -> None:
        """End both, and let nothing of them stay."""
        for child in reversed(self._children):
            await child.end("TERM")
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _open(self, reactor: Any, users: list[User]) -> None:
        (self._folder / "jwks.json").write_text(jwks(self.issuing.key), encoding="utf-8")
        server = await self._run(reactor, "server", self._server())
        place = server.addresses["sip"].partition(":")[2]
        table = self._write("subscribers.csv", core_table(users))
        elements = "".join(f"{name}: {{listen: ['udp:{host}:0', 'tcp:{host}:0']}}\n" for name, host in CSCFS.items())
        told = f"{core_settings(users, str(table), f'sip:{place}')}{elements}"
        await self._run(reactor, "core", told, STARTING + len(users) * EACH)

    def _server(self) -> str:
        tokens = {
            "issuer": self.issuing.issuer,
            "audience": self.issuing.audience,
            "keys": str(self._folder / "jwks.json"),
        }
        return (
            f"tokens: {json.dumps(tokens)}\n"
            f"listen: ['udp:{SERVER}:0', 'tcp:{SERVER}:0']\n"
            f"bindings: {{path: {self._folder / 'bindings.sqlite'}}}\n"
            "admin: {port: 0}\n"
            "log: errors\n"
        )

    async def _run(self, reactor: Any, program: str, text: str, within: float = STARTING) -> Child:
        path = self._write(f"{program}.yaml", text)
        child = await Child.start(reactor, [sys.executable, "-m", "harness", program, "--config", str(path)], within)
        self._children.append(child)
        return child

    def _write(self, name: str, text: str) -> Path:
        """Write a file; keys are in it."""
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        return path
