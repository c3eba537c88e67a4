"""What programs note: one vocabulary of what they say of themselves, with the fields and the causes of each note.

Whoever lets a program note something new adds a line here. A note that has none makes the scenario fail in which it is
seen (`harness.run.play`), and an expectation of what no line has is refused before anything runs
(`harness.language.soundness`), for it could never be met, or never not. Knows no scenario and no program.
"""

import difflib
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Literal

from attrs import field, frozen

from harness.grammar.vocabulary import suggestion
from harness.seen.cast import (
    CMS,
    CORE,
    ELEMENTS_OF_CORE,
    GATEWAY,
    GMS,
    HSS,
    IDMS,
    KMS,
    PROXY,
    SCSCF,
    TITLES,
    UE,
    VALSERVER,
    apart,
)
from seal.access.errors import Cause as AccessCause
from seal.kms.errors import Cause as KeyCause
from seal.proxy.errors import Refusal as ProxyRefusal
from valkit.carriers.errors import CarrierCause
from valkit.net.trust.errors import Standing
from valkit.tokens.errors import Cause
from valkit.trace import Note
from valserver.errors import Refusal
from valserver.migration.errors import Objection, Whereabouts

Part = Literal["what", "by", "fields", "cause"]
"""What of an expectation is wrong."""

CLOSE = 0.8
"""How alike two texts are of which one is taken for a slip in the other."""


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


@frozen
class Word:
    """What one kind of note is called, and what it may say."""

    what: str
    fields: frozenset[str] = field(converter=_names)
    """Names; the cause is not among them."""
    causes: tuple[str, ...] = ()
    """Every cause; none where it has no cause at all."""
    free: bool = False
    """Whether a cause may be a sentence of its own beside those: one that somebody else wrote, or with a name in it."""
    unasked: str = ""
    """Why no scenario of ours asks for it."""

    def has(self, note: Note) -> bool:
        """Whether it declares this note."""
        return note.what == self.what and note.fields.keys() - {"cause"} <= self.fields

    def doubts(self, cause: str) -> str:
        """Say what is wrong with a cause; nothing if it may be one."""
        if cause in self.causes:
            return ""
        if not self.causes and not self.free:
            return f"{self.what} has no cause"
        if self.free and " " in cause and not difflib.get_close_matches(cause, self.causes, n=1, cutoff=CLOSE):
            return ""
        return f"{cause} is no cause of {self.what} ({suggestion(cause, self.causes)})"


REGISTRATION_EVENTS = (
    *("registered", "created", "refreshed", "shortened", "expired"),
    *("deactivated", "probation", "unregistered", "rejected"),
)
"""The events of the reg event package (RFC 3680 5.3)."""

OBJECTIONS = tuple(each.value for each in Objection)
"""Why somebody does not migrate."""
REFUSED = tuple(each.value for each in chain(Refusal, Cause, CarrierCause, Standing, Objection, Whereabouts))
"""Why the VAL server refuses a request, as its log and its events name it."""

BOUND = "impu val_user_id val_service_ids via jti service"
LOST = (
    "deregistered",
    "logged off",
    "registration expired",
    "publication expired",
    "token expired",
    "client moved",
    "registration terminated",
    *(f"registration terminated ({event})" for event in REGISTRATION_EVENTS),
    "migrated",
    "migration ended",
)
"""Why somebody is bound no longer, or in fewer services."""

PROXIED = tuple(each.cause for each in ProxyRefusal)
ACCESS = tuple(dict.fromkeys(each.value for each in chain(AccessCause, Cause, Standing, KeyCause)))
ACCESS_REFUSED = Word("access refused", "status path asker", (*ACCESS, "unknown_requester", "not_the_operator"))
"""Of every server that asks who asks (`seal.access`)."""

PROVISIONED = Word("provisioned", "entry done", unasked="the scenario itself does it")
"""Of every server that an operator provisions (`harness.steps.provision`, `documents`)."""

