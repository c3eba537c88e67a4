"""What the server knows of one IMPU in one VAL service: registration, publications, what tokens granted in each.

Values only. The rules that change them stand in `valserver.bindings`; `encode` and `decode` are the form a store
keeps. A record that is not registered and has no publication does not exist, and only a bound IMPU has publications.

A server of several VAL services has a record for each, as if each had a server of its own: they are told apart by keys.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from math import inf
from typing import Any, NamedTuple

from attrs import frozen

REGISTER = "REGISTER"
PUBLISH = "PUBLISH"

# These four are made for every request, a hundred thousand of each stay in memory, and json writes them as arrays:
# NamedTuples rather than attrs classes.


class Grant(NamedTuple):
    """One token's right to one VAL service, from one client."""

    val_service_id: str
    client_id: str
    """The device as the carrier names it (val-client-id), or "" when it names none."""
    jti: str
    exp: float
    """When the token expires, in epoch seconds."""


class Registration(NamedTuple):
    """What the last third-party REGISTER for the IMPU said (TS 24.229 5.4.1.7)."""

    registrar: str
    """The S-CSCF, from Contact."""
    call_id: str
    cseq: int
    ends: float
    grants: tuple[Grant, ...]
    entered: str = ""
    """The IMPU that the UE's own REGISTER named, where the core has passed that on; it brought in its implicit set."""


class Publication(NamedTuple):
    """One published event state (RFC 3903): the latest of this client in this package."""

    event: str
    client_id: str
    tag: str
    ends: float
    grants: tuple[Grant, ...]


class Record(NamedTuple):
    """All that is known of one IMPU."""

    impu: str
    val_user_id: str | None
    """The one VAL user that the IMPU speaks for, or None when nothing is bound."""
    registration: Registration | None
    publications: tuple[Publication, ...]
    service: str = ""
    """The VAL service as the settings name it; empty where there is only one."""

    @property
    def key(self) -> str:
        """By which it is kept."""
        return key_of(self.impu, self.service)

    def grants(self) -> Iterator[Grant]:
        """Every grant, those of the registration first."""
        if self.registration is not None:
            yield from self.registration.grants
        for publication in self.publications:
            yield from publication.grants

    def services(self) -> tuple[str, ...]:
        """Give the VAL service IDs bound, each once, in the order granted."""
        return tuple(dict.fromkeys(grant.val_service_id for grant in self.grants()))

    def clients(self) -> tuple[str, ...]:
        """Give the named clients that the binding came from, each once."""
        return tuple(dict.fromkeys(grant.client_id for grant in self.grants() if grant.client_id))


def key_of(impu: str, service: str) -> str:
    """Give the key of a record: the IMPU, and behind what no IMPU holds the service, if there are several."""
    return f"{impu}\t{service}" if service else impu


@frozen
class Binding:
    """This IMPU speaks for this VAL user, in these VAL services: a record as people and scenarios read it."""

    impu: str
    val_user_id: str
    val_service_ids: tuple[str, ...]
    client_ids: tuple[str, ...]
    via: tuple[str, ...]
    """REGISTER, PUBLISH or both."""
    jtis: tuple[str, ...]
    registrar: str | None
    """The S-CSCF that registered the IMPU; None when a PUBLISH came first."""
    ends: float
    """When the last of it ends unless it is refreshed, in epoch seconds."""
    service: str = ""
    """The VAL service as the settings name it; empty where there is only one."""

    @classmethod
    def of(cls, record: Record) -> "Binding | None":
        """Give the binding in a record; None when nothing is bound."""
        if record.val_user_id is None:
            return None
        registration = record.registration
        parts = [(REGISTER, registration), *((PUBLISH, publication) for publication in record.publications)]
        sources = [(via, part) for via, part in parts if part is not None and part.grants]
        return cls(
            impu=record.impu,
            val_user_id=record.val_user_id,
            val_service_ids=record.services(),
            client_ids=record.clients(),
            via=tuple(dict.fromkeys(via for via, _ in sources)),
            jtis=tuple(dict.fromkeys(grant.jti for grant in record.grants())),
            registrar=registration.registrar if registration is not None else None,
            ends=min(registration.ends if registration is not None else inf, max(part.ends for _, part in sources)),
            service=record.service,
        )


Packed = tuple[Any, ...]
"""A record as plain tuples within a tuple."""


def packed(record: Record) -> Packed:
    """Pack a record for keeping: of plain tuples the garbage collector lets go, of these classes it visits each."""
    registration = record.registration
    kept = None if registration is None else (*registration[:4], _flat(registration.grants), registration.entered)
    published = tuple([(*each[:4], _flat(each.grants)) for each in record.publications])
    return record.impu, record.val_user_id, kept, published, record.service


def unpacked(fields: Packed) -> Record:
    """Give the record that was packed."""
    impu, user, registration, publications, service = fields
    if registration is not None:
        registrar, call_id, cseq, ends, grants, entered = registration
        registration = Registration(registrar, call_id, cseq, ends, _unflattened(grants), entered)
    if publications:
        publications = tuple([Publication._make((*each[:4], _unflattened(each[4]))) for each in publications])
    return Record(impu, user, registration, publications, service)


def same_clients(before: Packed, after: Packed) -> bool:
    """Whether two surely name the same clients: the usual refresh, seen without looking at every grant."""
    was, now = before[2], after[2]
    if was is None or now is None:
        return False
    return bool(was[4] == now[4] and before[3] == after[3] and before[1] == after[1])


def _flat(grants: tuple[Grant, ...]) -> tuple[Any, ...]:
    return tuple(chain.from_iterable(grants))


def _unflattened(flat: tuple[Any, ...]) -> tuple[Grant, ...]:
    each = iter(flat)
    return tuple(map(Grant, each, each, each, each))


def encode(record: Record) -> str:
    """Write the record as JSON text, arrays in the order of the fields."""
    return json.dumps(record, separators=(",", ":"))


def decode(text: str) -> Record:
    """Read the record that `encode` wrote; ValueError when the text is no such thing."""
    try:
        impu, user, registration, publications, *later = json.loads(text)
        (service,) = later or ("",)  # not in what was written before there were several
        record = Record(
            _typed(impu, str),
            None if user is None else _typed(user, str),
            None if registration is None else _registration(registration),
            tuple(_publication(*fields) for fields in publications),
            _typed(service, str),
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"not a record: {str(text)[:80]!r}") from error
    return record


def _registration(fields: list[Any]) -> Registration:
    registrar, call_id, cseq, ends, grants, *later = fields
    (entered,) = later or ("",)  # not in what was written before there was such a thing
    return Registration(
        _typed(registrar, str),
        _typed(call_id, str),
        _typed(cseq, int),
        _typed(ends, int, float),
        _grants(grants),
        _typed(entered, str),
    )


def _publication(event: object, client_id: object, tag: object, ends: object, grants: Iterable[Any]) -> Publication:
    return Publication(
        _typed(event, str), _typed(client_id, str), _typed(tag, str), _typed(ends, int, float), _grants(grants)
    )


def _grants(rows: Iterable[Any]) -> tuple[Grant, ...]:
    return tuple(_grant(*row) for row in rows)


def _grant(service: object, client_id: object, jti: object, exp: object) -> Grant:
    return Grant(_typed(service, str), _typed(client_id, str), _typed(jti, str), _typed(exp, int, float))


def _typed(value: object, *types: type) -> Any:
    """Give the value if it is of one of these types and no other: a time that is a text would fail much later."""
    if type(value) not in types:
        raise TypeError(f"a {type(value).__name__} where none can be")
    return value
