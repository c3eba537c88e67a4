"""The I-CSCF: asks the HSS whether an IMPU is of an IMPI, and hands the REGISTER to the S-CSCF (TS 24.229 5.3.1)."""

from collections.abc import Iterable

from sipcore_stub.element import Endpoint, forward
from sipcore_stub.errors import Cause, Refused
from sipcore_stub.hss.hss import Hss
from sipcore_stub.identities import impi_of, impu_of, registrar_of
from sipcore_stub.proxy import check, onward, refuse_strangers, uri_of
from valkit.sip.hop import Hop
from valkit.sip.message import Request, Response


class Icscf:
    """The role at its endpoint; there is one S-CSCF to choose from.

    Requests are taken from `trusted` hosts only, the P-CSCFs: its answers carry CK and IK.
    """

    def __init__(self, endpoint: Endpoint, scscf: Hop, domain: str, hss: Hss, trusted: Iterable[str]) -> None:
        self._endpoint = endpoint
        self._trusted = frozenset(trusted)
        self._scscf = scscf
        self._domain = domain
        self._hss = hss

    async def serve(self, request: Request, source: Hop) -> Response:
        """Pass a REGISTER to the S-CSCF, under its name (TS 24.229 5.3.1.2); raises Refused."""
        own = self._endpoint.addresses
        check(request, own)
        refuse_strangers(source, self._trusted)
        if request.method != "REGISTER":
            raise Refused(Cause.NOT_HERE, request.method, [("Allow", "REGISTER")])
        registrar_of(request, self._domain)
        self._hss.subscriber(impi_of(request), impu_of(request))
        return await forward(self._endpoint, onward(request, own).with_uri(uri_of(self._scscf)), self._scscf)
