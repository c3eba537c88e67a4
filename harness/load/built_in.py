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
from ruamel.yaml import YAML

from harness.lab.children import Child
from harness.load.tokens import Issuing
from harness.load.users import User, core_settings
from valkit.tokens import jwks

ISSUER, AUDIENCE = "https://idms.home.example", "val-server"
CSCFS = {"pcscf": "127.0.0.21", "icscf": "127.0.0.22", "scscf": "127.0.0.23"}
SERVER = "127.0.0.31"


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
        elements = {name: {"listen": [f"udp:{host}:0", f"tcp:{host}:0"]} for name, host in CSCFS.items()}
        await self._run(reactor, "core", core_settings(users, f"sip:{place}"), elements)

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

    async def _run(self, reactor: Any, program: str, text: str, more: dict[str, Any] | None = None) -> Child:
        path = self._folder / f"{program}.yaml"
        path.touch(mode=0o600)
        with path.open("w", encoding="utf-8") as file:
            file.write(text)
            if more:
                YAML(typ="safe").dump(more, file)
        child = await Child.start(reactor, [sys.executable, "-m", "harness", program, "--config", str(path)])
        self._children.append(child)
        return child
