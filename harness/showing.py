"""A message as a report shows it: as on the wire, with tokens, digests and keys hidden."""

import re

from valkit.sip.message import Message

TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]*\.[\w-]*")
"""A JWT in compact form: its header always begins so (RFC 7515 3.1: `{"` in base64url)."""

SECRET = re.compile(r'\b(response|rspauth|auts|ck|ik|cnonce|nextnonce)=("[^"]+"|[\w+/=-]+)', re.IGNORECASE)
"""Digest parameters that prove something or are keys."""


def redacted(text: str) -> str:
    """Give a text without the tokens and secrets in it."""
    return SECRET.sub(r'\1="(hidden)"', TOKEN.sub("(token hidden)", text))


def shown(message: Message) -> str:
    """Give the text of a message, fit for a report."""
    return redacted(bytes(message).decode("utf-8", "backslashreplace")).replace("\r\n", "\n")
