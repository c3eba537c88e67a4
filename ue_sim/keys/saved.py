"""What was fetched, in a file: certificates and key sets as they came, secrets and all.

Read again, all of it is checked again: a file is no better than an answer.
"""

from json import dumps

from lxml import etree
from pydantic import Field

from ue_sim.keys.checking import Kms, believed, checked, sifted
from ue_sim.keys.ring import KeyRing
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.keysets import KeySet, ProvisionedKey
from valkit.keymanagement.markup import OURS, Reading, document
from valkit.settings import Settings, read


class KeysFile(Settings):
    """The file as it is written: elements of TS 33.180 Annex D."""

    user: str
    """The VAL user ID that the keys are for."""
    certificate: str
    """The KmsCertificate."""
    key_sets: tuple[str, ...] = Field(repr=False)
    """KmsKeySets."""
    provisioned: tuple[str, ...] = Field((), repr=False)
    """ProvisionedKeys."""
    others: tuple[str, ...] = ()
    """KmsCertificates of other domains."""
    cache_number: int | None = None
    """Of the cache that they came from."""


def text_of(ring: KeyRing) -> str:
    """Write it whole, keys and all."""
    members = {
        "user": ring.user,
        "certificate": _text(ring.kms.certificate.element()),
        "key_sets": [_text(each.key_set.element()) for each in ring.periods],
        "provisioned": [_text(each.element()) for each in ring.provisioned],
        "others": [_text(each.certificate.element()) for each in ring.others.values()],
        "cache_number": ring.cache_number,
    }
    return dumps({name: value for name, value in members.items() if value is not None}, indent=1) + "\n"


def ring_of(text: str, name: str, now: float) -> KeyRing:
    """Read a file's text. SettingsError or Unreadable if it is none, Doubtful if its own keys do not hold any more.

    A certificate of another domain that does not is left out.
    """
    file = read(KeysFile, text, name)
    ring = KeyRing(file.user, _kms(file.certificate, now))
    ring.hold(checked(KeySet.read(_element(each, "KmsKeySet")), ring.kms, file.user) for each in file.key_sets)
    ring.provisioned = tuple(_provisioned(each) for each in file.provisioned)
    others, doubts = sifted([Certificate.read(_element(each, "KmsCertificate")) for each in file.others], now)
    ring.others, ring.cache_number = {each.uri: each for each in others}, None if doubts else file.cache_number
    return ring


def _kms(text: str, now: float) -> Kms:
    return believed(Certificate.read(_element(text, "KmsCertificate")), None, now)


def _provisioned(text: str) -> ProvisionedKey:
    return ProvisionedKey.read(Reading.of(text.encode(), "ProvisionedKey", OURS))


def _element(text: str, name: str) -> Reading:
    return Reading.of(text.encode(), name)


def _text(element: etree._Element) -> str:
    return document(element).decode()
