"""MIKEY-SAKKE I_MESSAGEs (RFC 6509 2.2, RFC 3830 6): a secret encapsulated to one user, signed by another.

    HDR, T, RAND, IDRi, IDRr, IDRkmsi, IDRkmsr, IDRuidi, IDRuidr, SAKKE, SIGN

Who is meant is said by URIs and KMSs (RFC 6509 4.4), and by the UIDs that keys are for, whose roles and ID scheme are
those of TS 33.180 E and F. We negotiate no crypto sessions: our CS ID map is empty (RFC 4563 4). What others have of
sessions, security policy and extensions is passed over. Bytes and values only; keys are `valkit.idbased`'s.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TypeGuard

from attrs import frozen

from valkit.idbased.eccsi import SIGNATURE_SIZE
from valkit.idbased.sakke import ENCAPSULATED_SIZE
from valkit.keymanagement.errors import Unreadable
from valkit.keymanagement.times import ntp, read_ntp

VERSION = 1
SAKKE_MESSAGE = 26
"""Data type (RFC 6509 4.1)."""
PRF = 1
"""PRF-HMAC-SHA-256 (RFC 6043 6.1); V, whether a response is expected, is 0."""
EMPTY_MAP, GENERIC_ID = 1, 2
"""CS ID map types (RFC 4563 4.1, RFC 6043 6.1.1)."""
URI = 1
"""ID type (RFC 3830 6.7)."""
SET_1 = 1
"""SAKKE params (RFC 6509 4.2)."""
HASHED = 2
"""ID scheme: UIDs of TS 33.180 F.2.1; 1 is RFC 6509's own."""
ECCSI = 2
"""Type of signature (RFC 6509 4.3)."""
RAND = 16
"""Bytes that are drawn for each message."""
LONGEST = 4_096
"""Bytes of a message that is read."""


class Payload(IntEnum):
    """Payloads by the numbers with which the one before announces them."""

    LAST = 0
    SIGN = 4
    T = 5
    SP = 10
    RAND = 11
    IDR = 14
    EXTENSION = 21
    SAKKE = 26


class Role(IntEnum):
    """Whose an IDR payload is."""

    INITIATOR = 1
    RESPONDER = 2
    INITIATOR_KMS = 6
    RESPONDER_KMS = 7
    INITIATOR_UID = 8
    RESPONDER_UID = 9


Sign = Callable[[bytes], bytes]
"""Signs, with the initiator's SSK (RFC 6507 5.2.1)."""


@frozen
class Parties:
    """Who sends and who is to receive; a message may leave out what the other side knows."""

    initiator: str = ""
    responder: str = ""
    initiator_kms: str = ""
    responder_kms: str = ""
    initiator_uid: bytes = b""
    responder_uid: bytes = b""


@frozen
class IMessage:
    """One message."""

    csb_id: int
    """What names the secret (CSB ID, 32 bits)."""
    at: float
    """When it was made, in epoch seconds; the key period of its keys is the one at this time."""
    rand: bytes
    parties: Parties
    encapsulated: bytes
    """The secret, encapsulated to the responder's UID (RFC 6508 6.2.1)."""

    def signed_with(self, sign: Sign) -> bytes:
        """Write it, with its signature over all before that (RFC 6509 4.3)."""
        rows = [
            (Payload.T, b"\x00" + bytes.fromhex(ntp(self.at))),
            (Payload.RAND, bytes([len(self.rand)]) + self.rand),
            *((Payload.IDR, _identity(role, data)) for role, data in _identities(self.parties) if data),
            (Payload.SAKKE, bytes([SET_1, HASHED]) + _sized(self.encapsulated)),
        ]
        following = [kind for kind, _ in rows[1:]] + [Payload.SIGN]
        header = bytes([VERSION, SAKKE_MESSAGE, rows[0][0], PRF]) + self.csb_id.to_bytes(4) + bytes([0, EMPTY_MAP])
        body = b"".join(bytes([after]) + data for after, (_, data) in zip(following, rows, strict=True))
        unsigned = header + body + (ECCSI << 12 | SIGNATURE_SIZE).to_bytes(2)
        return unsigned + sign(unsigned)


@frozen
class Received:
    """A message that was read, and what its signature is over; nothing of it is believed yet."""

    message: IMessage
    signed: bytes
    signature: bytes


