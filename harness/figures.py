"""The figures of the source document as data: what must be seen for each numbered step, in the seed's own words.

`read` looks for a figure in a story: the steps that occurred, each after the one before, and the first that did not.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from attrs import frozen

from harness.cast import CORE, GATEWAY, HSS, IDMS, PARTNER, SCSCF, UE, VALSERVER, Cast, within
from harness.story import Moment, Passage, Remark, Spoken
from valkit.sip.message import Message, Response
from valkit.trace import Http, Note


@frozen
class Arrow:
    """A message from one part to another, by whatever way."""

    source: str
    target: str
    method: str
    status: range | None = None
    """None: the request itself."""
    proven: bool | None = None
    """Whether the request has credentials with a response in them, where that makes the difference."""

    def fits(self, moment: Moment, cast: Cast) -> bool:
        """Whether this is such a message."""
        return (
            isinstance(moment, Passage)
            and cast.plays(moment.source, self.source)
            and cast.plays(moment.target, self.target)
            and self._fits(moment)
        )

    def hidden(self, hides: Callable[[str], bool]) -> bool:
        """Whether none of both ends shows it."""
        return hides(self.source) and hides(self.target)

    def _fits(self, passage: Passage) -> bool:
        message = passage.message
        if message.cseq.method != self.method:
            return False
        if isinstance(message, Response):
            return self.status is not None and message.status in self.status
        return self.status is None and self.proven in {None, _proven(message)}


def _proven(request: Message) -> bool:
    credentials = request.authorization
    return credentials is not None and bool(credentials.get("response"))


@frozen
class Act:
    """Something that a part did by itself, and noted."""

    who: str
    what: frozenset[str]
    fields: Mapping[str, str] = {}

    def fits(self, moment: Moment, cast: Cast) -> bool:
        """Whether this is such an act."""
        return isinstance(moment, Remark) and cast.plays(moment.note.who, self.who) and self._fits(moment.note)

    def hidden(self, hides: Callable[[str], bool]) -> bool:
        """Whether it is the act of somebody who does not tell."""
        return hides(self.who)

    def _fits(self, note: Note) -> bool:
        return note.what in self.what and self.fields.items() <= dict(note.fields).items()


@frozen
class Call:
    """An HTTP request, or with `status` its answer, at one of these paths."""

    source: str
    target: str
    path: str
    """The path, or where it ends with a slash, what the path begins with."""
    status: range | None = None
    """None: the request itself."""
    fields: frozenset[str] = frozenset()
    """What it has to say, by the names of its fields."""
    values: Mapping[str, str] = {}
    """Fields that have to say this."""

    def fits(self, moment: Moment, cast: Cast) -> bool:
        """Whether this is such a message."""
        return (
            isinstance(moment, Spoken)
            and cast.plays(moment.http.source, self.source)
            and cast.plays(moment.http.target, self.target)
            and self._fits(moment.http)
        )

    def hidden(self, hides: Callable[[str], bool]) -> bool:
        """Whether none of both ends shows it."""
        return hides(self.source) and hides(self.target)

    def _fits(self, http: Http) -> bool:
        same_kind = http.status is None if self.status is None else http.status in self.status
        says = self.fields <= http.fields.keys() and self.values.items() <= dict(http.fields).items()
        there = http.path.startswith(self.path) if self.path.endswith("/") else http.path == self.path
        return same_kind and says and there


Sign = Arrow | Act | Call


def act(who: str, *what: str, **fields: str) -> Act:
    """Name an act by any of the words that it may be noted with."""
    return Act(who, frozenset(what), fields)


@frozen
class FigureStep:
    """One number of a figure."""

    number: str
    says: str
    """The seed's wording."""
    shown_by: tuple[Sign, ...]
    """All of these, in any order among themselves."""


@frozen
class Figure:
    """A message sequence chart of the source document."""

    name: str
    title: str
    steps: tuple[FigureStep, ...]


SUCCESS = range(200, 300)
REFUSED = range(400, 500)
REDIRECTED = range(302, 304)
BINDS = ("bound", "rebound", "moved")

