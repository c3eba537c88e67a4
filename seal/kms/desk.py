"""Answers requests of askers whose rights are known: which certificate, which key sets, what is kept (D.3)."""

from collections.abc import Mapping

from attrs import define, evolve, frozen

from seal.access import Asker
from seal.kms.asking import Asking, require_fit
from seal.kms.errors import Cause, KmsRefused
from seal.kms.external import Externals
from seal.kms.keymaker import KeyMaker
from seal.kms.ledger import Ledger
from seal.kms.rights import Rights, Services, rights_of
from valkit.keymanagement.certificate import Certificate
from valkit.keymanagement.resources import CertCache, Init, KeyProv, Provision
from valkit.keymanagement.responses import KmsCertCache, KmsInit, KmsKeyProv, KmsMessage
from valkit.trace import Note, Observer


@frozen
class Window:
    """Which key periods keys are given of, around the one that it is now."""

    ahead: int
    """So many after it, each time."""
    behind: int
    """So many before it, to who asks for that time."""


@define
class Desk:
    """One KMS's."""

    _keys: KeyMaker
    _ledger: Ledger
    _window: Window
    _external: Externals
    """Certificates of other KMSs."""
    _services: frozenset[str]
    """VAL services that have keys here; empty: all."""
    _leeway: float
    """Seconds by which the time of a request may differ from ours."""
    _observe: Observer

    @property
    def certificate(self) -> Certificate:
        """This KMS's."""
        return self._keys.authority.certificate

    @property
    def kms_uri(self) -> str:
        """This KMS's name."""
        return self.certificate.kms_uri

    def rights(self, asker: Asker) -> Rights:
        """Give what an asker may have now. Raises KmsRefused where that is nothing."""
        return rights_of(asker, Services(self._services, self._ledger.state.disabled))

    async def answer(self, asking: Asking, rights: Rights, now: float) -> KmsMessage | None:
        """Give the message that answers a request; None if it is just done. Raises KmsRefused, StoreUnavailable."""
        require_fit(asking, rights, self.kms_uri, now, self._leeway)
        match asking.resource:
            case Init():
                self._tell(now, "certificate given", rights)
                return KmsInit(self.certificate)
            case KeyProv(uri, at):
                return await self._key_sets(rights, uri or rights.user, at, now)
            case CertCache(held):
                self._tell(now, "certificates given", rights)
                return self._cache(held)
            case Provision(uri):
                rights.require_provisioning(asking.keys)
                await self._ledger.provision(uri, asking.keys, now)
                self._tell(
                    now, "key material kept", rights, whose=uri, keys=" ".join(key.key_id for key in asking.keys)
                )
                return None

    async def _key_sets(self, rights: Rights, uri: str, at: float | None, now: float) -> KmsKeyProv:
        rights.require_keys_of(uri)
        if uri in self._ledger.state.revoked:
            raise KmsRefused(Cause.REVOKED)
        kept = await self._ledger.provisioned(uri, now)
        rights.require_no_group(uri, kept)
        numbers = self._numbers(at, now) if rights.own(uri) else ()
        sets = [await self._keys.key_set(uri, number) for number in numbers]
        provisioned = rights.among(uri, kept)
        self._tell(now, "keys given", rights, whose=uri, periods=" ".join(str(each.number) for each in sets))
        return KmsKeyProv(tuple(evolve(each, services=rights.services) for each in sets), provisioned)

    def _numbers(self, at: float | None, now: float) -> list[int]:
        """Say of which key periods keys are given: those of the certificate's time, and of the window."""
        periods, window = self.certificate.periods, self._window
        current = periods.number(now)
        wanted = range(current, current + window.ahead + 1) if at is None else [periods.number(at)]
        last = current + window.ahead
        given = [number for number in wanted if current - window.behind <= number <= last and self._certified(number)]
        if not given:
            raise KmsRefused(Cause.NO_SUCH_PERIOD)
        return given

    def _certified(self, number: int) -> bool:
        """Whether the certificate holds at any time of a key period."""
        begins, ends = self.certificate.periods.bounds(number)
        starts, stops = self.certificate.valid_from, self.certificate.valid_to
        return (starts is None or starts < ends) and (stops is None or begins < stops)

    def _cache(self, held: int | None) -> KmsCertCache:
        state = self._ledger.state
        return KmsCertCache(state.cache_number, () if held == state.cache_number else self._external.all(state))

    def _tell(self, now: float, what: str, rights: Rights, **more: str) -> None:
        """Note what was given to whom; whose keys it is that are another's is told."""
        fields: Mapping[str, str] = {"user": rights.user, "services": " ".join(rights.services), **more}
        self._observe(Note(now, "kms", what, fields))