MANAGED = (
    Word("document given", "document by"),
    *(Word(f"document {what}", "document by", unasked="who reads it next sees it") for what in ("created", "changed")),
    Word("document deleted", "document by", unasked="who reads it next sees it"),
    PROVISIONED,
    Word("removed", "entry", unasked="the scenario itself does it"),
)
"""Of a server that manages documents (`seal.management`)."""

KEYS = (
    Word("keys held", "user periods kms", unasked="ue.keys judges what came"),
    Word("certificates held", "kms", unasked="ue.keys judges what came"),
    Word("certificate doubted", "cause", unasked="what is held without it is asked by expect.keys"),
    Word("key material provisioned", "whose keys", unasked="the S-KMS is who keeps it"),
)
"""Of whoever asks an S-KMS: phones, and VAL servers that provision."""

NOT_PASSED_ON = ("not_our_server", "no_agreement", "not_that_partner")
"""Why a gateway passes a message on to nobody."""
MIGRATIONS = (
    Word("migration authorized", "home partner"),
    Word("migration checked", "home partner", OBJECTIONS),
    Word("user migrated", "home partner"),
    Word("migrated user served", "home partner", unasked="that somebody is bound there shows it"),
    Word("migration refused", "home partner", OBJECTIONS, unasked="the answer shows it"),
    Word("migration unanswered", "home partner", free=True, unasked="the answer shows it"),
    Word("migration ended", "home partner"),
    Word("user returned", "home partner", unasked="the scenario itself does it"),
)
"""Of a VAL server whose users migrate (clause 5.X.5)."""

NOTED: dict[str, tuple[Word, ...]] = {
    UE: (
        Word("autn verified", "impi impu"),
        Word("autn refused", "impi impu hint ahead", ("mac", "sqn")),
        Word("answered with the password", "impi impu", unasked="that a phone without a card is registered shows it"),
        Word("rspauth wrong", "impi impu", unasked="a scenario shows that it is not noted; tests have such a core"),
        Word("reg event", "impu event"),
        Word("signed in", "val_user_id val_service_ids", unasked="the token shows it"),
        Word("token renewed", "val_user_id val_service_ids"),
        *KEYS,
        Word("secret sent", "to", unasked="the scenario itself does it"),
        Word("secret opened", "sender"),
        Word("token not renewed", "", free=True, unasked="ue.token says what became of it"),
    ),
    SCSCF: (
        Word("res verified", "impi algorithm"),
        Word("res wrong", "impi algorithm"),
    ),
    HSS: (
        Word("vector issued", "impi scheme"),
        Word("synchronised", "impi"),
        Word("flag", "impi flag"),
    ),
    VALSERVER: (
        *KEYS,
        *MIGRATIONS,
        Word("bound", BOUND, ("token",)),
        Word("rebound", BOUND, ("another user", "another token", "the same token", *LOST), free=True),
        Word("moved", f"{BOUND} from_impu", ("same client",)),
        Word("unbound", BOUND, LOST, free=True),
        Word("refused", "impu via jti service detail", REFUSED, free=True),
        Word("tolerated", "impu via jti service detail", REFUSED, free=True),
        Word("no token", "impu via service", ("none came",), free=True),
        Word("followed", "impu via service", free=True),
        Word("unfollowed", "impu via service", ("no answer",), free=True),
    ),
    IDMS: (
        Word("logged in", "user acr"),
        Word("log-in refused", "method"),
        Word("log-in locked", "method", unasked="that the right password is refused shows it"),
        Word("signed out", "user", unasked="the page is what is judged"),
        Word("code issued", "user client family", unasked="the answer shows it"),
        Word("code reused", "user client family", unasked="the refusal shows it"),
        Word("refresh token reused", "user client family", unasked="the refusal shows it"),
        Word("tokens issued", "user client jti services grant", unasked="the answer shows them"),
        Word("revoked", "user client family jti", unasked="that nothing is renewed shows it"),
        Word("security token issued", "user client partner jti", unasked="the answer shows it"),
        Word("security token accepted", "partner subject user", unasked="the answer shows it"),
        Word("security token refused", "client partner", free=True, unasked="the answer shows it"),
        Word("guest account made", "user partner", unasked="the log-in shows it"),
        PROVISIONED,
        Word("changed", "entry", unasked="the scenario itself does it"),
        Word("removed", "entry", unasked="the scenario itself does it"),
        Word("keys of the partner taken", "", unasked="the scenario itself does it"),
        Word("key replaced", "", unasked="the scenario itself does it"),
    ),
    KMS: (
        PROVISIONED,
        Word("certificate given", "user services", unasked="the answer shows it"),
        Word("certificates given", "user services", unasked="the answer shows it"),
        Word("keys given", "user services whose periods"),
        Word("key material kept", "user services whose keys", unasked="the answer shows it"),
        Word("service disabled", "entry", unasked="the scenario itself does it"),
        Word("service enabled", "entry", unasked="the scenario itself does it"),
        Word("revoked", "entry", unasked="the scenario itself does it"),
        Word("restored", "entry", unasked="the scenario itself does it"),
        Word("certificate taken", "entry", unasked="the scenario itself does it"),
        Word("certificate left", "entry", unasked="nobody does it in a scenario"),
        ACCESS_REFUSED,
    ),
    CMS: (*MANAGED, ACCESS_REFUSED),
    GMS: (*MANAGED, ACCESS_REFUSED),
    GATEWAY: (
        Word("migration message refused", "from to", NOT_PASSED_ON, unasked="no program of a lab sends one"),
        Word("next hop unavailable", "to", free=True),
    ),
    PROXY: (
        Word("request passed on", "server method path status asserted", unasked="what goes to the server shows it"),
        Word("request refused", "peer method path detail", PROXIED, unasked="the answer shows it"),
    ),
}
"""By the element whose notes they are."""