REGISTER_FIGURE = Figure(
    "5.X.3.2.2-1",
    "VAL user service authorization with SIP REGISTER",
    (
        FigureStep("1", "REGISTER(IMPI, IMPU)", (Arrow(UE, CORE, "REGISTER", proven=False),)),
        FigureStep(
            "2",
            "Obtains AV from HSS. Sets Registration flag in HSS.",
            (act(HSS, "vector issued"), act(HSS, "flag", flag="pending")),
        ),
        FigureStep("3", "4xx Auth_Challenge(IMPI, RAND, AUTN)", (Arrow(CORE, UE, "REGISTER", REFUSED),)),
        FigureStep("4", "Verifies Auth. Generates Keys and RES", (act(UE, "autn verified"),)),
        FigureStep("5", "REGISTER(IMPI, RES, Token)", (Arrow(UE, CORE, "REGISTER", proven=True),)),
        FigureStep("6", "Verifies RES=XRES", (act(SCSCF, "res verified"),)),
        FigureStep("7", "Update registration-flag to registered.", (act(HSS, "flag", flag="registered"),)),
        FigureStep("8", "2xx Auth_OK", (Arrow(CORE, UE, "REGISTER", SUCCESS),)),
        FigureStep("9", "REGISTER (IMPU, Token)", (Arrow(CORE, VALSERVER, "REGISTER"),)),
        FigureStep(
            "10",
            "Token verification. Identity binding between the signalling layer identities and the VAL user identities.",
            (act(VALSERVER, *BINDS),),
        ),
        FigureStep("11", "2xx Auth_OK", (Arrow(VALSERVER, CORE, "REGISTER", SUCCESS),)),
    ),
)

PUBLISH_FIGURE = Figure(
    "5.X.3.2.3-1",
    "VAL user service authorization with SIP PUBLISH",
    (
        FigureStep("1", "PUBLISH (IMPU, Token)", (Arrow(UE, VALSERVER, "PUBLISH"),)),
        FigureStep(
            "2",
            "Token verification. Identity binding between signalling layer identities and the VAL user identities.",
            (act(VALSERVER, *BINDS),),
        ),
        FigureStep("3", "200 (OK)", (Arrow(VALSERVER, UE, "PUBLISH", range(200, 201)),)),
    ),
)

TUNNEL = FigureStep("1", "UE establishes a secure tunnel with the S-IdMS.", (act(UE, "tls established", peer=IDMS),))
REQUEST = FigureStep(
    "2",
    "UE sends an OpenID Connect Authentication Request to the S-IdMS.",
    (Call(UE, IDMS, "/authorize", fields=frozenset({"client_id", "scope"}), values={"response_type": "code"}),),
)
ANSWERED_WITH_CODE = (
    FigureStep(
        "4",
        "S-IdMS sends an OpenID Connect Authentication Response to the UE containing an authorization code.",
        (Call(IDMS, UE, "/login", REDIRECTED, frozenset({"code"})),),
    ),
    FigureStep(
        "5",
        "UE sends an OpenID Connect Token Request to the S-IdMS, passing the authorization code.",
        (Call(UE, IDMS, "/token", fields=frozenset({"code"}), values={"grant_type": "authorization_code"}),),
    ),
    FigureStep(
        "6",
        "S-IdMS sends an OpenID Connect Token Response to the UE containing an ID token and an access token.",
        (Call(IDMS, UE, "/token", SUCCESS, frozenset({"id_token", "access_token"})),),
    ),
)

OIDC_FIGURE = Figure(
    "5.X.2.3.1-1",
    "OpenID Connect (OIDC) flow supporting VAL user authentication",
    (
        TUNNEL,
        REQUEST,
        FigureStep("3", "User Authentication is performed.", (act(IDMS, "logged in"),)),
        *ANSWERED_WITH_CODE,
    ),
)

PASSWORD_FIGURE = Figure(
    "5.X.2.3.2-1",
    "OpenID Connect (OIDC) example using username/password",
    (
        TUNNEL,
        REQUEST,
        FigureStep(
            "3a",
            "S-IdMS sends an HTML form to UE prompting the user for their username & password.",
            (Call(IDMS, UE, "/authorize", SUCCESS, frozenset({"form"})),),
        ),
        FigureStep(
            "3b",
            "UE sends the username & password (as provided by the user) to the S-IdMS.",
            (Call(UE, IDMS, "/login", fields=frozenset({"username", "password"})),),
        ),
        *ANSWERED_WITH_CODE,
    ),
)

PARTNER_IDMS = within(PARTNER, IDMS)
GRANT = "urn:ietf:params:oauth:grant-type:"
EXCHANGED = frozenset({"subject_token", "resource"})
BROUGHT = frozenset({"assertion"})

EXCHANGE_FIGURE = Figure(
    "5.X.4.2-2",
    "Token exchange procedure",
    (
        FigureStep(
            "1",
            "Authorization code flow with the primary S-IdMS.",
            (
                Call(UE, IDMS, "/token", fields=frozenset({"code"}), values={"grant_type": "authorization_code"}),
                Call(IDMS, UE, "/token", SUCCESS, frozenset({"id_token", "access_token"})),
            ),
        ),
        FigureStep(
            "2",
            "Token exchange request to the primary S-IdMS, with the access token and the partner S-IdMS.",
            (Call(UE, IDMS, "/token", fields=EXCHANGED, values={"grant_type": f"{GRANT}token-exchange"}),),
        ),
        FigureStep(
            "3",
            "Token exchange response with the security token.",
            (Call(IDMS, UE, "/token", SUCCESS, frozenset({"access_token", "issued_token_type"})),),
        ),
        FigureStep(
            "4",
            "Token request to the partner S-IdMS, with the security token.",
            (Call(UE, PARTNER_IDMS, "/token", fields=BROUGHT, values={"grant_type": f"{GRANT}jwt-bearer"}),),
        ),
        FigureStep(
            "5",
            "Token response with the access token for the partner domain.",
            (Call(PARTNER_IDMS, UE, "/token", SUCCESS, frozenset({"access_token"})),),
        ),
    ),
)

