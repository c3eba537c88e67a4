"""What people may see: texts and messages without the tokens, keys, passwords and proofs in them.

A table of what secrets look like where we may meet them: SIP and HTTP headers, form and JSON bodies, info documents,
settings. It hides rather too much than too little; a token is told by its user and its jti, which are no secrets.
"""

import re
from collections.abc import Callable
from functools import partial

from valkit.sip.message import Message
from valkit.tokens.compact import decode, split
from valkit.tokens.errors import TokenRejected
from valkit.tokens.strictjson import read_object

HIDDEN = "(hidden)"

_NAMED = (
    "(?:sip_)?password|client_secret|refresh_token|access_token|id_token|subject_token|actor_token|assertion"
    "|code_verifier"
)
"""Members of forms, JSON and settings that are secrets whatever their value."""

_KEYS = "k|op|opc|top|topc|ck|ik|res|xres"
"""Keys and proofs of AKA, where their value is hexadecimal (`k` alone is also SIP's short name for Supported)."""

_PROOFS = "response|rspauth|auts|ck|ik"
"""Parameters of Digest and its AKA variants (RFC 7616 3.4, RFC 3310 3)."""

_BEGIN = re.compile(r"ey[A-L]|ew[k-p0-3]")
"""`{` and what may follow it in a JSON object, quote or white space, in base64url."""

_ENCODED_DOT = re.compile("%2[Ee]")

_CARRYING = r"access-token\b[^<>]{0,200}+>\s*(?:<[\w:-]{1,50}+[^<>]{0,200}+>\s*)?"
"""How an element begins that carries a token, in itself or in an element of its own."""

_COMMENT = r"<!--(?:(?!-->).){0,200}+-->"

_QUOTED = r'"(?:[^"\\]|\\.)*+"?'


Replacement = str | Callable[[re.Match[str]], str]
"""What stands in place of a secret: with the groups of its pattern, or as a function says."""


def redact(text: str) -> str:
    """Give the text with every secret in it replaced by a word that says so.

    Where NULs lie between the characters of one, as in UTF-16, the text is given without them.
    """
    if "\0" in text:
        narrow = text.replace("\0", "")
        hidden = _redacted(narrow)
        if hidden != narrow:
            return hidden
    return _redacted(text)


def _redacted(text: str) -> str:
    for pattern, replacement in _rules_for(text):
        text = pattern.sub(replacement, text)
    return text


def rendered(message: Message) -> str:
    """Give a SIP message as a report shows it: as on the wire, one line feed for a line break, secrets hidden."""
    return redact(bytes(message).decode("utf-8", "backslashreplace").replace("\r\n", "\n"))


def masked(data: bytes) -> bytes:
    """Give the bytes with every secret in them replaced by as many others: for captures, where lengths have to hold."""
    text = _masked(data.decode("latin-1")).encode("latin-1")
    if b"\0" in text:  # between the characters of a secret, as in UTF-16, they stay where they are
        characters = iter(_masked(text.replace(b"\0", b"").decode("latin-1")).encode("latin-1"))
        return bytes(next(characters) if byte else 0 for byte in text)
    return text


def _masked(text: str) -> str:
    for pattern, replacement in _rules_for(text):
        text = pattern.sub(partial(_as_long, replacement), text)
    return text


def _rules_for(text: str) -> list[tuple[re.Pattern[str], Replacement]]:
    """Give the rules that may find something: to look for a word is a hundred times quicker than to try a pattern."""
    folded = text.casefold()
    return [(pattern, what) for words, pattern, what in _RULES if any(word in folded for word in words)]


def _as_long(replacement: Replacement, match: re.Match[str]) -> str:
    """Fill up what stands in place of a secret, before its closing bracket; a short secret's letters become x."""
    old = match[0]
    new = replacement(match) if callable(replacement) else match.expand(replacement)
    if len(new) <= len(old):
        before, bracket, after = new.rpartition(")")
        return f"{before}{'.' * (len(old) - len(new))}{bracket}{after}"
    kept = next((at for at, (was, becomes) in enumerate(zip(old, new, strict=False)) if was != becomes), len(old))
    return old[:kept] + re.sub(r"\w", "x", old[kept:])


