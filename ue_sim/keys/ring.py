"""The keys that a user holds, and what they are good for: to sign, to verify, to send a secret and to open one.

Secrets travel in MIKEY-SAKKE I_MESSAGEs (RFC 6509). Which keys are used is the key period's of the message's time.
"""

from collections.abc import Iterable
from hashlib import sha256
from math import inf

from attrs import define, field, frozen

from ue_sim.keys.checking import Kms, PeriodKeys
from ue_sim.keys.errors import Doubtful, NoKeys
from valkit.idbased.errors import IdBasedError
from valkit.idbased.sakke import new_ssv
from valkit.ids import Ids
from valkit.keymanagement import mikey
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.keysets import ProvisionedKey
from valkit.keymanagement.mikey import IMessage, Parties

EARLY = 300.0
"""Seconds by which a message may come before its time: clocks differ."""
REMEMBERED = 1_000
"""Messages that are remembered, so that each is opened once; what is older than those is not opened (RFC 3830 5.4)."""


@frozen
class Opened:
    """A secret that came, from whom, and when it was sent."""

    ssv: bytes = field(repr=False)
    initiator: str
    at: float
    csb_id: int


@define
class KeyRing:
    """One user's keys at one KMS, and the certificates of others."""

    user: str
    kms: Kms
    others: dict[str, Kms] = field(factory=dict)
    """KMSs of other domains, by name."""
    cache_number: int | None = None
    """Of the cache that they came from."""
    provisioned: tuple[ProvisionedKey, ...] = field(default=(), repr=False)
    """What VAL servers have provisioned for this user."""
    _periods: dict[int, PeriodKeys] = field(factory=dict, repr=False)
    _opened: dict[bytes, float] = field(factory=dict, repr=False)
    """When each message that is remembered was sent."""
    _forgotten: float = -inf
    """When the latest of those was sent that are remembered no more."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The key periods whose keys are held."""
        return tuple(sorted(self._periods))

    @property
    def periods(self) -> tuple[PeriodKeys, ...]:
        """All keys, in the order of their periods."""
        return tuple(self._periods[number] for number in self.numbers)

    def hold(self, keys: Iterable[PeriodKeys]) -> None:
        """Keep keys; those of a period take the place of older ones of it."""
        self._periods |= {each.number: each for each in keys}

    def at(self, now: float) -> PeriodKeys:
        """Give the keys of the period at this time. Raises NoKeys."""
        number = self.kms.certificate.periods.number(now)
        if number not in self._periods:
            raise NoKeys(f"there are no keys of key period {number}: fetch them")
        return self._periods[number]

    def sign(self, message: bytes, now: float, ids: Ids) -> bytes:
        """Sign a message with this period's SSK (RFC 6507 5.2.1), 129 bytes. Raises NoKeys."""
        return self.at(now).signing.sign(message, ids)

    def verify(self, message: bytes, signature: bytes, signer: str, now: float, kms_uri: str | None = None) -> None:
        """Accept another's signature made in this period. Raises Doubtful, NoKeys."""
        kms = self._kms(kms_uri)
        self._verify(kms, kms.certificate.identity(signer, kms.certificate.periods.number(now)), message, signature)

    def send(
        self, responder: str, now: float, ids: Ids, *, kms_uri: str | None = None, ssv: bytes | None = None
    ) -> tuple[bytes, bytes]:
        """Give a secret, drawn unless it is given, and the I_MESSAGE that takes it to a user. Raises NoKeys.

        `kms_uri` is the responder's KMS, if it is another than ours.
        """
        kms, keys = self._kms(kms_uri), self.at(now)
        identity = kms.certificate.identity(responder, kms.certificate.periods.number(now))
        ssv = new_ssv(ids) if ssv is None else ssv
        parties = Parties(self.user, responder, self.kms.uri, kms.uri, keys.signing.identity, identity)
        encapsulated = kms.z.encapsulate(identity, ssv)
        message = IMessage(int.from_bytes(ids.nonce(4)), now, ids.nonce(mikey.RAND), parties, encapsulated)
        return ssv, message.signed_with(lambda text: keys.signing.sign(text, ids))

    def open(self, data: bytes, now: float) -> Opened:
        """Open an I_MESSAGE to this user, once. Raises Doubtful, NoKeys."""
        try:
            received = mikey.read(data)
        except Unreadable as error:
            raise Doubtful(str(error)) from None
        message = received.message
        if message.at > now + EARLY:
            raise Doubtful("the message is of a time that has not come")
        keys = self.at(message.at)
        self._require_for_us(message.parties, keys)
        self._require_signed(received)
        digest = sha256(received.signed).digest()  # not the signature: of one that holds, another can be made
        if digest in self._opened or message.at <= self._forgotten:
            raise Doubtful("the message has been opened before, or is too old to know that it was not")
        try:
            ssv = keys.receiving.decapsulate(message.encapsulated)
        except IdBasedError as error:
            raise Doubtful(f"the secret cannot be opened: {error}") from None
        self._remember(digest, message.at)
        return Opened(ssv, message.parties.initiator, message.at, message.csb_id)

    def _require_for_us(self, parties: Parties, keys: PeriodKeys) -> None:
        ours = parties.responder == self.user and parties.responder_kms == self.kms.uri
        if not ours or parties.responder_uid not in {b"", keys.receiving.identity}:
            raise Doubtful("the message is for another user")

    def _require_signed(self, received: mikey.Received) -> None:
        message, parties = received.message, received.message.parties
        kms = self._kms(parties.initiator_kms)
        certificate = kms.certificate
        if not certificate.holds(message.at):
            raise Doubtful(f"the certificate of {kms.uri} does not hold at the message's time")
        try:
            identity = certificate.identity(parties.initiator, certificate.periods.number(message.at))
        except ValueError:
            raise Doubtful("the message does not say who sent it") from None
        if parties.initiator_uid not in {b"", identity}:
            raise Doubtful("the message's sender is not who it says")
        self._verify(kms, identity, received.signed, received.signature)

    def _verify(self, kms: Kms, identity: bytes, message: bytes, signature: bytes) -> None:
        try:
            kms.kpak.verify(identity, message, signature)
        except IdBasedError as error:
            raise Doubtful(str(error)) from None

    def _kms(self, uri: str | None) -> Kms:
        if uri in {None, self.kms.uri}:
            return self.kms
        found = self.others.get(uri or "")
        if found is None:
            raise NoKeys(f"there is no certificate of {uri}: fetch those of other domains")
        return found

    def _remember(self, digest: bytes, at: float) -> None:
        self._opened[digest] = at
        if len(self._opened) > REMEMBERED:
            oldest = min(self._opened, key=self._opened.__getitem__)
            self._forgotten = max(self._forgotten, self._opened.pop(oldest))
