"""A home network as its operator would set it up: files, and `val core` and `val server` as processes of their own.

Every test process has addresses of its own, so that several run side by side.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time
from typing import Any

from attrs import define, field

from tests.witness.foreign import program, run_val, wait_for
from valkit.tokens import Grant, SigningKey, jwks, mint

ISSUER = "https://idms.home.example"
ALICE = "sip:alice@home.example"

NET = f"127.{64 + os.getpid() % 64}.{os.getpid() // 64 % 256}"
"""The loopback network of this process."""

PCSCF, ICSCF, SCSCF = f"{NET}.21", f"{NET}.22", f"{NET}.23"
SERVER, ADMIN = f"{NET}.31", f"{NET}.32"
PHONE = f"{NET}.11"

K = "00112233445566778899aabbccddeeff"
OPC = "101112131415161718191a1b1c1d1e1f"


@define
class Home:
    """Files of a home network, and its programs."""

    folder: Path
    key: SigningKey = field(factory=SigningKey.generate)

    def token(self, user: str = "alice", service: str = "dispatch", now: float | None = None) -> str:
        """Mint an access token that the server believes, as of now or of another time."""
        return mint(self.key, Grant(ISSUER, "val-server", user, (service,), "1", time() if now is None else now))

    def write(self, name: str, content: Any) -> Path:
        """Write a settings file; JSON is YAML."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    @contextmanager
    def core(self) -> Iterator[None]:
        """Run `val core`."""
        config = self.write("core.yaml", core_settings())
        with program(["core", "--config", str(config)], "core is ready", self.folder / "core.log"):
            yield

    @contextmanager
    def server(self) -> Iterator[None]:
        """Run `val server`; REGISTER and PUBLISH are believed from this process's addresses."""
        keys = self.write("jwks.json", jwks(self.key))
        config = self.write("server.yaml", server_settings(keys, self.folder))
        with program(["server", "--config", str(config)], "valserver is ready", self.folder / "server.log"):
            yield

    def bindings(self, count: int) -> list[dict[str, Any]]:
        """Give what `val bindings --json` shows as soon as it shows so many: a core tells the server after its 200."""
        return wait_for(lambda: shown if len(shown := _bindings()) == count else None, f"{count} bindings")


def phone_settings() -> dict[str, Any]:
    """Give Alice's phone."""
    card = {"k": K, "opc": OPC}
    return {"impi": "alice@home.example", "impu": ALICE, "usim": card, "listen": f"udp:{PHONE}:0"}


def _bindings() -> list[dict[str, Any]]:
    code, said = run_val("bindings", "--json", "--admin", f"http://{ADMIN}:8060")
    assert code == 0, said
    shown = json.loads(said)["bindings"]
    assert isinstance(shown, list)
    return shown


def core_settings() -> dict[str, Any]:
    """Give a core with Alice, and with SIPp as a subscriber whose keys SIPp can take."""
    listening = {
        part: {"listen": [f"udp:{host}:5060", f"tcp:{host}:5060"]}
        for part, host in (("pcscf", PCSCF), ("icscf", ICSCF), ("scscf", SCSCF))
    }
    criteria = [{"method": method, "server_name": f"sip:{SERVER}:5060"} for method in ("REGISTER", "PUBLISH")]
    alice = {"impi": "alice@home.example", "k": K, "opc": OPC, "impus": [ALICE], "filter_criteria": criteria}
    foreign = {
        "impi": "sipp@home.example",
        "k": "11223344556677889910aabbccddeeff",
        "op": "cdc202d5123e20f62b6d676ac72cb318",
        "impus": ["sip:sipp@home.example"],
        "filter_criteria": criteria,
    }
    cardless = {
        "impi": "dora@home.example",
        "algorithm": "digest",
        "password": "Circle-of-Life",
        "impus": ["sip:dora@home.example"],
    }
    challenges = ["AKAv1-MD5", "MD5", "SHA-256"]  # SIPp 3.6.1 looks at the first of several alone
    subscribers = [alice, foreign, cardless]
    return {"domain": "home.example", "subscribers": subscribers, "challenges": challenges, **listening}


def server_settings(keys: Path, folder: Path) -> dict[str, Any]:
    """Give a VAL server that believes our issuer."""
    return {
        "tokens": {"issuer": ISSUER, "keys": str(keys)},
        "listen": [f"udp:{SERVER}:5060", f"tcp:{SERVER}:5060"],
        "trusted_peers": [f"{SCSCF}/32"],
        "bindings": {"path": str(folder / "bindings.sqlite")},
        "admin": {"host": ADMIN, "port": 8060},
    }