def _without_token(match: re.Match[str]) -> str:
    """Give a word with the token in it told, or hidden if it was cut short."""
    word = _ENCODED_DOT.sub(".", match[0])
    begin = _BEGIN.search(word)
    if begin is None:
        return match[0]
    before, token = word[: begin.start()], word[begin.start() :]
    if "." in token:
        return f"{before}({_told(token)})"
    return "(token hidden)" if not before and token.startswith("eyJ") else match[0]


def _without_password(match: re.Match[str]) -> str:
    """Give what stands before a host with the password in it hidden.

    The pattern takes the whole run of characters whether or not an @ ends it, so that no run is gone through twice.
    """
    scheme, user, at = match.groups()
    return f"{scheme}{user}:{HIDDEN}@" if at else match[0]


def _told(token: str) -> str:
    """Tell a token by what it says of its user and by its jti, if it says so in plain words."""
    try:
        claims = read_object(decode(split(token.encode()).payload))
    except (TokenRejected, ValueError):
        return "token hidden"
    told = [f" {name}={claims[name]}" for name in ("sub", "jti") if _is_plain(claims.get(name))]
    return f"token{''.join(told)}"


def _is_plain(value: object) -> bool:
    """Whether a value can be shown as it is: short, plain, and no secret by the looks of it."""
    return isinstance(value, str) and bool(re.fullmatch(r"[\w.:@+-]{1,64}", value, re.ASCII)) and redact(value) == value


_ALWAYS = ("",)
_NAMED_BY = ("password", "secret", "token", "assert", "code")
_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], Replacement], ...] = (
    # An element that carries a token, divided by comments: what stands behind one would look like no token.
    (
        ("access-token",),
        re.compile(rf"({_CARRYING})[^<]*(?:{_COMMENT}[^<]*)++", re.DOTALL),
        rf"\1{HIDDEN}",
    ),
    # A JWS or JWE: a word that begins, or goes on, as a JSON object in base64url does.
    (("ey", "ew"), re.compile(r"(?:[\w.-]|%2[Ee]){12,}+", re.ASCII), _without_token),
    # Private keys in PEM, and the private members of a JWK.
    (
        ("-----begin",),
        re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|\Z)", re.DOTALL),
        rf"\1{HIDDEN}",
    ),
    (('"',), re.compile(rf'("(?:d|p|q|dp|dq|qi|k)"\s*:\s*){_QUOTED}'), rf'\1"{HIDDEN}"'),
    # Authorization by a bare token or by name and password.
    (
        ("bearer", "bas"),
        re.compile(r"\b(Bearer|Basic)([ \t]+)[\w.~+/-]++=*", re.IGNORECASE),
        rf"\1\2{HIDDEN}",
    ),
    (("@",), re.compile(r"""(\bsips?:|//)([^\s@/<>":]*+):[^\s@/<>"]*+(@?)""", re.IGNORECASE), _without_password),
    # Digest, with quotes or without.
    (
        _ALWAYS,
        re.compile(rf"""\b({_PROOFS})(\s*=\s*)(?:{_QUOTED}|[\w+/=.-]{{8,}})""", re.IGNORECASE),
        rf'\1\2"{HIDDEN}"',
    ),
    # The text of an element that carries a token, JWT or not.
    (("access-token",), re.compile(rf"({_CARRYING})[^<\s(][^<]*"), rf"\1{HIDDEN}"),
    # Keys of AKA; then what its name alone makes a secret: JSON or YAML, then forms.
    (
        _ALWAYS,
        re.compile(rf"""\b({_KEYS})(["']?\s*[:=]\s*["']?)[0-9a-f]{{8,}}""", re.IGNORECASE),
        rf"\1\2{HIDDEN}",
    ),
    (
        _NAMED_BY,
        re.compile(rf"""\b({_NAMED})(["']?\s*:\s*)(?:{_QUOTED}|'[^']*'?|[^\s"'(,}}][^\s,}}]*)""", re.IGNORECASE),
        rf"\1\2{HIDDEN}",
    ),
    (
        _NAMED_BY,
        re.compile(rf"\b({_NAMED}|code)=[^\s&\"(][^\s&\"]*", re.IGNORECASE),
        rf"\1={HIDDEN}",
    ),
)
"""What every text that a pattern finds has one word of, with its letters folded; the pattern; what comes of it.

Where a pattern takes letters of either case no word has an i: two that pass for one fold to another (U+0130, U+0131).
"""
