"""Requests of SIPp's as what phones of ours do: each function converts one method. Pure."""

from collections.abc import Callable, Mapping

from attrs import evolve

from harness.sipp.course import Course
from harness.sipp.headers import taken_over
from harness.sipp.phones import DOMAIN, told_elsewhere
from harness.sipp.reading import Command
from harness.sipp.templates import Template, keywords_in, user_of
from valkit.sip.errors import ParseError
from valkit.sip.headers import MediaType

FOREVER = "4294967295"
"""The Expires of our phones' PUBLISH, if nothing else is said."""
LONGEST = 600_000
"""Seconds of a registration or subscription, if nothing else is said."""
EVENT = "poc-settings"
"""The event package of our phones' PUBLISH, if nothing else is said."""
BROKEN = "signed_by_stranger"
"""The token of a request that is to be refused."""


def register(course: Course, command: Command, template: Template, _outcome: int | None) -> None:
    """Convert a REGISTER: a first one, one again, or one that leaves."""
    told: dict[str, object] = {"ue": course.ue}
    if template.leaves:
        course.register_first(course.ue, "a phone that leaves has registered")
        _lose_body(course, command, template)
        course.known = evolve(course.known, registered=course.known.registered - {course.ue})
        course.step(command, "ue.deregister", _with_headers(course, command, template, told, "Expires"))
        return
    if template.carrier is None and not template.is_third_party:
        _lose_body(course, command, template)
    told |= _token(course, template)
    if template.expires is not None and template.expires != LONGEST:
        told["expires"] = template.expires
    elif template.expires is None and template.asked:
        course.script.lose_once(command.line, f"Expires: {template.asked}: it is no number here")
    again = course.ue in course.known.registered and not template.is_third_party
    course.known = evolve(course.known, registered=course.known.registered | {course.ue})
    told = _with_headers(course, command, template, told, "Expires")
    course.step(command, "ue.reregister" if again else "ue.register", told)
    if template.is_third_party:
        token = "present" if template.carrier else "absent"
        wanted = {"from": "scscf", "to": "valserver", "method": "REGISTER", "token": token}
        course.add("expect.message", wanted, "SIPp plays the core here; in our labs the core tells the server")


def publish(course: Course, command: Command, template: Template, outcome: int | None) -> None:
    """Convert a PUBLISH: a first one, one in place of what stands, a refresh, or one that takes it back."""
    if impossible := _unpublishable(course, template):
        course.script.lose(command.line, impossible)
        return
    course.register_first(course.ue, "our phones publish over the route of a registration")
    told: dict[str, object] = {"ue": course.ue}
    if template.leaves:
        course.known = evolve(course.known, published=course.known.published - {course.ue})
        course.step(command, "ue.log_off", _with_headers(course, command, template, told, "Expires", "Event"))
        return
    told |= _token(course, template, refused=outcome == 403) or {"token": False}
    if template.body and template.carrier is None and EVENT not in template.body:
        _lose_body(course, command, template)
    elif EVENT not in template.body:
        told["settings"] = False
    if outcome is None or outcome < 300:
        course.known = evolve(course.known, published=course.known.published | {course.ue})
    usual = [name for name, value in (("Expires", FOREVER), ("Event", EVENT)) if template.get(name) == value]
    told = _with_headers(course, command, template, told, *usual)
    tag = _tag(template, outcome)
    course.step(command, "ue.publish", {**told, "headers": {**_headers(told), **tag}} if tag else told)
    server = user_of(template.uri)
    if server not in {template.user, ""}:
        resource = f"sip:{server}@{DOMAIN}"
        if course.script.phones[course.ue].setdefault("publish_to", resource) != resource:
            course.script.lose_once(command.line, f"{template.uri}: a phone of ours publishes to one place alone")


def _unpublishable(course: Course, template: Template) -> str:
    """Say why a phone of ours cannot send a PUBLISH; nothing if it can."""
    if course.ue in course.known.published and template.get("SIP-If-Match"):
        return ""
    if template.leaves:
        return "a PUBLISH with Expires 0 takes back what this file has not published"
    if template.body or template.carrier is not None:
        return ""
    what = "what stands" if template.get("SIP-If-Match") else "an entity tag"
    return f"a PUBLISH with neither a body nor {what}: a phone of ours sends none"


