"""What is in a file, told by its content and not by its name. Reads files; what is made of them is values."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve
from pydantic import ValidationError

from harness.clients.access import access_token_in
from harness.consulting.errors import NotUsable
from harness.consulting.opening import Opened, opened
from harness.diagnosis.facts import Criteria
from harness.evidence import Evidence, NotACapture, Spot, read_capture, read_text
from harness.report.model import Played, Run, Sent
from seal.idms.settings import IdmsSettings
from sipcore_stub.hss.user_data import read as read_user_data
from sipcore_stub.settings import CoreSettings
from ue_sim.settings import UeSettings
from valkit.settings import SettingsError, documents, read
from valserver.settings import ServerSettings

DEEPEST = 40
"""Levels of a JSON report that are looked into."""

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""How texts begin that PowerShell wrote."""

LONGEST_TOKEN = 1 << 20
"""Characters of a file that may be a token and nothing else."""
SHORTEST_LINE = 20
"""Characters in a line of a token that was wrapped."""

Token = str
Several = tuple[Evidence, ...]
"""Of a report, one for each scenario."""
SettingsOfOurs = CoreSettings | UeSettings | ServerSettings | IdmsSettings
Content = Evidence | Several | SettingsOfOurs | Criteria | Token

MODELS: tuple[tuple[str, type[SettingsOfOurs]], ...] = (
    ("provisioning", IdmsSettings),
    ("authorization", IdmsSettings),
    ("login", IdmsSettings),
    ("subscribers", CoreSettings),
    ("subscriber_table", CoreSettings),
    ("usim", UeSettings),
    ("tokens", ServerSettings),
    ("services", ServerSettings),
)
"""A key that only settings of this kind have; the first one that is there decides."""


def content_of(path: Path) -> Content:
    """Give what is in a file; `-` is standard input. Raises NotUsable, OSError."""
    with opened(path) as found:
        return _capture(found) if found.is_capture else _content(found)


def _content(found: Opened) -> Content:
    octets = found.octets()
    try:
        return _in_text(octets.decode("utf-16" if octets.startswith(UTF_16) else "utf-8"), found.name)
    except UnicodeDecodeError:
        if b"SIP/2.0" in octets and b"\0" not in octets:
            return _in_log(octets, found.name)
        raise NotUsable(
            f"{found.name} is neither a capture nor a text (expected pcap, pcapng, settings, XML, a token, or a trace)"
        ) from None


def _in_log(octets: bytes, name: str) -> Evidence:
    """Read a text in which some bytes are no UTF-8, as logs have that keep what peers sent."""
    evidence = read_text(octets.decode(errors="replace"))
    if not evidence.messages and not evidence.broken:
        raise NotUsable(f"{name} has no SIP message in it, and is no UTF-8 text")
    return evolve(evidence, remarks=("some bytes of the text are no UTF-8, and are read as U+FFFD.",))


def capture_of(path: Path) -> Evidence:
    """Read a capture; `-` is standard input. Raises NotUsable, OSError."""
    with opened(path) as found:
        return _capture(found)


def _capture(found: Opened) -> Evidence:
    try:
        return read_capture(found.file)
    except NotACapture as error:
        raise NotUsable(f"{found.name}: {error}") from None


def _in_text(text: str, name: str) -> Content:
    begin = text.lstrip("\ufeff \t\r\n")
    if begin.startswith(("<?xml", "<IMSSubscription")) and "IMSSubscription" in text:
        return criteria_in(text.encode(), name)
    token = access_token_in(text.strip()).removeprefix("Bearer ").strip()
    if _is_token(token):
        return token
    why = ""
    if begin.startswith(("{", "[")):
        try:
            return _in_report(text, name)
        except NotUsable as error:  # lines of a log may begin so
            why = f"; {error}"
    settings = None if why else _settings(text, name)
    if settings is not None:
        return settings
    evidence = read_text(text)
    if not evidence.messages and not evidence.broken:
        raise NotUsable(
            f"{name} has no SIP message in it (expected a capture, a trace, settings of ours, XML or a token){why}"
        )
    return evidence


_token = re.compile(r"e[yw]\S*+(?:\s++[A-Za-z0-9_.\-=+/]++)*+").fullmatch


def _is_token(text: str) -> bool:
    """Whether a text is a token and nothing else, perhaps one that was wrapped or has something behind it."""
    if "." not in text or len(text) > LONGEST_TOKEN or _token(text) is None:
        return False
    lines = text.split()
    return len(lines) < 4 or len(lines[0]) >= SHORTEST_LINE


def criteria_in(text: bytes, name: str) -> Criteria:
    """Read the service profiles of an HSS (TS 29.228 Annex E); what is wrong with them is kept as well."""
    try:
        return Criteria(name, read_user_data(text, resolves=True).criteria)
    except ValueError as error:
        return Criteria(name, (), tuple(str(error).split("; ")))


def _settings(text: str, name: str) -> SettingsOfOurs | None:
    """Read settings of ours; None if these are none. Raises NotUsable if they are wrong."""
    try:
        (document, *_) = documents(text, name)
    except (SettingsError, ValueError):
        return None
    keys = document.value.keys() if isinstance(document.value, dict) else ()
    model = next((model for key, model in MODELS if key in keys), None)
    if model is None:
        return None
    try:
        return read(model, text, name)
    except SettingsError as error:
        raise NotUsable(str(error)) from None


def _in_report(text: str, name: str) -> Several:
    """Read a report of `val run`: the SIP messages of each scenario; or those in the texts of any other JSON."""
    try:
        run = Run.model_validate_json(text)
    except ValidationError:
        return (_in_json(text, name),)
    return tuple(_of_scenario(one) for one in run.scenarios)


def _of_scenario(one: Played) -> Evidence:
    """Read what was sent in a scenario and arrived; which element has which address is not known."""
    found = [
        each
        for number, event in enumerate(one.events)
        if isinstance(event, Sent) and event.protocol == "SIP" and event.fate != "lost"
        for each in _placed(read_text(event.text), f"{one.name}, event {number}", (one.began or 0.0) + event.at)
    ]
    return _joined(found)


def _in_json(text: str, name: str) -> Evidence:
    try:
        report = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUsable(f"{name} is no JSON: {error}") from None
    return _joined([each for place, said in _texts(report, name, 0) for each in _placed(read_text(said), place)])


def _joined(found: list[Evidence]) -> Evidence:
    return Evidence(
        tuple(each for evidence in found for each in evidence.messages),
        tuple(each for evidence in found for each in evidence.broken),
    )


def _texts(value: object, place: str, depth: int) -> Iterator[tuple[str, str]]:
    """Give each text with SIP in it, and its place."""
    if isinstance(value, str) and "SIP/2.0" in value:
        yield place, value
    elif depth < DEEPEST and isinstance(value, dict | list):
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in members:
            yield from _texts(member, f"{place}.{key}" if isinstance(key, str) else f"{place}[{key}]", depth + 1)


def _placed(evidence: Evidence, place: str, at: float | None = None) -> Iterator[Evidence]:
    """Give the evidence of one text, placed in the whole."""
    messages = tuple(evolve(seen, spot=Spot(place, at)) for seen in evidence.messages)
    yield Evidence(messages, tuple(evolve(each, spot=Spot(place, at)) for each in evidence.broken))