ANYBODY: tuple[Word, ...] = (
    Word("started", "", unasked="the scenario itself does it"),
    Word("stopped", "", unasked="the scenario itself does it"),
    Word("killed", "", unasked="the scenario itself does it"),
    Word("tls established", "peer name host version"),
    Word("unreachable", "peer name"),
)
"""What is noted of any program."""


def undeclared(note: Note, phones: Collection[str]) -> bool:
    """Whether a program noted what stands in no line above."""
    return not any(word.has(note) for word in _words(UE if note.who in phones else note.who))


def doubts(what: str, by: str, fields: Collection[str], cause: str | None) -> Iterator[tuple[Part, str, str]]:
    """Tell what of an expectation nobody can meet: which part, which field of it if that is one, and why."""
    words = {word.what: word for word in _words(by)}
    word = words.get(what)
    if word is None:
        yield "what", "", _nobody(what, by, words)
        return
    for name in fields:
        if name not in word.fields | {"cause"}:
            there = sorted(word.fields)
            yield (
                "fields",
                name,
                f"{name} is no field of {what} ({suggestion(name, there) if there else 'it has none'})",
            )
    wrong = word.doubts(cause) if cause is not None else ""
    if wrong:
        yield "cause", "", wrong


def _words(who: str) -> tuple[Word, ...]:
    """Give the words of somebody by any name that a scenario may use: whoever is no element is a phone."""
    _, own = apart(who)
    if own == CORE:
        return tuple(chain.from_iterable(_words(element) for element in sorted(ELEMENTS_OF_CORE)))
    return (*NOTED.get(own if own in TITLES else UE, ()), *ANYBODY)


def _nobody(what: str, by: str, words: Collection[str]) -> str:
    """Say that this one notes no such thing, and who does."""
    others = [who for who, theirs in NOTED.items() if any(word.what == what for word in theirs)]
    if others:
        return f"{by} does not note {what}, {' and '.join(others)} does (say `by: {others[0]}`)"
    everything = {word.what for word in chain(*NOTED.values(), ANYBODY)}
    close = difflib.get_close_matches(what, words, n=1) or difflib.get_close_matches(what, everything, n=1)
    return f"{what} is nothing that {by} notes ({suggestion(what, close or words)})"
