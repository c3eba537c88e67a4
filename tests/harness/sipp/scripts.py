"""Scenarios of SIPp, written in a line or two, and what comes of them."""

from harness.sipp import converted, read
from harness.sipp.script import Script


def script(*commands: str, name: str = "one") -> Script:
    """Convert a scenario of these commands."""
    return converted(read(f'<scenario name="{name}">\n{chr(10).join(commands)}\n</scenario>'.encode()), "one.xml")


def send(method: str, *lines: str, body: str = "", user: str = "sipp") -> str:
    """Write a send."""
    head = [
        f"{method} sip:home.example SIP/2.0",
        f"From: <sip:{user}@home.example>;tag=1",
        f"To: <sip:{user}@home.example>",
    ]
    return f"<send><![CDATA[\n{chr(10).join([*head, *lines, '', body])}\n]]></send>"


def recv(status: int, more: str = "") -> str:
    """Write a recv."""
    return f'<recv response="{status}" {more}/>'


def steps(made: Script) -> list[tuple[str, object]]:
    """Give the steps without their comments."""
    return [(line.verb, line.told) for line in made.lines]


TOKEN = ("Content-Type: application/vnd.val.val-info+xml",)
BODY = "<val-info><val-access-token>[token]</val-access-token></val-info>"
KEYS = f"[authentication username=sipp aka_K=0x{'1' * 32} aka_OP=0x{'2' * 32}]"
