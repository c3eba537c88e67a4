"""The operator of a key management server, for commands: asks its admin API, as its settings say where that is."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from seal.kms.settings import KmsAdminSettings, KmsSettings
from seal.secrets import first_line
from valkit.exits import BAD_ENVIRONMENT, BAD_INPUT, FAILED
from valkit.net.serving import leave, settings_from

PATIENCE = 10.0
"""Seconds that an answer may take."""


def asked(config: Path, method: str, path: str, entry: Mapping[str, object] | None = None) -> Mapping[str, Any]:
    """Ask the server of a settings file; leave with a sentence if there is none, or it refuses."""
    admin = settings_from(KmsSettings, config).admin
    if admin is None:
        leave(f"{config} has no admin: the running server can only be asked where it has one (admin: {{}})", BAD_INPUT)
    url = f"http://{admin.host}:{admin.port}"
    body = None if entry is None else json.dumps(entry).encode()
    request = Request(url + path, body, {"Authorization": f"Bearer {_token(admin)}"}, method=method)  # noqa: S310  ours
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  as above
            found: Mapping[str, Any] = json.load(answer)
    except HTTPError as error:
        leave(f"The key management server refuses: {_said(error)}", FAILED)
    except (URLError, HTTPException, TimeoutError, ValueError) as error:
        reason = getattr(error, "reason", error)
        leave(f"No key management server answers at {url} ({reason}): val kms --config {config}", BAD_ENVIRONMENT)
    return found


def _token(admin: KmsAdminSettings) -> str:
    file = next((each.token_file for each in admin.requesters if each.operator), None)
    if file is None:
        leave("admin.requesters names no operator, and nobody else may do this", BAD_INPUT)
    try:
        return first_line(file)
    except ValueError as error:
        leave(f"{error}: the server makes it when it starts", BAD_ENVIRONMENT)


def _said(error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, LookupError, TypeError, HTTPException, OSError):
        return str(error.code)
