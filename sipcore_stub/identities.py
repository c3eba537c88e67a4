"""Whose a REGISTER is: the private identity it claims and the public one it registers (TS 23.003 13.3, 13.4).

And to which registrar it goes.
"""

from ipaddress import ip_address

from sipcore_stub.errors import Cause, Refused
from valkit.sip.message import Request
from valkit.sip.uri import SipUri


def impu_of(request: Request) -> str:
    """Give the IMPU in canonical spelling: the address of record in To (RFC 3261 10.3 step 5)."""
    return request.to.address.aor()


def impi_of(request: Request) -> str:
    """Give the IMPI; a UE without credentials has the one that its IMPU spells (TS 24.229 5.3.1.2)."""
    credentials = request.authorization
    claimed = credentials.get("username") if credentials else None
    return claimed or impu_of(request).partition(":")[2]


def registrar_of(request: Request, domain: str) -> str:
    """Give the URI of the home domain's registrar, if a REGISTER is for it; raises Refused (RFC 3261 10.3 step 1).

    An address names no domain: a REGISTER for it, as SIPp sends one to its first hop, is for the home domain.
    """
    address = request.address
    if not isinstance(address, SipUri):
        raise Refused(Cause.NO_SIP_URI, request.uri)
    if address.host.lower() != domain.lower() and not _is_address(address.host):
        raise Refused(Cause.FOREIGN_DOMAIN, request.uri)
    return f"sip:{domain}"


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
