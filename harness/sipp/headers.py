"""Which header fields of a request a phone of ours is told to send, and which it or the core writes itself. Pure."""

import re
from collections.abc import Iterator

from harness.sipp.phones import DOMAIN, told_elsewhere
from harness.sipp.script import Script
from harness.sipp.templates import Template, keywords_in, user_of

OWN = frozenset(
    {
        *("Via", "From", "To", "Call-ID", "CSeq", "Route", "Content-Length", "Content-Type", "SIP-If-Match"),
        *("Contact", "Expires", "Event", "Authorization", "Proxy-Authorization", "Max-Forwards", "Supported"),
        *("P-Asserted-Identity", "P-Preferred-Identity"),
    }
)
"""Headers that a phone of ours writes by itself, or that are looked at one by one."""
NETWORKS = frozenset(
    {
        *("Path", "Service-Route", "P-Associated-URI", "P-Visited-Network-ID", "P-Charging-Vector"),
        *("P-Charging-Function-Addresses", "P-Called-Party-ID", "P-Served-User", "Record-Route"),
    }
)
"""Headers that the core writes, and takes from no phone."""
OF_CONTACT = frozenset({"expires", "q", "transport"})
"""Parameters of a Contact that are converted, or make no difference."""
MOST_HOPS = 10
"""Elements that a lab has at most: with a Max-Forwards of more nothing comes of it."""


def taken_over(script: Script, line: int, template: Template, converted: frozenset[str]) -> dict[str, str]:
    """Give the headers that a phone is told to send in place of its own; what is left out is told.

    `converted` are those that the step says itself.
    """
    headers: dict[str, str] = {}
    for name, value in _sent(script, line, template, converted):
        if any(keywords_in(value)):
            for why in told_elsewhere(value):
                script.lose_once(line, f"{name}: {why}")
        elif "[" in value or "${" in value:
            script.lose_once(line, f"{name}: {value}: what stands in brackets is not known here")
        elif name in headers:
            script.lose_once(line, f"a second {name}: {value}: a phone of ours is told one of each")
        else:
            headers[name] = value
    for line_alone in template.others:
        if not line_alone.startswith("["):
            script.lose_once(line, f"{line_alone!r} is no header field")
    return headers


def _sent(script: Script, line: int, template: Template, converted: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Give those that are not our phones' own, or not as our phones would write them."""
    for name, value in template.headers:
        if name in converted:
            continue
        if name in NETWORKS:
            script.lose_once(line, f"{name}: the lab's core writes it")
        elif name not in OWN or _differs(name, value, template):
            yield name, value
        else:
            for why in _left_out(name, value, template):
                script.lose_once(line, why)


def _differs(name: str, value: str, template: Template) -> bool:
    """Whether a phone of ours would write it otherwise, and what is there may change what comes of the request."""
    match name:
        case "Supported":
            ours = {"path"} if template.method == "REGISTER" else set()
            return not {option.strip() for option in value.split(",")} <= ours
        case "Max-Forwards":
            return value.isdecimal() and len(value) < 3 and int(value) <= MOST_HOPS
        case "P-Preferred-Identity":
            return user_of(value) != template.user
        case "Event" | "Expires":
            return template.method != "REGISTER"
    return False


def _left_out(name: str, value: str, template: Template) -> Iterator[str]:
    """Tell of what a phone of ours writes otherwise."""
    if name == "P-Asserted-Identity":
        yield "P-Asserted-Identity: the lab's core asserts it"
    elif name in {"Authorization", "Proxy-Authorization"} and re.search(r'response="?[^",\s]', value):
        yield f"{name}: a phone of ours computes its own response"
    elif name == "Event":
        yield f"Event: {value}: a REGISTER of ours has none"
    elif name == "Contact" and value == "*":
        yield f"Contact: *: a phone of ours ends its own registration, and no other's at {DOMAIN}"
    elif name == "Contact":
        more = [each for each in template.contact_parameters if each not in OF_CONTACT]
        if more and template.method == "REGISTER":
            yield f"Contact: {', '.join(more)}: a phone of ours says what its settings have (feature_tags, instance_id)"