def subscribe(course: Course, command: Command, template: Template, outcome: int | None) -> None:
    """Convert a SUBSCRIBE to one's own registration."""
    package, _, more = (template.get("Event") or "").partition(";")
    if package.strip() != "reg":
        why = f"SUBSCRIBE to {package.strip() or 'nothing'}: our phones watch their registration (reg) alone"
        course.script.lose(command.line, why)
        return
    if user_of(template.get("To") or "") not in {template.user, ""}:
        course.script.lose(command.line, "SUBSCRIBE to another's registration: our phones watch their own")
        return
    if more:
        course.script.lose_once(command.line, f"Event: reg;{more}: a phone of ours says reg alone")
    course.register_first(course.ue, "our phones subscribe over the route of a registration")
    told: dict[str, object] = {"ue": course.ue}
    if template.expires is not None:
        told["expires"] = template.expires
    elif template.asked:
        course.script.lose_once(command.line, f"Expires: {template.asked}: it is no number here")
    if outcome is None or outcome < 300:
        course.known = evolve(course.known, subscribed=course.known.subscribed | {course.ue})
    _lose_body(course, command, template)
    told = _with_headers(course, command, template, told, "Expires", "Event", "Accept")
    course.step(command, "ue.subscribe", told)


def message(course: Course, command: Command, template: Template, outcome: int | None) -> None:
    """Convert an instant message; whoever is to get it is there."""
    course.register_first(course.ue, "our phones send instant messages over the route of a registration")
    to = course.phones.receiver(command.line, template)
    user, _, domain = to.removeprefix("sip:").partition("@")
    arrives = outcome is not None and outcome < 300
    if domain == DOMAIN and (user in course.phones.names or arrives):
        to = course.phones.of(user)
    if domain == DOMAIN and arrives:
        course.register_first(to, "whoever is to get it has registered")
        course.known = evolve(course.known, called=(*course.known.called, to))
    told = {"ue": course.ue, "to": to, **_content(course, command, template)}
    course.step(command, "ue.message", _with_headers(course, command, template, told))


def _content(course: Course, command: Command, template: Template) -> dict[str, object]:
    """Give content type and body of an instant message."""
    told: dict[str, object] = {}
    kind = template.get("Content-Type") or "text/plain"
    try:
        MediaType.parse(kind)
    except ParseError:
        course.script.lose_once(
            command.line, f"Content-Type: {kind}: it is none that is known here; text/plain is sent"
        )
        kind = "text/plain"
    if kind != "text/plain":
        told["type"] = kind
    for word in keywords_in(template.body):
        for why in told_elsewhere(f"[{word}]"):
            course.script.lose_once(command.line, f"the body: {why}")
    if "${" in template.body:  # which a scenario of ours takes for a variable
        told["octets"] = template.body.encode().hex()
    elif template.body:
        told["body"] = template.body
    return told


def _lose_body(course: Course, command: Command, template: Template) -> None:
    """Tell of a body that no phone of ours sends with such a request."""
    if template.body:
        kind = (template.get("Content-Type") or "no type").partition(";")[0]
        which = "publish a token and poc-settings" if template.method == "PUBLISH" else "send a token or nothing"
        course.script.lose_once(command.line, f"a body of {kind} in a {template.method}: our phones {which}")


def _token(course: Course, template: Template, *, refused: bool = False) -> dict[str, object]:
    """Say whether a token goes with it; before the first one it is minted, and one that is to be refused broken."""
    carrier = template.carrier
    if carrier is None:
        return {}
    course.script.phones[course.ue]["carrier"] = carrier
    if refused:
        told = {"ue": course.ue, "as": "refused", "broken": BROKEN}
        course.add(
            "token.mint", told, "in place of the file's token: 403 is awaited, so it is one that nobody believes"
        )
        course.known = evolve(course.known, minted=course.known.minted - {course.ue})
        return {"token": "refused"}
    if course.ue not in course.known.minted:
        course.known = evolve(course.known, minted=course.known.minted | {course.ue})
        course.add("token.mint", {"ue": course.ue}, "in place of the file's token: one of the lab's issuer")
    return {"token": True}


def _tag(template: Template, outcome: int | None) -> dict[str, str]:
    """Give the entity tag that is to be refused, as a header; any other is the phone's own business."""
    tag = template.get("SIP-If-Match") or ""
    return {"SIP-If-Match": tag} if outcome == 412 and tag and "[" not in tag and "${" not in tag else {}


def _headers(told: dict[str, object]) -> dict[str, object]:
    headers = told.get("headers", {})
    assert isinstance(headers, dict)
    return headers


def _with_headers(
    course: Course, command: Command, template: Template, told: dict[str, object], *converted: str
) -> dict[str, object]:
    """Take over the headers that a phone of ours would not write."""
    headers = taken_over(course.script, command.line, template, frozenset(converted))
    return {**told, "headers": headers} if headers else told


Convert = Callable[[Course, Command, Template, int | None], None]
"""Is told the request, its template, and which final answer is awaited."""
METHODS: Mapping[str, Convert] = {
    "REGISTER": register,
    "PUBLISH": publish,
    "SUBSCRIBE": subscribe,
    "MESSAGE": message,
}
