r"""Extended regular expressions, which filter criteria are written in (IEEE 1003.1 9.4; TS 29.228 Annex B.2.3).

Read into Python's own, which differ where it hurts: in brackets a backslash is a character and `[:alpha:]` a class,
`$` never stands before a last line end, and what POSIX leaves undefined (`\d`, `(?=`, `*?`) means something. That is
refused, since another core would take it otherwise.
"""

import re

CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r" \t\n\r\f\v",
    "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~",
    "print": " -~",
    "graph": "!-~",
    "cntrl": r"\x00-\x1f\x7f",
    "xdigit": "0-9A-Fa-f",
}
"""Character classes as in the C locale (IEEE 1003.1 7.3.1)."""

_TOKEN = re.compile(
    r"""
      (?P<bracket> \[ (?P<not>\^?) (?P<set> \]? (?: \[:[a-z]*:\] | \[(?!:) | [^\]\[] )* ) \] )
    | \\ (?P<escaped> [.\[\]\\()*+?{}|^$/-] )
    | (?P<anchor> [\^$] )
    | (?P<repeat> [*+?] | \{\d+(?:,\d*)?\} )
    | (?P<open> \( )
    | (?P<plain> [^\[\\(] )
    """,
    re.VERBOSE | re.DOTALL,
)
_MEMBER = re.compile(r"\[:(?P<name>[a-z]*):\]|(?P<other>.)", re.DOTALL)


def compiled(expression: str, *, any_case: bool = False) -> re.Pattern[str]:
    """Give the pattern of an extended regular expression; ValueError says what is wrong with it."""
    pieces: list[str] = []
    at, repeatable = 0, False
    while at < len(expression):
        token = _TOKEN.match(expression, at)
        if token is None:
            raise ValueError(f"has {expression[at : at + 2]!r} at character {at + 1}, which POSIX leaves undefined")
        if token["repeat"] and not repeatable:
            raise ValueError(f"repeats nothing at character {at + 1}, which POSIX leaves undefined")
        pieces.append(_translated(token))
        repeatable = not (token["repeat"] or token["anchor"] or token["open"] or token["plain"] == "|")
        at = token.end()
    try:
        return re.compile("".join(pieces), re.DOTALL | (re.IGNORECASE if any_case else re.NOFLAG))
    except (re.error, OverflowError) as error:
        raise ValueError(f"is no extended regular expression: {error}") from None


def _translated(token: re.Match[str]) -> str:
    if token["bracket"]:
        return f"[{token['not']}{''.join(map(_member, _MEMBER.finditer(token['set'])))}]"
    if token["escaped"]:
        return re.escape(token["escaped"])
    if token["anchor"]:
        return r"\A" if token["anchor"] == "^" else r"\Z"
    return token[0]


def _member(member: re.Match[str]) -> str:
    if member["other"] is not None:
        return f"\\{member['other']}" if member["other"] in r"\[]^&~|" else member["other"]
    try:
        return CLASSES[member["name"]]
    except KeyError:
        raise ValueError(f"has [:{member['name']}:], which is not a character class") from None
