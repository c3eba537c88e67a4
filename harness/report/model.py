"""A run as `report.json` has it: what was played, how it ended, what was sent, noted and bound.

The models are the published schema (docs/report.schema.json), which has the strings under the fields. Everything in
them may be shown: tokens are claims without their signatures, secrets are hidden before anything gets here.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, JsonValue, model_validator

from harness.report.results import RequirementVerdict, Verdict

FORMAT = "val-report/1"
"""What a report says it is. The number changes when a field goes or changes its meaning; new ones may come."""


class Part(BaseModel):
    """A frozen part of a report; fields of a later version are left out when it is read."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _of_characters(cls, told: Any) -> Any:
        """Write as an escape what is no character, as JSON of others may have it and UTF-8 cannot."""
        return _of_characters(told)


def _of_characters(told: Any) -> Any:
    match told:
        case str():
            return told if told.isascii() else told.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {_of_characters(name): _of_characters(value) for name, value in told.items()}
        case list() | tuple():
            return [_of_characters(each) for each in told]
    return told


class Cause(Part):
    """Why a scenario failed."""

    says: str
    """The step that failed, or in a sentence what is wrong."""
    place: str = ""
    """File and line of it; empty where no line is to blame."""
    wanted: str = ""
    """What was wanted."""
    got: str = ""
    """What came."""
    message: str = ""
    """The message that shows it best."""
    found: tuple[str, ...] = ()
    """What the doctor says of the messages of the scenario: what is wrong, and the clause."""


class Token(Part):
    """A token that a message carries, without its signature; nobody has verified it."""

    where: str
    """The carrier, or the member of a form or a JSON body."""
    header: dict[str, JsonValue]
    """Its JOSE header."""
    claims: dict[str, JsonValue]
    """Its claims."""


class Sent(Part):
    """A message on its way from one element to the next."""

    kind: Literal["message"]
    """Tells it from a note."""
    at: FiniteFloat
    """Seconds since the first event of the scenario, by the lab's clock."""
    protocol: Literal["SIP", "HTTP"]
    """What it is written in."""
    transport: str
    """udp, tcp or tls."""
    source: str
    """Who sent it: an element, or the name of a UE."""
    target: str
    """Whom it was sent to."""
    name: str
    """Method, or status and reason."""
    method: str
    """Of the request; of an answer, the method that it answers."""
    path: str = ""
    """Of an HTTP request, and of its answer; without the query."""
    status: int | None = None
    """Of an answer."""
    fate: Literal["delivered", "lost", "repeated"] = "delivered"
    """What became of it on its way."""
    text: str = Field("", repr=False)
    """The message with its secrets hidden. An HTTP message is rebuilt of what of it is fit to be shown."""
    tokens: tuple[Token, ...] = ()
    """Tokens that it carries."""


class Noted(Part):
    """Something that an element did and that no message shows."""

    kind: Literal["note"]
    """Tells it from a message."""
    at: FiniteFloat
    """Seconds since the first event of the scenario, by the lab's clock."""
    who: str
    """The element, or the name of a UE."""
    what: str
    """What it did, in always the same words."""
    fields: dict[str, str] = {}
    """To whom or what it did so."""


Event = Annotated[Sent | Noted, Field(discriminator="kind")]


class Rung(Part):
    """One row of the ladder."""

    event: int
    """Its place in `events`."""
    step: str | None = None
    """The figure's number, where it is a step of one."""
    source: int
    """Column that the arrow leaves, or at which the note stands."""
    target: int
    """Column that the arrow reaches; the same as `source` for a note."""
    says: str
    """What stands on the arrow or beside the point."""
    details: tuple[str, ...] = ()
    """What matters of the message."""
    again: bool = False
    """Whether the same message went the same way before."""


class Binding(Part):
    """A binding of an IMPU to a VAL user and services, as long as it stood."""

    impu: str
    """The public identity."""
    user: str
    """The VAL user."""
    services: tuple[str, ...]
    """VAL service IDs."""
    service: str = ""
    """The VAL service as the server's settings name it, where it has several."""
    via: str = ""
    """REGISTER or PUBLISH."""
    begins: int
    """The event that began it, by its place in `events`."""
    ends: int | None = None
    """The event that ended it; null if it still stood at the end."""
    ended_by: str = ""
    """Why it ended."""


class Account(Part):
    """What was played and what happened."""

    id: str
    """File and name, joined by `::`."""
    file: str
    """Where it is written."""
    line: int
    """Where in the file."""
    name: str
    """What it is called."""
    about: str = ""
    """What it shows, for a reader."""
    clauses: tuple[str, ...] = ()
    """The requirements that it speaks of."""
    lab: str = ""
    """The lab that its file names."""
    figure: str | None = None
    """The figure whose steps must occur."""
    began: FiniteFloat | None = None
    """Epoch seconds of the first event, by the lab's clock, which scenarios may move."""
    failure: Cause | None = None
    """Why it failed."""
    columns: tuple[str, ...] = ()
    """Titles of the ladder's columns, from left to right."""
    ladder: tuple[Rung, ...] = ()
    """The ladder, each element with a column of its own."""
    events: tuple[Event, ...] = Field(default=(), repr=False)
    """Messages and notes in their order."""
    bindings: tuple[Binding, ...] = ()
    """What was bound, and how long."""


class Played(Account):
    """One scenario of a run."""

    verdict: Verdict
    """How it ended."""
    seconds: FiniteFloat
    """How long it took, in real time."""
    reason: str = ""
    """Why it does not apply, where it does not."""
    unseen: tuple[str, ...] = ()
    """What it expects and could not be observed, each with the step that expects it."""


class Asked(Part):
    """One requirement of the source document, and what this run says of it."""

    id: str
    """Its ID."""
    level: str
    """Its force there: shall, should, may; flow is a step of a figure."""
    says: str
    """The sentence."""
    verdict: RequirementVerdict
    """What the scenarios that speak of it say together: in part where each that passed has something `unseen`."""
    scenarios: tuple[str, ...] = ()
    """Their IDs."""


class Run(Part):
    """A whole run."""

    format: Literal["val-report/1"]
    """What this is."""
    version: str
    """Of val."""
    began: FiniteFloat
    """Epoch seconds of its begin."""
    seconds: FiniteFloat
    """How long it took, in real time."""
    interrupted_of: int | None = None
    """How many scenarios were to be played, where it ended before all were; null where it did not."""
    ended_by: str = ""
    """Why it ended before all were played, where nobody interrupted it: what the machine did not allow."""
    options: dict[str, str] = {}
    """What it was told on the command line."""
    scenarios: tuple[Played, ...] = ()
    """What was played, in the order of the files."""
    requirements: tuple[Asked, ...] = ()
    """Every requirement of the source document."""

    def count(self, verdict: Verdict) -> int:
        """Tell how many scenarios ended so."""
        return sum(one.verdict is verdict for one in self.scenarios)

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return not self.count(Verdict.FAILED)


def schema() -> Mapping[str, Any]:
    """Give the JSON Schema of a report (draft 2020-12)."""
    made = Run.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:{FORMAT.replace('/', ':')}", **made}