PARTNER_VALSERVER, PARTNER_GATEWAY = within(PARTNER, VALSERVER), within(PARTNER, GATEWAY)
MIGRATIONS = "/migrations/"
ASKED = {"act": "migrate"}
ANSWERED = frozenset({"result"})

MIGRATION_FIGURE = Figure(
    "5.X.5-2",
    "Service authorization for migration to partner VAL system",
    (
        FigureStep("1", "Migration service authorization request", (Arrow(UE, PARTNER_VALSERVER, "MESSAGE"),)),
        FigureStep("2", "Authorization check", (act(PARTNER_VALSERVER, "migration authorized"),)),
        FigureStep(
            "3",
            "Migration service authorization request",
            (Call(PARTNER_VALSERVER, PARTNER_GATEWAY, MIGRATIONS, values=ASKED),),
        ),
        FigureStep(
            "4", "Migration service authorization request", (Call(PARTNER_GATEWAY, GATEWAY, MIGRATIONS, values=ASKED),)
        ),
        FigureStep(
            "5", "Migration service authorization request", (Call(GATEWAY, VALSERVER, MIGRATIONS, values=ASKED),)
        ),
        FigureStep("6", "Authorization check", (act(VALSERVER, "migration checked"),)),
        FigureStep("7", "Mark VAL service user as migrated to partner system", (act(VALSERVER, "user migrated"),)),
        FigureStep(
            "8", "Migration service authorization response", (Call(VALSERVER, GATEWAY, MIGRATIONS, SUCCESS, ANSWERED),)
        ),
        FigureStep(
            "9",
            "Migration service authorization response",
            (Call(GATEWAY, PARTNER_GATEWAY, MIGRATIONS, SUCCESS, ANSWERED),),
        ),
        FigureStep(
            "10",
            "Migration service authorization response",
            (Call(PARTNER_GATEWAY, PARTNER_VALSERVER, MIGRATIONS, SUCCESS, ANSWERED),),
        ),
        FigureStep(
            "11", "Migration service authorization response", (Arrow(PARTNER_VALSERVER, UE, "MESSAGE", SUCCESS),)
        ),
    ),
)

MIGRATING_FIGURE = Figure(
    "5.X.5-1",
    "Service authorization for migration to partner VAL system",
    (
        *EXCHANGE_FIGURE.steps,
        FigureStep(
            "6",
            "Service authorization for migration to partner VAL system",
            (Arrow(UE, PARTNER_VALSERVER, "MESSAGE"), Arrow(PARTNER_VALSERVER, UE, "MESSAGE", SUCCESS)),
        ),
        FigureStep(
            "7", "Service authorization to migration partner domain services", (act(PARTNER_VALSERVER, *BINDS),)
        ),
    ),
)

FIGURES: Mapping[str, Figure] = {
    figure.name: figure
    for figure in (
        OIDC_FIGURE,
        PASSWORD_FIGURE,
        REGISTER_FIGURE,
        PUBLISH_FIGURE,
        EXCHANGE_FIGURE,
        MIGRATING_FIGURE,
        MIGRATION_FIGURE,
    )
}


@frozen
class Reading:
    """What of a figure was found in a story."""

    numbers: Mapping[int, str]
    """The step's number of each moment that shows one, by the moment's place in the trace."""
    missing: FigureStep | None
    """The first step that did not occur in its turn."""


def read(
    figure: Figure, moments: tuple[Moment, ...], cast: Cast, hides: Callable[[str], bool] = lambda _: False
) -> Reading:
    """Find the steps of a figure, each after all that showed the one before; `hides` says of whom nothing is seen."""
    numbers: dict[int, str] = {}
    after = 0
    for step in figure.steps:
        places = [_place(sign, moments, after, cast) for sign in step.shown_by if not sign.hidden(hides)]
        found = [place for place in places if place is not None]
        numbers |= {moments[place].at: step.number for place in found}
        if len(found) < len(places):
            return Reading(numbers, step)
        after = max(found, default=after - 1) + 1
    return Reading(numbers, None)


def _place(sign: Sign, moments: tuple[Moment, ...], after: int, cast: Cast) -> int | None:
    return next(_places(sign, moments, after, cast), None)


def _places(sign: Sign, moments: tuple[Moment, ...], after: int, cast: Cast) -> Iterator[int]:
    for place, moment in enumerate(islice(moments, after, None), start=after):
        if sign.fits(moment, cast):
            yield place
