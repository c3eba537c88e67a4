"""Servers with documents in them, as their operators put them there, and phones that ask for them."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.harness.commands.test_ue_keys import PHONE
from tests.seal.management.parts import ISSUER, KEY, SCOPES
from valkit.tokens import Grant, jwks, mint
from valkit.xcap import DocumentSelector


def config(folder: Path, kind: str, **more: Any) -> Path:
    """Write the file of a server, with this on top."""
    (folder / "jwks.json").write_text(jwks(KEY))
    told = {
        "listen": {"port": 0},
        "tls": {"authority": str(folder / "ca")},
        "access": {"tokens": {"issuer": ISSUER, "keys": str(folder / "jwks.json"), "audience": "seal"}},
        "store": f"sqlite:///{folder}/{kind}.sqlite",
        "admin": {"port": 0, "requesters": [operator(folder, kind)]},
        **more,
    }
    (folder / f"{kind}.yaml").write_text(json.dumps(told))
    return folder / f"{kind}.yaml"


def operator(folder: Path, kind: str) -> dict[str, Any]:
    """Say who may provision a server."""
    return {"name": "operator", "token_file": str(folder / f"{kind}.token"), "operator": True}


def put(token_file: Path, admin: str, selector: DocumentSelector, text: bytes, media_type: str) -> None:
    """Put a document as the operator."""
    token = token_file.read_text().strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}
    request = urllib.request.Request(f"{admin}/xcap/{selector}", text, headers, method="PUT")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status in {200, 201}


def phone(folder: Path, proxy: str | None = None, **servers: str) -> str:
    """Write a phone's file that knows these servers, and the proxy by way of which they are asked."""
    way = {"authority": str(folder / "ca" / "authority.pem")} | ({} if proxy is None else {"proxy": proxy})
    ways = {name: {"url": url, **way} for name, url in servers.items()}
    with (folder / "ue.yaml").open("w") as file:
        YAML(typ="safe").dump({**PHONE, **ways}, file)
    return str(folder / "ue.yaml")


def token(folder: Path, user: str, *services: str, scope: str = SCOPES) -> str:
    """Write an access token to a file."""
    text = mint(KEY, Grant(ISSUER, "seal", user, services or ("ptt",), "j", 1.7e9, 1e9, scope=scope))
    (folder / f"{user}.jwt").write_text(text)
    return str(folder / f"{user}.jwt")