def read(data: bytes) -> Received:
    """Read a message. Raises Unreadable."""
    if len(data) > LONGEST:
        raise Unreadable(f"a MIKEY message has more than {LONGEST} bytes")
    reading = _Reading(data)
    version, kind, following, _ = reading.take(4)
    csb_id = int.from_bytes(reading.take(4))
    if (version, kind) != (VERSION, SAKKE_MESSAGE):
        raise Unreadable("it is no MIKEY-SAKKE message")
    _pass_over_sessions(reading)
    found: dict[Payload, bytes] = {}
    identities: dict[int, bytes] = {}
    while following != Payload.SIGN:
        if following not in _READERS:
            raise Unreadable("the MIKEY message has a payload that is not understood, or no signature")
        payload, (following,) = Payload(following), reading.take(1)
        content = _READERS[payload](reading)
        if payload is Payload.IDR:
            identities[content[0]] = content[1:]
        else:
            found[payload] = content
    if int.from_bytes(reading.take(2)) != ECCSI << 12 | SIGNATURE_SIZE:
        raise Unreadable("the signature of the MIKEY message is not ECCSI's")
    return Received(_message(csb_id, found, identities), reading.before, reading.rest())


class _Reading:
    """Bytes, and how far they have been read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def before(self) -> bytes:
        """What has been read."""
        return self._data[: self._at]

    def take(self, size: int) -> bytes:
        """Read so many bytes."""
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise Unreadable("the MIKEY message ends too early")
        self._at += size
        return taken

    def sized(self) -> bytes:
        """Read what has its length before it, in two bytes."""
        return self.take(int.from_bytes(self.take(2)))

    def rest(self) -> bytes:
        """Read what is left."""
        return self.take(len(self._data) - self._at)


def _pass_over_sessions(reading: _Reading) -> None:
    count, kind = reading.take(2)
    if kind not in {EMPTY_MAP, GENERIC_ID}:
        raise Unreadable("the CS ID map of the MIKEY message is not understood")
    for _ in range(count if kind == GENERIC_ID else 0):
        _, _, policies = reading.take(3)
        reading.take(policies & 0x7F)
        reading.sized()
        reading.take(reading.take(1)[0])


def _time(reading: _Reading) -> bytes:
    if reading.take(1) != b"\x00":
        raise Unreadable("the time of the MIKEY message is no NTP-UTC")
    return reading.take(8)


def _sakke(reading: _Reading) -> bytes:
    if tuple(reading.take(2)) != (SET_1, HASHED):
        raise Unreadable("the MIKEY message has other SAKKE params or another ID scheme")
    return reading.sized()


def _idr(reading: _Reading) -> bytes:
    role, _ = reading.take(2)
    return bytes([role]) + reading.sized()


def _policy(reading: _Reading) -> bytes:
    reading.take(2)
    return reading.sized()


def _extension(reading: _Reading) -> bytes:
    reading.take(1)
    return reading.sized()


_READERS: Mapping[int, Callable[[_Reading], bytes]] = {
    Payload.T: _time,
    Payload.RAND: lambda reading: reading.take(reading.take(1)[0]),
    Payload.IDR: _idr,
    Payload.SP: _policy,
    Payload.EXTENSION: _extension,
    Payload.SAKKE: _sakke,
}


def _message(csb_id: int, found: Mapping[Payload, bytes], identities: Mapping[int, bytes]) -> IMessage:
    at, rand, encapsulated = (found.get(kind) for kind in (Payload.T, Payload.RAND, Payload.SAKKE))
    if at is None or not rand or not _is_encapsulated(encapsulated):
        raise Unreadable("the MIKEY message has not T, RAND and SAKKE as it must")
    parties = Parties(
        _text(identities.get(Role.INITIATOR, b"")),
        _text(identities.get(Role.RESPONDER, b"")),
        _text(identities.get(Role.INITIATOR_KMS, b"")),
        _text(identities.get(Role.RESPONDER_KMS, b"")),
        identities.get(Role.INITIATOR_UID, b""),
        identities.get(Role.RESPONDER_UID, b""),
    )
    return IMessage(csb_id, read_ntp(at.hex()), rand, parties, encapsulated)


def _is_encapsulated(data: bytes | None) -> TypeGuard[bytes]:
    return data is not None and len(data) == ENCAPSULATED_SIZE


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Unreadable("an identity in the MIKEY message is no UTF-8 text") from None


def _identities(parties: Parties) -> list[tuple[Role, bytes]]:
    texts = (parties.initiator, parties.responder, parties.initiator_kms, parties.responder_kms)
    uids = (parties.initiator_uid, parties.responder_uid)
    return list(zip(Role, (*map(str.encode, texts), *uids), strict=True))


def _identity(role: Role, data: bytes) -> bytes:
    return bytes([role, URI]) + _sized(data)


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(2) + data
