"""Who can register, as a core is told of them: in its settings, or in a table of its own (CSV) for very many.

Keys stand in both as hexadecimal digits and are never shown again.
"""

from pathlib import Path
from typing import Annotated, Self

from attrs import evolve
from pydantic import Field, PlainValidator, model_validator

from sipcore_stub.hss.criteria import CriterionSettings
from sipcore_stub.hss.hss import Identity, Subscriber
from sipcore_stub.hss.ifc import Criterion
from sipcore_stub.hss.user_data import UserData
from sipcore_stub.hss.user_data import read as read_user_data
from valkit.aka.settings import SubscriberKeys
from valkit.net.files import tried
from valkit.settings import Settings, YesNo, written_as
from valkit.sip.uri import parse_uri


def _octets(size: int) -> object:
    def parse(text: str) -> bytes:
        octets = bytes.fromhex(text)
        if len(octets) != size:
            raise ValueError
        return octets

    return written_as(parse, f"{2 * size} hexadecimal digits")


Amf = Annotated[bytes, _octets(2)]
Sqn = Annotated[bytes, _octets(6)]
Uri = Annotated[str, written_as(lambda text: parse_uri(text).aor(), "sip:alice@home.example")]


def _user_data(given: object) -> UserData:
    """Read the XML, or the file of this name; a fault names the file it is in."""
    text = str(given)
    if text.lstrip().startswith("<"):
        return read_user_data(text.encode())
    try:
        return read_user_data(Path(text).read_bytes())
    except OSError as error:
        raise ValueError(f"cannot be read: {tried(Path(text))}: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{text}: {error}") from None


class IdentitySettings(Settings):
    """A public identity of a subscriber."""

    impu: Uri
    """sip: or tel: URI."""
    barred: YesNo = False
    """Whether it is never told to the UE nor asserted."""


class SubscriberSettings(SubscriberKeys):
    """One IMPI."""

    impi: str
    """Private identity, such as alice@home.example."""
    amf: Amf = b"\x80\x00"
    """AMF in hexadecimal; bit 0 is set as TS 33.401 wants it."""
    sqn: Sqn = bytes(6)
    """The last sequence number used, in hexadecimal."""
    impus: tuple[IdentitySettings | Uri, ...] = ()
    """The implicit registration set; the first that is not barred is the default identity."""
    more_sets: tuple[Annotated[tuple[IdentitySettings | Uri, ...], Field(min_length=1)], ...] = ()
    """Further implicit registration sets of the same IMPI: each is registered by itself."""
    filter_criteria: tuple[CriterionSettings, ...] | None = None
    """The subscriber's own criteria; without them, those of the core."""
    user_data: Annotated[UserData, PlainValidator(_user_data, json_schema_input_type=str)] | None = None
    """In place of impus and filter_criteria: an IMSSubscription as HSSs export it (TS 29.228 Annex E), the XML itself
    or the path of a file with it."""

    @model_validator(mode="after")
    def _one_set_of_identities(self) -> Self:
        if self.user_data is None:
            if not self.impus:
                raise ValueError("has no identity (expected impus, or user_data)")
        elif self.impus or self.filter_criteria is not None:
            raise ValueError("has user_data, which tells impus and filter_criteria (expected the one or the others)")
        elif self.user_data.impi != self.impi:
            raise ValueError(f"has the impi {self.impi}, but user_data of {self.user_data.impi}")
        return self

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The implicit registration set, however it was given."""
        return tuple(map(_identity, self.impus)) if self.user_data is None else self.user_data.identities

    @property
    def every_impu(self) -> tuple[str, ...]:
        """The identities of every set, each set's own once."""
        sets = (self.identities, *(map(_identity, one) for one in self.more_sets))
        return tuple(impu for one in sets for impu in dict.fromkeys(identity.impu for identity in one))

    def sets(self, criteria: tuple[Criterion, ...]) -> tuple[Subscriber, ...]:
        """Give the subscriber as the HSS keeps it, once for each implicit set; `criteria` are the core's."""
        first = self.subscriber(criteria)
        more = (tuple(_identity(each) for each in one) for one in self.more_sets)
        return (first, *(evolve(first, identities=one) for one in more))

    def subscriber(self, criteria: tuple[Criterion, ...]) -> Subscriber:
        """Give the subscriber with the first set."""
        return Subscriber(
            impi=self.impi,
            functions=self.functions,
            amf=self.amf,
            sqn=int.from_bytes(self.sqn),
            identities=self.identities,
            criteria=self._criteria(criteria),
            layout=self.layout,
            delta=self.delta,
        )

    def _criteria(self, otherwise: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        if self.user_data is not None:
            return self.user_data.criteria
        own = self.filter_criteria
        return otherwise if own is None else tuple(each.criterion() for each in own)


def _identity(given: IdentitySettings | str) -> Identity:
    return Identity(given) if isinstance(given, str) else Identity(given.impu, given.barred)


def each_identity_once(subscribers: tuple[SubscriberSettings, ...]) -> tuple[SubscriberSettings, ...]:
    """Give them back; ValueError where two have an identity in common."""
    impis: set[str] = set()
    owners: dict[str, str] = {}
    for each in subscribers:
        if each.impi in impis:
            raise ValueError(f"the IMPI {each.impi} stands here twice")
        impis.add(each.impi)
        for impu in each.every_impu:
            if impu in owners:
                raise ValueError(f"the IMPU {impu} stands here twice, under {owners[impu]} and {each.impi}")
            owners[impu] = each.impi
    return subscribers
